/** One association over one connection: the actions of PS3.8 table 9-6 to 9-9 on a socket, with the timers. */
import type { Socket } from 'node:net';
import { AssociationLost, type LossCode, PduMalformed } from './faults.ts';
import type { DimseLimits } from './limits.ts';
import {
  type Abort,
  type AssociateAc,
  type AssociateRj,
  type AssociateRq,
  decodeAbort,
  decodeAssociateAc,
  decodeAssociateRj,
  decodeAssociateRq,
  decodeData,
  decodeRelease,
  encodeAbort,
  encodeAssociateAc,
  encodeAssociateRj,
  encodeAssociateRq,
  encodeDataHeader,
  encodeReleaseRp,
  encodeReleaseRq,
  PduType,
  type Pdv,
  type RawPdu,
} from './pdu.ts';
import { PduSplitter } from './pdu-splitter.ts';
import { type Action, type Event, type State, transition } from './state-table.ts';

/** What the user of the association is told. Handlers do not throw, but for `data`: DimseMalformed aborts. */
export interface Indications {
  /** A-ASSOCIATE indication: answer with `accept` or `reject`. */
  associate?(rq: AssociateRq): void;
  /** A-ASSOCIATE confirmation. */
  established?(ac: AssociateAc): void;
  rejected?(rj: AssociateRj): void;
  data(pdvs: readonly Pdv[]): void;
  /** A-RELEASE indication: answer with `releaseResponse`. */
  releasing(): void;
  /** A-RELEASE confirmation. */
  released?(): void;
  /** Abort from either side, or the connection broke. Said once, and not after a release. */
  lost(cause: AssociationLost): void;
}

/** What an event carries. */
interface Fact {
  readonly rq?: AssociateRq;
  readonly ac?: AssociateAc;
  readonly rj?: AssociateRj;
  readonly pdvs?: readonly Pdv[];
  readonly abort?: Pick<Abort, 'reason'>;
  readonly cause?: AssociationLost;
}

const PDU_EVENTS: Readonly<Record<number, { event: Event; decode: (body: Buffer) => Fact }>> = {
  [PduType.associateRq]: { event: 'RQ', decode: (body) => ({ rq: decodeAssociateRq(body) }) },
  [PduType.associateAc]: { event: 'AC', decode: (body) => ({ ac: decodeAssociateAc(body) }) },
  [PduType.associateRj]: { event: 'RJ', decode: (body) => ({ rj: decodeAssociateRj(body) }) },
  [PduType.data]: { event: 'DATA', decode: (body) => ({ pdvs: decodeData(body) }) },
  [PduType.releaseRq]: { event: 'RELEASE-RQ', decode: (body) => decodeRelease(body) },
  [PduType.releaseRp]: { event: 'RELEASE-RP', decode: (body) => decodeRelease(body) },
  [PduType.abort]: { event: 'ABORT', decode: (body) => ({ abort: decodeAbort(body) }) },
};

/** Reason 2 of PS3.8 table 9-26: unexpected PDU. */
const UNEXPECTED: Pick<Abort, 'reason'> = { reason: 2 };

/** A peer that vanished is found out although an association may be silent for long. */
const KEEP_ALIVE_MS = 60_000;

export class Association {
  /** Resolves when the connection is no more. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #requestor: boolean;
  readonly #indications: Indications;
  readonly #limits: DimseLimits;
  readonly #splitter: PduSplitter;
  #state: State = 1;
  #told = false;
  #deaf = false;
  #responseWaits = false;
  #working = 0;
  #artim: NodeJS.Timeout | undefined;
  #pduTimer: NodeJS.Timeout | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #wakeWriter: (() => void) | undefined;

  /**
   * @param socket open where we accept; connecting where `request` is the association that we ask for
   * @param connected the event that tells of the connection: TLS is ready later than TCP
   */
  constructor(
    socket: Socket,
    indications: Indications,
    limits: DimseLimits,
    asking?: { readonly request: AssociateRq; readonly connected: 'connect' | 'secureConnect' },
  ) {
    this.#socket = socket;
    this.#indications = indications;
    this.#limits = limits;
    this.#requestor = asking !== undefined;
    this.#splitter = new PduSplitter(limits);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('drain', () => this.#wakeWriter?.());
    socket.on('error', () => {});
    this.closed = new Promise((resolve) =>
      socket.once('close', () => {
        this.#on('closed', { cause: new AssociationLost(this.#state === 4 ? 'unreachable' : 'closed') });
        clearTimeout(this.#artim);
        this.#disarmPdu();
        resolve();
      }),
    );
    if (asking === undefined) this.#on('connection');
    else {
      this.#on('associate-request');
      socket.once(asking.connected, () => this.#on('connected', { rq: asking.request }));
    }
  }

  get established(): boolean {
    return this.#state === 6 || this.#state === 8;
  }

  accept(ac: AssociateAc): void {
    this.#on('accept', { ac });
  }

  reject(rj: AssociateRj): void {
    this.#on('reject', { rj });
  }

  /**
   * P-DATA request with one PDV. Resolves when the connection takes more.
   * @throws AssociationLost
   */
  async send(pdv: Pdv): Promise<void> {
    if (!this.#on('data-request', { pdvs: [pdv] })) throw new AssociationLost('closed');
    if (!this.#socket.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const stalled = setTimeout(() => this.#lose('timeout'), this.#limits.idleMs);
      this.#wakeWriter = () => {
        clearTimeout(stalled);
        this.#wakeWriter = undefined;
        resolve();
      };
    });
    if (!this.established) throw new AssociationLost('closed');
  }

  release(): void {
    this.#on('release-request');
  }

  releaseResponse(): void {
    // In a collision the side that accepted answers last (Sta10).
    if (!this.#on('release-response')) this.#responseWaits = true;
  }

  /** A-ABORT of the service user. Harmless where there is nothing to abort. */
  abort(code: LossCode = 'ended'): void {
    this.#lose(code);
  }

  /** While the peer waits for us it may be silent. */
  working(begins: boolean): void {
    this.#working += begins ? 1 : -1;
    this.#rearmIdle();
  }

  /** Reads no further until `resume`: what the peer sends waits in its own buffers. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#rearmIdle();
    if (this.#splitter.partial) this.#armPdu();
    this.#socket.resume();
  }

  #lose(code: LossCode): void {
    const cause = new AssociationLost(code);
    if (this.#on('abort-request', { cause, abort: { reason: 0 } })) this.#tell(cause);
    else this.#socket.destroy();
  }

  #received(chunk: Buffer): void {
    if (this.#deaf) return;
    try {
      for (const pdu of this.#splitter.push(chunk)) {
        this.#understand(pdu);
        if (this.#deaf) return;
      }
    } catch (error) {
      this.#invalid(error);
    }
    if (this.#deaf || !this.#splitter.partial) this.#disarmPdu();
    else if (this.#pduTimer === undefined) this.#armPdu();
  }

  #understand(pdu: RawPdu): void {
    this.#disarmPdu();
    const known = PDU_EVENTS[pdu.type];
    if (known === undefined) throw new PduMalformed('no PDU has this type', 1);
    this.#on(known.event, known.decode(pdu.body));
  }

  /** Evt19. After it no byte can be trusted to begin a PDU. */
  #invalid(error: unknown): void {
    this.#deaf = true;
    this.#disarmPdu();
    const reason = error instanceof PduMalformed ? error.reason : 0;
    this.#on('invalid', {
      abort: { reason },
      cause: new AssociationLost('protocol', { cause: error }),
    });
  }

  /** @returns whether the event may happen now */
  #on(event: Event, fact: Fact = {}): boolean {
    const step = transition(this.#state, event, this.#requestor);
    if (step === undefined) return false;
    this.#state = step.next;
    this.#actions[step.action](fact);
    this.#rearmIdle();
    return true;
  }

  /** PS3.8 tables 9-6 to 9-9. */
  readonly #actions: Readonly<Record<Action, (fact: Fact) => void>> = {
    'AE-1': () => this.#startTimer(this.#limits.artimMs),
    'AE-2': ({ rq }) => this.#say(encodeAssociateRq(rq!)),
    'AE-3': ({ ac }) => {
      clearTimeout(this.#artim);
      this.#indications.established?.(ac!);
    },
    'AE-4': ({ rj }) => {
      this.#told = true;
      this.#close();
      this.#indications.rejected?.(rj!);
    },
    'AE-5': () => this.#startTimer(this.#limits.artimMs),
    'AE-6': ({ rq }) => {
      clearTimeout(this.#artim);
      this.#indications.associate?.(rq!);
    },
    'AE-7': ({ ac }) => this.#say(encodeAssociateAc(ac!)),
    'AE-8': ({ rj }) => {
      this.#told = true;
      this.#lastWord(encodeAssociateRj(rj!));
    },
    'DT-1': ({ pdvs }) => this.#write(pdvs![0]!),
    'DT-2': ({ pdvs }) => this.#indications.data(pdvs!),
    'AR-1': () => {
      // The peer must answer the release as it must answer all else.
      this.#startTimer(this.#limits.artimMs);
      this.#say(encodeReleaseRq());
    },
    'AR-2': () => this.#indications.releasing(),
    'AR-3': () => {
      this.#told = true;
      this.#close();
      this.#indications.released?.();
    },
    'AR-4': () => {
      this.#told = true;
      this.#lastWord(encodeReleaseRp());
    },
    'AR-5': () => clearTimeout(this.#artim),
    'AR-6': ({ pdvs }) => this.#indications.data(pdvs!),
    'AR-7': ({ pdvs }) => this.#write(pdvs![0]!),
    'AR-8': () => this.#indications.releasing(),
    'AR-9': () => this.#say(encodeReleaseRp()),
    'AR-10': () => {
      this.#told = true;
      this.#indications.released?.();
      if (this.#responseWaits) this.releaseResponse();
    },
    'AA-1': ({ abort = UNEXPECTED, cause = new AssociationLost('protocol') }) => {
      this.#lastWord(encodeAbort({ ...abort, source: 0 }));
      this.#tell(cause);
    },
    'AA-2': ({ cause = new AssociationLost('timeout') }) => {
      this.#close();
      this.#tell(cause);
    },
    'AA-3': () => {
      this.#close();
      this.#tell(new AssociationLost('aborted'));
    },
    'AA-4': ({ cause = new AssociationLost('closed') }) => this.#tell(cause),
    'AA-5': () => clearTimeout(this.#artim),
    'AA-6': () => {},
    'AA-7': ({ abort = UNEXPECTED }) => this.#say(encodeAbort({ ...abort, source: 2 })),
    'AA-8': ({ abort = UNEXPECTED, cause = new AssociationLost('protocol') }) => {
      this.#lastWord(encodeAbort({ ...abort, source: 2 }));
      this.#tell(cause);
    },
  };

  #say(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  #write({ fragment, ...pdv }: Pdv): void {
    this.#socket.cork();
    this.#socket.write(encodeDataHeader(pdv, fragment.length));
    this.#socket.write(fragment);
    this.#socket.uncork();
  }

  /** Sta13: the peer closes; where it does not, ARTIM does. What it still says is dropped unread (AA-6, AA-7). */
  #lastWord(bytes: Buffer): void {
    this.#deaf = true;
    this.#disarmPdu();
    this.#socket.write(bytes);
    this.#wakeWriter?.();
    this.#socket.resume();
    this.#startTimer(this.#limits.closeMs);
  }

  #close(): void {
    clearTimeout(this.#artim);
    this.#deaf = true;
    this.#disarmPdu();
    this.#socket.destroySoon();
    this.#startTimer(this.#limits.closeMs);
  }

  #tell(cause: AssociationLost): void {
    this.#disarmPdu();
    this.#wakeWriter?.();
    if (this.#told) return;
    this.#told = true;
    this.#indications.lost(cause);
  }

  /** ARTIM, and where we ask the same time for the peer's answer. */
  #startTimer(ms: number): void {
    clearTimeout(this.#artim);
    this.#artim = setTimeout(() => {
      if (this.#state === 1 || !this.#on('artim')) this.#lose('timeout');
      this.#socket.destroySoon();
    }, ms);
  }

  #armPdu(): void {
    this.#pduTimer =
      this.#pduTimer?.refresh() ??
      setTimeout(() => {
        // Where we do not read, the rest of the PDU cannot come.
        if (this.#socket.isPaused()) this.#pduTimer?.refresh();
        else this.#lose('timeout');
      }, this.#limits.pduMs);
  }

  #disarmPdu(): void {
    clearTimeout(this.#pduTimer);
    this.#pduTimer = undefined;
  }

  /** Silence is judged where the association stands and the peer does not wait for us. */
  #rearmIdle(): void {
    if (this.#state !== 6 && this.#state !== 8) {
      clearTimeout(this.#idleTimer);
      this.#idleTimer = undefined;
      return;
    }
    this.#idleTimer = this.#idleTimer?.refresh() ?? setTimeout(() => this.#silent(), this.#limits.idleMs);
  }

  #silent(): void {
    if (this.#working === 0) this.#lose('timeout');
    else this.#idleTimer?.refresh();
  }
}
