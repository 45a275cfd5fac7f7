/** Messages from and to presentation data values: PS3.7 section 6.3, PS3.8 annex E. */
import type { Association } from './association.ts';
import { type CommandSet, decodeCommand, encodeCommand } from './command-set.ts';
import { DimseMalformed } from './faults.ts';
import { Fragments } from './fragments.ts';
import type { Pdv } from './pdu.ts';

export interface DimseMessage {
  readonly contextId: number;
  readonly command: CommandSet;
  readonly dataSet: Fragments | undefined;
}

/** Where the messages go as soon as their command is whole; their data sets are still coming. */
export interface MessageSink {
  message(message: DimseMessage): void;
  /** Bytes held of data sets, changed by so many. */
  held(change: number): void;
}

/** Puts messages together. One data set is under way at a time, as the standard has it. */
export class MessageAssembler {
  readonly #contextIds: ReadonlySet<number>;
  readonly #sink: MessageSink;
  readonly #maxCommandBytes: number;
  #command: Buffer[] = [];
  #commandBytes = 0;
  #contextId: number | undefined;
  #dataSet: Fragments | undefined;

  constructor(contextIds: ReadonlySet<number>, sink: MessageSink, maxCommandBytes: number) {
    this.#contextIds = contextIds;
    this.#sink = sink;
    this.#maxCommandBytes = maxCommandBytes;
  }

  /** @throws DimseMalformed */
  push(pdv: Pdv): void {
    if (!this.#contextIds.has(pdv.contextId)) throw new DimseMalformed('no such presentation context');
    if (this.#contextId !== undefined && this.#contextId !== pdv.contextId)
      throw new DimseMalformed('a message stays in its presentation context');
    if (pdv.isCommand) this.#commandPart(pdv);
    else this.#dataSetPart(pdv);
  }

  /** No more will come. */
  fail(error: Error): void {
    this.#dataSet?.fail(error);
  }

  #commandPart({ contextId, fragment, isLast }: Pdv): void {
    if (this.#dataSet !== undefined) throw new DimseMalformed('a command stands within a data set');
    this.#commandBytes += fragment.length;
    if (this.#commandBytes > this.#maxCommandBytes) throw new DimseMalformed('a command set is too long');
    this.#contextId = contextId;
    if (fragment.length > 0) this.#command.push(fragment);
    if (!isLast) return;
    const { command, hasDataSet } = decodeCommand(Buffer.concat(this.#command));
    this.#command = [];
    this.#commandBytes = 0;
    if (hasDataSet) this.#dataSet = new Fragments((change) => this.#sink.held(change));
    else this.#contextId = undefined;
    this.#sink.message({ contextId, command, dataSet: this.#dataSet });
  }

  #dataSetPart({ fragment, isLast }: Pdv): void {
    if (this.#dataSet === undefined) throw new DimseMalformed('a data set stands without its command');
    this.#dataSet.push(fragment, isLast);
    if (!isLast) return;
    this.#dataSet = undefined;
    this.#contextId = undefined;
  }
}

/** Fragments longer than this gain nothing. */
const LONGEST_FRAGMENT = 2 ** 17 - 6;

/** The longest fragment that the peer takes; even, as all but the last must be. */
const fragmentBytes = (peerMaxLength: number): number =>
  (peerMaxLength === 0 ? LONGEST_FRAGMENT : Math.min(peerMaxLength - 6, LONGEST_FRAGMENT)) & ~1;

/**
 * Sends a message. The data set is read as the connection takes it.
 * @throws AssociationLost, and what the data set throws: the message is broken then, and the association with it
 */
export async function sendMessage(
  association: Pick<Association, 'send'>,
  peerMaxLength: number,
  message: { readonly contextId: number; readonly command: CommandSet },
  dataSet?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const longest = fragmentBytes(peerMaxLength);
  const { contextId, command } = message;
  for await (const [fragment, isLast] of cut([encodeCommand(command, dataSet !== undefined)], longest))
    await association.send({ contextId, isCommand: true, isLast, fragment });
  if (dataSet === undefined) return;
  for await (const [fragment, isLast] of cut(dataSet, longest))
    await association.send({ contextId, isCommand: false, isLast, fragment });
}

/** Cuts chunks into fragments of even length, holding one back to know the last. */
async function* cut(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  longest: number,
): AsyncGenerator<readonly [Buffer, boolean]> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    const view = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let odd: Buffer = Buffer.alloc(0);
    if (held.length % 2 === 1) {
      odd = held.subarray(-1);
      held = held.subarray(0, -1);
    }
    if (held.length > 0) yield [held, false];
    let rest = odd.length === 0 ? view : Buffer.concat([odd, view]);
    for (; rest.length > longest; rest = rest.subarray(longest)) yield [rest.subarray(0, longest), false];
    held = rest;
  }
  yield [held, true];
}
