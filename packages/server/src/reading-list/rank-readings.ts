import { type Blobs, readAll } from '../ports/blobs/index.ts';
import type { Database } from '../ports/database/index.ts';
import { lockStudy, urgencyIn } from '../readings/index.ts';
import { rank, type UnrankedReading, unranked } from './urgency-rows.ts';

/** Rows that are looked for at a time. */
const BATCH = 50;

/**
 * Readings from before there was an order of urgency: theirs is made from their findings. Where these are gone or
 * cannot be understood, nothing is known that would change the order, and nobody asks again.
 * @returns how many
 */
export async function rankReadings(
  { database, blobs }: { readonly database: Database; readonly blobs: Blobs },
  signal?: AbortSignal,
): Promise<number> {
  let count = 0;
  for (;;) {
    const found = await unranked(database, BATCH);
    for (const reading of found) {
      if (signal?.aborted) return count;
      const urgency = await urgencyOfReading(reading, blobs);
      await database.transaction(async (sql) => {
        // Before its reading and its row of the list, as everybody takes them.
        await lockStudy(sql, reading.studyUid);
        await rank(sql, reading.readingId, urgency ?? { rank: 0, reasons: [] });
      });
      count += 1;
    }
    if (found.length < BATCH) return count;
  }
}

async function urgencyOfReading({ findingsSha256 }: UnrankedReading, blobs: Blobs) {
  if (findingsSha256 === undefined) return undefined;
  try {
    return urgencyIn(await readAll(await blobs.open(findingsSha256)));
  } catch (error) {
    // A store that is away is asked again at the next start; bytes that are gone are not.
    if (/^(BlobMissing|BlobDamaged)$/.test((error as Error).name)) return undefined;
    throw error;
  }
}
