import type { Database } from '../ports/database/index.ts';
import { rounds } from '../readings/index.ts';
import { type Head, headsOf } from './mark-rows.ts';

/** Tells when studies have marks or reports that a listener has not seen, whichever server they came to. */
export interface ReviewFeed {
  /** Waits until there is more than was seen, or the study is gone. @returns false where it was the signal or `close` */
  beyond(studyUid: string, seen: Head, signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

const EVERY_MS = 500;

interface Waiter {
  readonly studyUid: string;
  readonly seen: Head;
  wake(): void;
}

/**
 * Looks while somebody listens: one question for all listeners. Marks of a study are numbered in the order of their
 * commits, so that a number is all there is to remember.
 */
export function reviewFeed(database: Database, everyMs = EVERY_MS): ReviewFeed {
  const waiters = new Set<Waiter>();
  let closed = false;

  async function look(): Promise<void> {
    const asked = [...waiters];
    const heads = await headsOf(database, [...new Set(asked.map(({ studyUid }) => studyUid))]);
    for (const { studyUid, seen, wake } of asked) {
      const head = heads.get(studyUid);
      if (head === undefined || head.sequence > seen.sequence || head.version > seen.version) wake();
    }
  }
  const looks = rounds(look, everyMs, () => waiters.size > 0);

  return {
    beyond: (studyUid, seen, signal) =>
      new Promise((resolve) => {
        if (closed || signal.aborted) return resolve(false);
        const waiter: Waiter = {
          studyUid,
          seen,
          wake() {
            waiters.delete(waiter);
            signal.removeEventListener('abort', waiter.wake);
            resolve(!closed && !signal.aborted);
          },
        };
        waiters.add(waiter);
        signal.addEventListener('abort', waiter.wake);
        looks.next();
      }),
    async close() {
      closed = true;
      for (const { wake } of [...waiters]) wake();
      await looks.stop();
    },
  };
}
