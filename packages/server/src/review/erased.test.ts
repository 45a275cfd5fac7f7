/** What people wrote of a patient goes with the patient, and comes back with a backup. */
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { person } from '../archive/archive.testing.ts';
import { verifyAudit } from '../audit/index.ts';
import { erasures } from '../consent/index.ts';
import { fileBlobs } from '../ports/blobs/index.ts';
import { backup, clearRemovedBlobs, fsck, restore } from '../upkeep/index.ts';
import { ENGINES, reviewBench, said } from './review.testing.ts';

const now = () => new Date();

describe.each(ENGINES)('on %s', (_name, fresh) => {
  const bench = reviewBench(fresh);

  /** A study of Zebrowska with marks, a report and a reading time. */
  async function reviewed() {
    const it = await bench.study('a', undefined, {
      PatientName: 'Zebrowska^Quirina',
      PatientID: 'CANARY-4711',
    });
    const anna = await bench.member('radiologist');
    const reviews = bench.room.reviewsFor(anna);
    await reviews.append(it.studyUid, [said('Zebrowska CANARY-4711: normal.')]);
    await reviews.sign({ studyUid: it.studyUid, sequence: 1, language: 'en' });
    await bench.room.readingTimesFor(anna).setConsent(true);
    const openedAt = bench.at;
    await bench.room.readingTimesFor(anna).keep({
      studyUid: it.studyUid,
      openedAt,
      signedAt: new Date(openedAt.getTime() + 60_000),
      activeMs: 1,
      withReading: true,
      blindFirst: false,
    });
    return { ...it, anna };
  }

  test('erased: marks, reports and times are counted, gone, and searched for', async () => {
    const it = await reviewed();
    const room = erasures({
      database: bench.database,
      blobs: bench.archive.blobs,
      clearRemoved: () => clearRemovedBlobs(bench.database, bench.archive.blobs, { now }),
      now,
      keyedHash: (text) => createHmac('sha256', 'secret').update(text).digest('hex'),
      newId: randomUUID,
    });
    const { proof } = await room.erase(
      person('administrator'),
      { patientKey: '|CANARY-4711' },
      'request of the person',
    );
    expect(proof).toMatchObject({
      complete: true,
      erasure: { rows: { study: 1, reading: 1, review_mark: 1, report: 1, reading_time: 1 } },
    });
    for (const table of ['review_mark', 'report', 'reading_time'])
      expect(
        await bench.database.query(`select 1 from ${table} where study_uid = $1`, [it.studyUid]),
      ).toEqual([]);
    expect(await bench.room.readingTimesFor(it.anna).consent()).toBe(true);
  });

  test('a backup brings them back as they were, and the check finds nothing wrong', async () => {
    const it = await reviewed();
    const reports = await bench.room.reviewsFor(it.anna).reports(it.studyUid);
    const marks = await bench.room.reviewsFor(it.anna).marks(it.studyUid, 0);
    const folder = mkdtempSync(join(tmpdir(), 'promontory-review-'));
    const other = await fresh();
    try {
      await backup(bench.database, bench.archive.blobs, join(folder, 'backup'), { now });
      const blobs = fileBlobs(join(folder, 'blobs'), { freeSpaceGuardBytes: 0 });
      await restore(join(folder, 'backup'), other, blobs, {
        verifyAudit,
        staging: { folder: join(folder, 'incoming') },
      });
      const again = (table: string) => other.query(`select * from ${table} order by study_uid`);
      const here = (table: string) => bench.database.query(`select * from ${table} order by study_uid`);
      for (const table of ['review_mark', 'report', 'reading_time'])
        expect(await again(table)).toEqual(await here(table));
      expect(reports).toHaveLength(1);
      expect(marks?.marks).toHaveLength(1);
      await expect(other.query('delete from report')).rejects.toThrow('append-only');
      const report = await fsck(other, blobs, { now, deep: true, repair: false, verifyAudit });
      expect(report.problems).toEqual([]);
    } finally {
      await other.close();
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});
