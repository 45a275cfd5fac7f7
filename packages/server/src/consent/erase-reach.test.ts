/** What the search after an erasure finds, and who may erase. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { person } from '../archive/archive.testing.ts';
import { administrator, eraseBench, REASON } from './erase.testing.ts';
import { ReasonNamesPatient } from './erase.ts';
import { NotWithinReach } from './types.ts';

const bench = eraseBench();
const { patient, countOf } = bench;

describe('the search', () => {
  test('finds what the erasure does not know of: in any type of column, by name, ID, or birth date with name', async () => {
    await bench.archive.database.script(`create schema if not exists other;
      create table other.notes (n int, doc jsonb, tags text[], raw bytea, plain varchar(100));
      insert into other.notes values
        (1, '{"who": "QUIRINA  x", "p": "CANARY-4711"}', null, null, null),
        (2, null, array['a', 'zebrowska, quirina'], null, null),
        (3, null, null, convert_to('of Quirina Zebrowska', 'UTF8'), null),
        (4, '{"born": "19531224"}', null, null, 'Mrs Zebrowska'),
        (5, '{"born": "19531224"}', array['CANARY-47110', 'Zebrowskas'], null, 'Bert');`);
    try {
      const { proof } = await bench.room.erase(administrator, { patientKey: bench.anna.key }, REASON);
      expect(proof?.complete).toBe(false);
      const found = proof?.database.remnants.filter(({ table }) => table === 'other.notes');
      expect(found?.map(({ column, rows, what, why }) => [column, rows, what, why])).toEqual([
        ['doc', 1, 'identity', 'unexplained'],
        ['tags', 1, 'identity', 'unexplained'],
        ['raw', 1, 'identity', 'unexplained'],
      ]);
      await bench.archive.database.query('delete from other.notes where n < 4');
      bench.anna = await patient(
        { PatientID: '7', PatientName: 'Zebrowska^Q', PatientBirthDate: '19531224' },
        1,
      );
      const again = await bench.room.erase(administrator, { patientKey: bench.anna.key }, REASON);
      expect(again.proof?.database.remnants.filter(({ table }) => table === 'other.notes')).toEqual([
        {
          table: 'other.notes',
          column: 'doc tags raw plain',
          rows: 1,
          what: 'birth-date-and-name',
          why: 'unexplained',
        },
      ]);
    } finally {
      await bench.archive.database.script('drop schema other cascade');
    }
  });

  test('an ID of one digit, a name of signs: neither everywhere nor an error', async () => {
    bench.anna = await patient(
      { PatientID: '1', PatientName: String.raw`\(a|b)[*^"'$1.`, PatientBirthDate: '20000101' },
      1,
    );
    const { proof } = await bench.room.erase(administrator, { patientKey: bench.anna.key }, REASON);
    expect(proof?.database.remnants.filter(({ why }) => why !== 'kept-by-law')).toEqual([]);
    expect(proof?.complete).toBe(true);
    expect(proof?.remarks.some((remark) => remark.includes('four characters'))).toBe(true);
  });

  test('a namesake is no remnant of the erased', async () => {
    const twin = await patient({ PatientID: 'T-2', PatientName: 'Zebrowska^Quirina' }, 1);
    const { proof } = await bench.room.erase(administrator, { patientKey: bench.anna.key }, REASON);
    expect(proof?.complete).toBe(true);
    expect(proof?.database.remnants.map(({ table, why }) => [table, why])).toContainEqual([
      'study',
      'another-study',
    ]);
    expect(await countOf('study', `study_uid = '${twin.studies[0]}'`)).toBe(1);
    await bench.room.erase(administrator, { patientKey: twin.key }, REASON);
  });
});

describe('who may', () => {
  test('only who reaches all that goes; all others learn nothing and change nothing', async () => {
    const before = await countOf('instance');
    for (const other of [
      person('radiologist'),
      person('administrator', 'spines'),
      person('administrator', '*', { kind: 'token', actor: 'token:1', scopes: ['read', 'delete'] }),
      person('administrator', 'spines', { brokenGlass: bench.anna.studies }),
    ])
      for (const target of [{ patientKey: bench.anna.key }, { studyUid: bench.anna.studies[0] as string }])
        await expect(bench.room.erase(other, target, REASON)).rejects.toThrow(NotWithinReach);
    expect(await countOf('instance')).toBe(before);
    expect(await countOf('audit_event', `action = 'refusal' and outcome = 'refused'`)).toBeGreaterThanOrEqual(
      8,
    );
    await expect(bench.room.erase(administrator, { patientKey: '|nobody' }, REASON)).rejects.toThrow(
      NotWithinReach,
    );
    await expect(bench.room.erase(administrator, { studyUid: '1.2.3' }, REASON)).rejects.toThrow(
      NotWithinReach,
    );
    const refusals = () => countOf('audit_event', `action = 'refusal' and outcome = 'refused'`);
    const known = await refusals();
    await expect(bench.room.proof(person('administrator', 'spines'), randomUUID())).rejects.toThrow(
      NotWithinReach,
    );
    expect(await refusals()).toBe(known + 1);
  });

  test('a part of a patient is not enough for the patient', async () => {
    await bench.archive.database.query(`update study set project_id = 'spines' where study_uid = $1`, [
      bench.anna.studies[0],
    ]);
    const spines = person('administrator', 'spines');
    await expect(bench.room.erase(spines, { patientKey: bench.anna.key }, REASON)).rejects.toThrow(
      NotWithinReach,
    );
    const { proof } = await bench.room.erase(spines, { studyUid: bench.anna.studies[0] as string }, REASON);
    expect(proof?.complete).toBe(true);
  });

  test('not with a reason that says who it was', async () => {
    for (const reason of ['Mrs. ŻEBROWSKA asked', 'for canary-4711', `study ${bench.anna.studies[1]}`])
      await expect(bench.room.erase(administrator, { patientKey: bench.anna.key }, reason)).rejects.toThrow(
        ReasonNamesPatient,
      );
    expect(await countOf('study', `patient_key = '${bench.anna.key}'`)).toBe(2);
  });
});
