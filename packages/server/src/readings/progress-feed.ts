import type { Database } from '../ports/database/index.ts';
import { rounds } from './rounds.ts';
import { itemsSince, type OwnedItem } from './work-item-rows.ts';

/** Changes of work items, of workers in this process and on other machines alike. */
export interface ProgressFeed {
  /** What changes from now on, until the signal. Who listens too slowly gets the latest state of each item only. */
  changes(signal: AbortSignal): AsyncIterable<OwnedItem>;
  close(): void;
}

const EVERY_MS = 500;
/** Times are those of the writers' clocks and of the writes, not of their commits: what is a little older may be new. */
const OVERLAP_MS = 10_000;
const LIMIT = 2_000;

interface Listener {
  readonly waiting: Map<string, OwnedItem>;
  wake(): void;
}

/** Looks for changes while somebody listens: one question for all listeners. */
export function progressFeed(
  { database, now }: { readonly database: Database; readonly now: () => Date },
  everyMs = EVERY_MS,
): ProgressFeed {
  const listeners = new Set<Listener>();
  /** What was told last, by job; two changes may be of one millisecond. */
  const told = new Map<string, { readonly at: number; readonly text: string }>();
  let since = now();
  let closed = false;

  /** Notes a change as told. @returns whether it is new */
  function tell({ item }: OwnedItem): boolean {
    const text = JSON.stringify(item);
    if (told.get(item.jobId)?.text === text) return false;
    told.set(item.jobId, { at: item.changedAt.getTime(), text });
    return true;
  }

  async function look(): Promise<void> {
    const found = await itemsSince(database, new Date(since.getTime() - OVERLAP_MS), LIMIT);
    for (const change of found) {
      if (!tell(change)) continue;
      const at = change.item.changedAt.getTime();
      if (at > since.getTime()) since = change.item.changedAt;
      for (const listener of listeners) listener.waiting.set(change.item.jobId, change);
    }
    for (const [jobId, { at }] of told) if (at < since.getTime() - 2 * OVERLAP_MS) told.delete(jobId);
    for (const listener of listeners) listener.wake();
  }

  const looks = rounds(look, everyMs, () => listeners.size > 0);

  return {
    async *changes(signal) {
      let wake = () => {};
      const listener: Listener = { waiting: new Map(), wake: () => wake() };
      if (listeners.size === 0) {
        since = now();
        for (const item of await itemsSince(database, new Date(since.getTime() - OVERLAP_MS), LIMIT))
          tell(item);
      }
      listeners.add(listener);
      const stop = () => wake();
      signal.addEventListener('abort', stop);
      looks.next();
      try {
        while (!signal.aborted && !closed) {
          const changes = [...listener.waiting.values()];
          listener.waiting.clear();
          yield* changes;
          if (listener.waiting.size > 0 || signal.aborted) continue;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        signal.removeEventListener('abort', stop);
        listeners.delete(listener);
      }
    },
    close() {
      closed = true;
      void looks.stop();
      for (const listener of listeners) listener.wake();
    },
  };
}
