/**
 * The journal of marks: what a person does to a study stands here before anything else happens, and is sent from here,
 * in the order of making, until the server has acknowledged it.
 */
import type { Deed, KeptMark } from '@promontory/core/review';
import { backOffMs } from './back-off.ts';
import type { JournalEntry, OthersMarks } from './entry.ts';
import { mirroredShelf } from './mirrored-shelf.ts';
import type { MarksServer } from './post-marks.ts';
import { entriesOf, type Hindrance, sendRound } from './send-round.ts';
import { memoryShelf, type Shelf, without } from './shelf.ts';

/** Where marks stand until they are acknowledged. `memory`: they are lost if the page closes first. */
export type Keeping = 'durable' | 'memory-no-journal' | 'memory-disk-full';

export interface JournalState {
  /** Of this account: waiting or refused, in the order of making. */
  readonly entries: readonly JournalEntry[];
  readonly others: readonly OthersMarks[];
  readonly keeping: Keeping;
  readonly sending: boolean;
  readonly hindrance: Hindrance;
  /** Of the last mark that the server acknowledged. */
  readonly savedAt?: string;
}

/** What tabs tell one another. */
export interface JournalNews {
  readonly accountId: string;
  readonly studyInstanceUid?: string;
  /** Acknowledged just now, in the tab that sent them. */
  readonly kept?: readonly KeptMark[];
}

/** What the journal needs of the browser. */
export interface JournalPorts {
  /** Absent where the browser has no durable place. */
  readonly shelf?: Shelf;
  readonly server: MarksServer;
  /** Runs `work` while no other tab runs any under the same name. */
  exclusively(name: string, work: () => Promise<void>): Promise<void>;
  tell(news: JournalNews): void;
  /** @returns stop listening */
  onNews(listener: (news: JournalNews) => void): () => void;
  /** Calls when there is reason to believe that the server can be reached again. @returns stop */
  onHope(listener: () => void): () => void;
  /** @returns cancel */
  after(ms: number, call: () => void): () => void;
  now(): Date;
  newId(): string;
  chance(): number;
}

export interface Account {
  readonly accountId: string;
  readonly displayName: string;
}

export interface Journal {
  readonly state: JournalState;
  subscribe(listener: () => void): () => void;
  /** What the server acknowledged, from whichever tab it was sent. */
  onKept(listener: (studyInstanceUid: string, kept: readonly KeptMark[]) => void): () => void;
  /**
   * Resolves when the marks stand on the disk, all or none (or in memory, where `keeping` says so). Never rejects.
   * @param deeds of one act
   */
  keep(studyInstanceUid: string, deeds: readonly Deed[], seen: number): Promise<readonly JournalEntry[]>;
  send(): void;
  /** Refused marks are sent again: rights may have changed. */
  retryRefused(): Promise<void>;
  /** Takes refused marks away for good: offered after they were saved as a file. */
  forgetRefused(): Promise<void>;
  close(): void;
}

const isFull = (error: unknown): boolean => error instanceof Error && error.name === 'QuotaExceededError';

export async function openJournal(account: Account, ports: JournalPorts): Promise<Journal> {
  const memory = memoryShelf();
  const durable = ports.shelf && mirroredShelf(ports.shelf);
  const shelves = durable === undefined ? [memory] : [durable, memory];
  const listeners = new Set<() => void>();
  const keptListeners = new Set<(study: string, kept: readonly KeptMark[]) => void>();
  let state: JournalState = {
    entries: [],
    others: [],
    keeping: ports.shelf === undefined ? 'memory-no-journal' : 'durable',
    sending: false,
    hindrance: 'none',
  };
  let closed = false;
  let failures = 0;
  let lastOrder = 0;
  let keeping: Promise<unknown> = Promise.resolve();
  let round: Promise<void> | undefined;
  let wantsAnother = false;
  let cancelWait = (): void => {};

  const change = (changed: Partial<JournalState>): void => {
    state = { ...state, ...changed };
    for (const listener of listeners) listener();
  };
  const reread = async (): Promise<void> => {
    const all = await entriesOf(shelves);
    const counts = new Map<string, OthersMarks>();
    for (const { accountId, authorName } of all) {
      if (accountId === account.accountId) continue;
      counts.set(accountId, { accountId, authorName, count: (counts.get(accountId)?.count ?? 0) + 1 });
    }
    change({
      entries: all.filter((each) => each.accountId === account.accountId),
      others: [...counts.values()],
    });
  };
  const acknowledged = (study: string, kept: readonly KeptMark[]): void => {
    for (const listener of keptListeners) listener(study, kept);
    const savedAt = kept
      .map((each) => each.receivedAt)
      .sort()
      .at(-1);
    if (savedAt !== undefined) change({ savedAt });
  };

  async function add(
    studyInstanceUid: string,
    deeds: readonly Deed[],
    seen: number,
  ): Promise<readonly JournalEntry[]> {
    const entries = deeds.map((deed) => ({
      accountId: account.accountId,
      authorName: account.displayName,
      studyInstanceUid,
      mark: { markId: ports.newId(), madeAt: ports.now().toISOString(), seen, deed },
    }));
    let kept: readonly JournalEntry[];
    try {
      if (durable === undefined) kept = await memory.add(entries, lastOrder);
      else {
        kept = await durable.add(entries, lastOrder);
        // What the disk would not take before is in memory until it is sent.
        if (state.keeping !== 'durable' && (await memory.all()).length === 0) change({ keeping: 'durable' });
      }
    } catch (error) {
      kept = await memory.add(entries, lastOrder);
      change({ keeping: isFull(error) ? 'memory-disk-full' : 'memory-no-journal' });
    }
    lastOrder = kept.at(-1)?.order ?? lastOrder;
    // A tab's news may have had them read from the shelf already.
    const before = without(state.entries, kept);
    change({ entries: [...before, ...kept].sort((a, b) => a.order - b.order) });
    return kept;
  }

  async function work(): Promise<void> {
    change({ sending: true });
    let hindrance = 'unreachable' as Hindrance;
    try {
      await ports.exclusively(`promontory-journal:${account.accountId}`, async () => {
        hindrance = await sendRound({
          accountId: account.accountId,
          shelves,
          server: ports.server,
          onAcknowledged(study, kept) {
            acknowledged(study, kept);
            ports.tell({ accountId: account.accountId, studyInstanceUid: study, kept });
          },
        });
      });
      await reread();
    } catch {
      // The shelf itself failed: what stands on it is read again in the next round.
    }
    change({ sending: false, hindrance });
    ports.tell({ accountId: account.accountId });
    if (hindrance === 'none') failures = 0;
    else if (!closed) {
      failures += 1;
      cancelWait = ports.after(backOffMs(failures, ports.chance()), send);
    }
  }

  function send(): void {
    if (closed) return;
    cancelWait();
    wantsAnother = round !== undefined;
    if (round !== undefined) return;
    round = work().finally(() => {
      round = undefined;
      if (wantsAnother) send();
    });
  }

  const stopNews = ports.onNews((news) => {
    if (news.accountId === account.accountId && news.kept !== undefined)
      acknowledged(news.studyInstanceUid ?? '', news.kept);
    reread().catch(() => {});
  });
  const stopHope = ports.onHope(() => {
    failures = 0;
    send();
  });
  try {
    await reread();
  } catch {
    change({ keeping: 'memory-no-journal' });
  }
  lastOrder = state.entries.at(-1)?.order ?? 0;
  send();

  const changeRefused = async (how: (shelf: Shelf, entry: JournalEntry) => Promise<void>): Promise<void> => {
    const refused = state.entries.filter((each) => each.refusal !== undefined);
    for (const entry of refused) for (const shelf of shelves) await how(shelf, entry);
    await reread();
    ports.tell({ accountId: account.accountId });
  };

  return {
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onKept(listener) {
      keptListeners.add(listener);
      return () => keptListeners.delete(listener);
    },
    keep(study, deeds, seen) {
      // One after the other, so that the order on the shelf is the order of the hands.
      const kept = keeping.then(() => add(study, deeds, seen));
      keeping = kept;
      kept.then(() => {
        ports.tell({ accountId: account.accountId, studyInstanceUid: study });
        send();
      });
      return kept;
    },
    send,
    async retryRefused() {
      await changeRefused((shelf, entry) => shelf.refuse(entry, undefined));
      send();
    },
    forgetRefused: () => changeRefused((shelf, entry) => shelf.remove([entry])),
    close() {
      closed = true;
      cancelWait();
      stopNews();
      stopHope();
      listeners.clear();
      keptListeners.clear();
      keeping.finally(() => durable?.close());
    },
  };
}
