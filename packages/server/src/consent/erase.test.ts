import { describe, expect, test } from 'vitest';
import { partsOf, person } from '../archive/archive.testing.ts';
import { verifyAudit } from '../audit/index.ts';
import { consents } from './consents.ts';
import { administrator, CANARIES, eraseBench, keyedHash, REASON, sha256 } from './erase.testing.ts';
import { isIntact } from './proof.ts';
import { NotWithinReach } from './types.ts';

const bench = eraseBench();
const { problems, whereFound, countOf } = bench;

describe('a patient', () => {
  test('is found nowhere afterwards but in the audit; others are untouched; the proof says so', async () => {
    expect((await whereFound(CANARIES)).length).toBeGreaterThan(10);
    expect((await whereFound(bench.anna.studies)).some((name) => name.includes('queue'))).toBe(true);

    const { proof, erasureId } = await bench.room.erase(
      administrator,
      { patientKey: bench.anna.key },
      REASON,
    );

    expect(await whereFound([...CANARIES, ...bench.anna.studies])).toEqual(['public.audit_event']);
    expect(proof).toMatchObject({
      complete: true,
      searchedFor: 'uids-and-identity',
      erasure: { by: administrator.actor, reason: REASON, target: 'patient', patientGone: true },
      files: { absent: 9, stillThere: [] },
    });
    expect(proof?.erasure.rows).toMatchObject({
      study: 2,
      series: 4,
      instance: 8,
      reading: 2,
      reading_file: 2,
      consent: 1,
      patient_grant: 1,
      break_glass: 1,
      'promontory_queue.job': 2,
    });
    expect(proof?.erasure.hashes).toHaveLength(10);
    for (const file of bench.anna.files) expect(proof?.erasure.hashes).toContain(sha256(file));
    expect(proof?.erasure.shared).toEqual([bench.shared]);
    expect(proof?.database.remnants.length).toBeGreaterThan(0);
    for (const remnant of proof?.database.remnants ?? [])
      expect(remnant).toMatchObject({ table: 'audit_event', why: 'kept-by-law' });
    expect(proof && isIntact(proof)).toBe(true);
    expect(isIntact({ ...proof!, files: { absent: 99, stillThere: [] } })).toBe(false);
    expect(JSON.stringify(proof)).not.toContain(bench.anna.key);
    expect(await bench.room.proof(administrator, erasureId)).toEqual(proof);
    expect(problems).toEqual([]);

    expect(await countOf('instance')).toBe(4);
    expect(await countOf('promontory_queue.job')).toBe(1);
    for (const file of bench.bert.files) expect(await bench.archive.blobs.has(sha256(file))).toBe(true);
    expect(await bench.archive.blobs.has(bench.shared)).toBe(true);
    expect(await countOf('patient_grant')).toBe(1);
    expect(
      await consents({ database: bench.archive.database, now: () => new Date() }).permits(
        bench.bert.key,
        'research',
        'default',
      ),
    ).toBe(true);
  });

  test('leaves a keyed hash where consent was, and counts and reason in the audit', async () => {
    const { erasureId } = await bench.room.erase(administrator, { patientKey: bench.anna.key }, REASON);
    expect(await countOf('consent_tombstone', `patient_hash = '${keyedHash(bench.anna.key)}'`)).toBe(1);
    const rows = await bench.archive.database.query<{ body: string; study_uid: string | null }>(
      `select body, study_uid from audit_event where action = 'erase' and body like $1 order by seq`,
      [`%${erasureId}%`],
    );
    expect(rows.map((row) => row.study_uid)).toEqual([...bench.anna.studies.sort(), null]);
    expect(JSON.parse(rows[2]?.body ?? '').detail).toMatchObject({
      reason: REASON,
      'rows.instance': 8,
      files: 10,
      filesShared: 1,
    });
    expect((await verifyAudit(bench.archive.database)).whole).toBe(true);
  });

  test('who comes again is a new arrival, without consent', async () => {
    await bench.room.erase(administrator, { patientKey: bench.anna.key }, REASON);
    const [outcome] = await bench.archive
      .recordsFor(administrator)
      .store(partsOf(bench.anna.files.slice(0, 1), 1_000));
    expect(outcome?.status).toBe('stored');
    expect(await bench.archive.blobs.has(sha256(bench.anna.files[0] as Uint8Array))).toBe(true);
    const last = await bench.archive.database.query<{ action: string }>(
      'select action from audit_event order by seq desc limit 1',
    );
    expect(last[0]?.action).toBe('store');
    const store = consents({ database: bench.archive.database, now: () => new Date() });
    expect(await store.permits(bench.anna.key, 'research', 'default')).toBe(false);
  });

  test('without studies is erased by who reaches everything: what else names them goes', async () => {
    for (const studyUid of bench.anna.studies)
      await bench.archive.recordsFor(administrator).remove({ studyUid });
    const part = person('administrator', 'spines');
    await expect(bench.room.erase(part, { patientKey: bench.anna.key }, REASON)).rejects.toThrow(
      NotWithinReach,
    );
    const { proof } = await bench.room.erase(administrator, { patientKey: bench.anna.key }, REASON);
    expect(proof?.erasure.rows).toMatchObject({ study: 0, consent: 1, patient_grant: 1, break_glass: 1 });
    expect(await whereFound([...CANARIES, ...bench.anna.studies])).toEqual(['public.audit_event']);
    await expect(bench.room.erase(administrator, { patientKey: bench.anna.key }, REASON)).rejects.toThrow(
      NotWithinReach,
    );
  });
});

describe('a study', () => {
  test('goes alone: the patient, the other study and the consent stay', async () => {
    const [gone, stays] = bench.anna.studies as [string, string];
    const { proof } = await bench.room.erase(administrator, { studyUid: gone }, REASON);
    expect(proof).toMatchObject({
      complete: true,
      searchedFor: 'uids',
      erasure: { target: 'study', patientGone: false, rows: { study: 1, instance: 4, reading: 1 } },
    });
    expect(await whereFound([gone])).toEqual(['public.audit_event']);
    expect(await countOf('instance', `study_uid = '${stays}'`)).toBe(4);
    expect(await countOf('consent', `patient_key = '${bench.anna.key}'`)).toBe(1);
    expect(await bench.archive.blobs.has(bench.shared)).toBe(true);
    // With the last study the patient is gone.
    const { proof: last } = await bench.room.erase(administrator, { studyUid: stays }, REASON);
    expect(last?.erasure.patientGone).toBe(true);
    expect(await whereFound([...CANARIES, stays])).toEqual(['public.audit_event']);
  });

  test('that another study names is told as such, and is not incomplete', async () => {
    const [gone, other] = bench.anna.studies as [string, string];
    await bench.archive.database.query(`update study set description = 'see ' || $1 where study_uid = $2`, [
      gone,
      other,
    ]);
    const { proof } = await bench.room.erase(administrator, { studyUid: gone }, REASON);
    expect(proof?.database.remnants).toContainEqual({
      table: 'study',
      column: 'description',
      rows: 1,
      what: 'uid',
      why: 'another-study',
    });
    expect(proof?.complete).toBe(true);
  });
});

test('a crash between commit and the removal of bytes is repaired later, proof and all', async () => {
  bench.broken = true;
  const { proof, erasureId } = await bench.room.erase(administrator, { patientKey: bench.anna.key }, REASON);
  expect(proof).toBeUndefined();
  expect(problems).toHaveLength(1);
  expect(await countOf('study', `patient_key = '${bench.anna.key}'`)).toBe(0);
  expect(await bench.archive.blobs.has(sha256(bench.anna.files[0] as Uint8Array))).toBe(true);
  expect(await bench.room.proof(administrator, erasureId)).toBeUndefined();
  bench.broken = false;
  expect(await bench.room.resume()).toBe(1);
  const later = await bench.room.proof(administrator, erasureId);
  expect(later).toMatchObject({
    complete: true,
    searchedFor: 'study-uids-and-patient-key',
    files: { absent: 9, stillThere: [] },
  });
  expect(later?.database.remnants.length).toBeGreaterThan(0);
  expect(await whereFound([...CANARIES, ...bench.anna.studies])).toEqual(['public.audit_event']);
  expect(await bench.room.resume()).toBe(0);
});
