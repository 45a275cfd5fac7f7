import type { Queue } from '../jobs/index.ts';
import type { Database } from '../ports/database/index.ts';
import { type Log, placeOf } from '../ports/log/index.ts';
import type { ReadingJob } from './reading.ts';
import { completeQuietStudies } from './reading-rows.ts';
import { rounds } from './rounds.ts';
import { scheduleArrival } from './schedule.ts';

export interface CompletenessPorts {
  readonly database: Database;
  readonly queue: Queue<ReadingJob>;
  readonly now: () => Date;
  readonly log: Log;
}

/** Scanners pause between series; a minute without a new instance is the end of a transfer. */
export const QUIET_MS = 60_000;
/** Studies of one transaction: their rows are held until it ends. */
const BATCH = 20;

/**
 * Studies into which nothing has come for the quiet period are complete: marked and queued in one transaction, so that
 * none is marked without being read.
 * @returns how many
 */
export async function completeQuiet(
  { database, queue, now }: CompletenessPorts,
  quietMs: number,
): Promise<number> {
  let count = 0;
  for (;;) {
    const found = await database.transaction(async (sql) => {
      const at = now();
      const studies = await completeQuietStudies(sql, new Date(at.getTime() - quietMs), at, BATCH);
      for (const studyUid of studies) await scheduleArrival(sql, queue, studyUid, at);
      return studies.length;
    });
    count += found;
    if (found < BATCH) return count;
  }
}

/** Looks again and again; a look that fails (the database is away) is followed by the next. */
export function watchForQuiet(
  ports: CompletenessPorts,
  { quietMs = QUIET_MS, everyMs = Math.max(1_000, Math.min(10_000, quietMs / 4)) },
): { stop(): Promise<void> } {
  const looks = rounds(
    () =>
      completeQuiet(ports, quietMs).catch((error: unknown) =>
        ports.log({ event: 'readings.completeness', level: 'error', ...placeOf(error) }),
      ),
    everyMs,
  );
  looks.begin();
  return { stop: looks.stop };
}
