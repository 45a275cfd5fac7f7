/** Counting sub-operations, and the responses that tell of them: PS3.4 C.4.2.1.5 to C.4.2.1.9, C.4.3.1.5. */
import type { DataSet } from '@promontory/core/dicom';
import type { CommandSet } from './command-set.ts';
import { failedList } from './identifier.ts';
import { Status } from './status.ts';
import type { SendOutcome } from './store-user.ts';

export class Suboperations {
  readonly #total: number;
  #completed = 0;
  #warning = 0;
  readonly #failed: string[] = [];

  constructor(total: number) {
    this.#total = total;
  }

  add({ sopUid, outcome }: SendOutcome): void {
    if (outcome === 'failed') this.#failed.push(sopUid);
    else if (outcome === 'warning') this.#warning += 1;
    else this.#completed += 1;
  }

  get #remaining(): number {
    return this.#total - this.#completed - this.#warning - this.#failed.length;
  }

  /** Counts are 16-bit numbers; beyond them the largest is given. */
  get #counts() {
    const short = (count: number) => Math.min(count, 0xffff);
    return {
      completed: short(this.#completed),
      failed: short(this.#failed.length),
      warning: short(this.#warning),
    };
  }

  pending(): Pick<CommandSet, 'status' | 'remaining' | 'completed' | 'failed' | 'warning'> {
    return { status: Status.pending, remaining: Math.min(this.#remaining, 0xffff), ...this.#counts };
  }

  final(cancelled: boolean): {
    readonly command: Pick<CommandSet, 'status' | 'remaining' | 'completed' | 'failed' | 'warning'>;
    readonly identifier: DataSet | undefined;
  } {
    const identifier = this.#failed.length === 0 ? undefined : failedList(this.#failed);
    if (cancelled && this.#remaining > 0)
      return {
        command: {
          status: Status.cancelled,
          remaining: Math.min(this.#remaining, 0xffff),
          ...this.#counts,
        },
        identifier,
      };
    return { command: { status: this.#finalStatus(), ...this.#counts }, identifier };
  }

  #finalStatus(): number {
    if (this.#failed.length === 0 && this.#warning === 0) return Status.success;
    return this.#failed.length === this.#total
      ? Status.unableToPerformSuboperations
      : Status.suboperationsFailed;
  }
}
