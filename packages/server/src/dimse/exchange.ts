/** Messages in both directions over one established association: requests, responses, cancellation. PS3.7 section 7. */
import type { Association } from './association.ts';
import { CommandField, type CommandSet, isResponse } from './command-set.ts';
import { type DimseMessage, MessageAssembler, sendMessage } from './dimse-message.ts';
import type { AssociationLost } from './faults.ts';
import type { DimseLimits } from './limits.ts';
import type { Pdv } from './pdu.ts';

/** A presentation context that both sides accepted. */
export interface Context {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
  /** What this side may be in it. */
  readonly mayProvide: boolean;
  readonly mayUse: boolean;
}

/** Answers one request; `signal` is raised by C-CANCEL and by the end of the association. */
export type RequestHandler = (
  exchange: Exchange,
  message: DimseMessage,
  context: Context,
  signal: AbortSignal,
) => Promise<void>;

export interface ExchangeOptions {
  readonly contexts: readonly Context[];
  /** Longest P-DATA-TF that the peer takes; 0: any. */
  readonly peerMaxLength: number;
  readonly limits: DimseLimits;
  /** Absent where this side only asks. */
  readonly handle?: RequestHandler;
}

/** Requests that may wait behind the one that runs; peers send the next after the answer, as negotiated. */
const MAX_WAITING = 2;

export class Exchange {
  readonly contexts: ReadonlyMap<number, Context>;
  /** Resolves when no more will come and what ran has ended: true after a release, false after a loss. */
  readonly ended: Promise<boolean>;
  readonly #association: Association;
  readonly #options: ExchangeOptions;
  readonly #assembler: MessageAssembler;
  readonly #awaited = new Map<number, { resolve(command: CommandSet): void; reject(error: Error): void }>();
  readonly #requests: DimseMessage[] = [];
  readonly #cancelled = new WeakSet<DimseMessage>();
  #running: { readonly messageId: number | undefined; readonly abort: AbortController } | undefined;
  #failure: AssociationLost | undefined;
  #releasing = false;
  #held = 0;
  #paused = false;
  #sending: Promise<void> = Promise.resolve();
  #messageId = 0;
  #end!: (released: boolean) => void;

  constructor(association: Association, options: ExchangeOptions) {
    this.#association = association;
    this.#options = options;
    this.contexts = new Map(options.contexts.map((context) => [context.id, context]));
    this.#assembler = new MessageAssembler(
      new Set(this.contexts.keys()),
      { message: (message) => this.#arrived(message), held: (change) => this.#flow(change) },
      options.limits.maxCommandBytes,
    );
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** From the association's indications. @throws DimseMalformed */
  data(pdvs: readonly Pdv[]): void {
    for (const pdv of pdvs) this.#assembler.push(pdv);
  }

  /** The peer asks for release: answered when what it asked before is done. */
  releasing(): void {
    this.#releasing = true;
    void this.#next();
  }

  lost(cause: AssociationLost): void {
    if (this.#failure !== undefined) return;
    this.#failure = cause;
    this.#assembler.fail(cause);
    for (const { reject } of this.#awaited.values()) reject(cause);
    this.#awaited.clear();
    this.#requests.length = 0;
    this.#running?.abort.abort(cause);
    void this.#next();
  }

  /** Messages are sent whole, one after the other. @throws AssociationLost */
  send(
    contextId: number,
    command: CommandSet,
    dataSet?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void> {
    const sent = this.#sending.then(() => {
      if (this.#failure !== undefined) throw this.#failure;
      return sendMessage(this.#association, this.#options.peerMaxLength, { contextId, command }, dataSet);
    });
    this.#sending = sent.catch(() => {});
    return sent;
  }

  /**
   * A request of ours and its (last) response. Where the data set breaks off while it is read the message cannot be
   * ended, so the association is aborted.
   * @throws AssociationLost, and what the data set throws
   */
  async request(
    contextId: number,
    command: Omit<CommandSet, 'messageId'>,
    dataSet?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<CommandSet> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#messageId = (this.#messageId % 0xffff) + 1;
    const messageId = this.#messageId;
    const answered = new Promise<CommandSet>((resolve, reject) =>
      this.#awaited.set(messageId, { resolve, reject }),
    );
    answered.catch(() => {});
    try {
      await this.send(contextId, { ...command, messageId } as CommandSet, dataSet);
    } catch (error) {
      this.#association.abort();
      throw error;
    }
    // The association does not count silence while it works for the peer, as it does in a C-GET.
    const late = setTimeout(() => this.#association.abort('timeout'), this.#options.limits.idleMs);
    try {
      return await answered;
    } finally {
      clearTimeout(late);
    }
  }

  #arrived(message: DimseMessage): void {
    const { command, dataSet } = message;
    if (command.commandField === CommandField.cancelRq) {
      void dataSet?.return();
      if (this.#running?.messageId === command.respondedTo) this.#running?.abort.abort();
      // One that waits has not begun: it is cancelled when it does.
      else this.#cancelWaiting(command.respondedTo);
    } else if (isResponse(command.commandField)) {
      void dataSet?.return();
      const awaited = this.#awaited.get(command.respondedTo as number);
      this.#awaited.delete(command.respondedTo as number);
      awaited?.resolve(command);
    } else {
      this.#requests.push(message);
      this.#flow(0);
      void this.#next();
    }
  }

  #cancelWaiting(messageId: number | undefined): void {
    for (const waiting of this.#requests)
      if (waiting.command.messageId === messageId) this.#cancelled.add(waiting);
  }

  /** Runs the requests in their order, one at a time: asynchronous operations are not negotiated. */
  async #next(): Promise<void> {
    if (this.#running !== undefined) return;
    const message = this.#requests.shift();
    if (message === undefined) {
      if (this.#failure !== undefined) this.#end(false);
      else if (this.#releasing) {
        this.#association.releaseResponse();
        this.#end(true);
      }
      return;
    }
    this.#flow(0);
    const abort = new AbortController();
    this.#running = { messageId: message.command.messageId, abort };
    if (this.#cancelled.has(message)) abort.abort();
    this.#association.working(true);
    try {
      const context = this.contexts.get(message.contextId) as Context;
      await this.#options.handle?.(this, message, context, abort.signal);
      await message.dataSet?.discard();
    } catch {
      // The handler answers its own failures: what comes here has no answer.
      if (this.#failure === undefined) this.#association.abort();
    } finally {
      this.#association.working(false);
      this.#running = undefined;
    }
    void this.#next();
  }

  /** Stops reading while too much is held, or too many requests wait. */
  #flow(change: number): void {
    this.#held += change;
    const { receiveWindowBytes } = this.#options.limits;
    const full = this.#held > receiveWindowBytes || this.#requests.length > MAX_WAITING;
    const roomy = this.#held <= receiveWindowBytes / 2 && this.#requests.length <= MAX_WAITING;
    if (!this.#paused && full) {
      this.#paused = true;
      this.#association.pause();
    } else if (this.#paused && roomy) {
      this.#paused = false;
      this.#association.resume();
    }
  }
}
