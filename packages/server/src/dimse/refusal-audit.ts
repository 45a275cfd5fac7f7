/** Refused associations in the audit: each is counted, and a flood of them cannot fill the audit. */
import type { AuditEvent } from '../audit/index.ts';
import { actorOf } from './peers.ts';

export interface Refusal {
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
  readonly address: string;
  readonly reason: string;
}

/** Records of their own that refusals get within a window; those beyond stand in one record with their number. */
const OWN_RECORDS = 60;
const WINDOW_MS = 60_000;

export class RefusalAudit {
  readonly #audit: (event: AuditEvent) => Promise<void>;
  readonly #failed: (error: unknown) => void;
  #noted = 0;
  #beyond = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param failed where the record of a flood could not be written: there is nobody to tell any more */
  constructor(audit: (event: AuditEvent) => Promise<void>, failed: (error: unknown) => void) {
    this.#audit = audit;
    this.#failed = failed;
  }

  async note({ callingAeTitle, calledAeTitle, address, reason }: Refusal): Promise<void> {
    this.#timer ??= setTimeout(() => void this.flush(), WINDOW_MS);
    if (this.#noted >= OWN_RECORDS) {
      this.#beyond += 1;
      return;
    }
    this.#noted += 1;
    await this.#audit({
      action: 'association',
      outcome: 'refused',
      actor: actorOf(callingAeTitle),
      address,
      detail: { called: calledAeTitle, reason },
    });
  }

  /** Ends the window. Never throws. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const count = this.#beyond;
    this.#noted = 0;
    this.#beyond = 0;
    if (count === 0) return;
    try {
      await this.#audit({
        action: 'association',
        outcome: 'refused',
        actor: actorOf('*'),
        detail: { reason: 'flood', count },
      });
    } catch (error) {
      this.#failed(error);
    }
  }
}
