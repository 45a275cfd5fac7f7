import { createHash, createHmac, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  mrFile,
  newUid,
  openTestArchive,
  partsOf,
  person,
  type TestArchive,
} from '../archive/archive.testing.ts';
import { verifyAudit } from '../audit/index.ts';
import { openQueue, type Queue, type QueueDatabase } from '../jobs/index.ts';
import { stage } from '../ports/blobs/index.ts';
import { ENGINES } from '../upkeep/archive.testing.ts';
import { clearRemovedBlobs } from '../upkeep/index.ts';
import { consents } from './consents.ts';
import { type Erasures, erasures, ReasonNamesPatient } from './erase.ts';
import { isIntact } from './proof.ts';
import { NotWithinReach } from './types.ts';

/** Found wherever the patient is still named. */
const CANARIES = ['CANARY-4711', 'Zebrowska', 'zebrowska', 'Quirina', 'CANARY-ACC', 'Canary Hospital'];
const REASON = 'request of the person, letter of 3 March';
const administrator = person('administrator');
const keyedHash = (text: string) => createHmac('sha256', 'secret').update(text).digest('hex');

// PostgreSQL where there is one.
const [, fresh] = ENGINES.at(-1) as (typeof ENGINES)[number];
let archive: TestArchive;
let queue: Queue<{ studyUid: string }>;
let room: Erasures;
let broken = false;
const problems: unknown[] = [];

beforeAll(async () => {
  archive = await openTestArchive(
    (blobs) => ({
      ...blobs,
      remove: async (sha256) => {
        if (broken) throw new Error('pulled plug');
        await blobs.remove(sha256);
      },
    }),
    fresh,
  );
  const rules = { name: 'reading', retryLimit: 2, retryDelaySeconds: 1, retryDelayMaxSeconds: 1 };
  const times = { expireSeconds: 60, heartbeatSeconds: 10, heartbeatEverySeconds: 1, superviseSeconds: 60 };
  queue = await openQueue(archive.database as QueueDatabase, { ...rules, ...times }, { log: () => {} });
  await archive.database.query(`insert into project (project_id, title) values ('spines', 'Spines')`);
  room = erasures({
    database: archive.database,
    blobs: archive.blobs,
    clearRemoved: () => clearRemovedBlobs(archive.database, archive.blobs, { now: () => new Date() }),
    now: () => new Date(),
    keyedHash,
    newId: randomUUID,
    problem: (error) => problems.push(error),
  });
}, 60_000);
afterAll(async () => {
  await queue.close();
  await archive.close();
});

let anna: { key: string; studies: string[]; files: Uint8Array[] };
let bert: { key: string; studies: string[]; files: Uint8Array[] };
let shared: string;

/** Two studies of two series of two images, with a reading, a job and consent. */
async function patient(values: Parameters<typeof mrFile>[0] & object, studies = 2) {
  const uids = Array.from({ length: studies }, newUid);
  const files = uids.flatMap((StudyInstanceUID) =>
    [1, 2].flatMap(() => {
      const SeriesInstanceUID = newUid();
      return [1, 2].map(() => mrFile({ ...values, StudyInstanceUID, SeriesInstanceUID }));
    }),
  );
  const outcomes = await archive.recordsFor(administrator).store(partsOf(files, 1_000));
  expect(outcomes.every(({ status }) => status === 'stored')).toBe(true);
  for (const studyUid of uids)
    await archive.database.transaction(async (sql) => {
      await queue.add(sql, { key: studyUid, data: { studyUid }, priority: 0 });
    });
  const key = `|${(values as { PatientID: string }).PatientID}`;
  await consents({ database: archive.database, now: () => new Date() }).record(administrator, key, {
    state: 'given',
    scopes: ['research'],
    formVersion: '1',
  });
  return { key, studies: uids, files };
}

/** A result of a reading: a row over the study, and bytes. */
async function result(studyUid: string, text: string): Promise<string> {
  const staged = await stage(
    (async function* () {
      yield Buffer.from(text);
    })(),
    { folder: join(archive.folder, 'incoming') },
  );
  await archive.blobs.keep(staged);
  const reading = randomUUID();
  await archive.database.query(
    `insert into reading (reading_id, study_uid, job_id, created_at, status, outcome, software_version, models,
       input_sha256, instance_count, duration_ms)
     values ($1, $2, $3, now(), 'unreviewed', 'read', '1', '[]', '', 4, 1)`,
    [reading, studyUid, randomUUID()],
  );
  await archive.database.query(
    `insert into reading_file (reading_id, name, media_type, sha256, size) values ($1, 'f', 'text/plain', $2, $3)`,
    [reading, staged.sha256, staged.size],
  );
  return staged.sha256;
}

beforeEach(async () => {
  broken = false;
  problems.length = 0;
  anna = await patient({
    PatientID: 'CANARY-4711',
    PatientName: 'Zebrowska^Quirina',
    PatientBirthDate: '19531224',
    AccessionNumber: 'CANARY-ACC',
    InstitutionName: 'Canary Hospital',
  });
  bert = await patient({ PatientID: 'B-1', PatientName: 'Other^Bert', PatientBirthDate: '19531224' }, 1);
  shared = await result(anna.studies[0] as string, 'the same findings');
  await result(bert.studies[0] as string, 'the same findings');
  await result(anna.studies[1] as string, `findings of Zebrowska ${randomUUID()}`);
  const account = randomUUID();
  await archive.database.query(`insert into account (account_id, login, display_name) values ($1, $2, '')`, [
    account,
    `a${account}`,
  ]);
  await archive.database.query(`insert into patient_grant values ($1, 'surgeon', $2), ($1, 'surgeon', $3)`, [
    account,
    anna.key,
    bert.key,
  ]);
  await archive.database.query(
    `insert into break_glass values ($1, $2, $3, 'Zebrowska is in theatre', now(), now())`,
    [randomUUID(), account, anna.studies[0]],
  );
});
afterEach(async () => {
  // Whatever a test left.
  broken = false;
  for (const patientKey of new Set([anna.key, bert.key, '|CANARY-4711']))
    await room.erase(administrator, { patientKey }, REASON).catch(() => {});
  await archive.database.query('delete from erasure');
});

/** Every row of every table of every schema as text, by no code of ours. */
async function dump(): Promise<Map<string, string>> {
  const tables = await archive.database.query<{ name: string }>(
    `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  const all = new Map<string, string>();
  for (const { name } of tables) {
    const rows = await archive.database.query<{ t: string }>(`select t::text as t from ${name} as t`);
    all.set(name, rows.map(({ t }) => t).join('\n'));
  }
  return all;
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

async function whereFound(texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const [table, text] of await dump()) if (texts.some((t) => text.includes(t))) found.push(table);
  for (const path of filesBelow(archive.folder))
    if (texts.some((t) => readFileSync(path).includes(t))) found.push(path);
  return found;
}

const countOf = async (table: string, where = 'true') =>
  (await archive.database.query<{ n: number }>(`select count(*)::int as n from ${table} where ${where}`))[0]
    ?.n;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('a patient', () => {
  test('is found nowhere afterwards but in the audit; others are untouched; the proof says so', async () => {
    expect((await whereFound(CANARIES)).length).toBeGreaterThan(10);
    expect((await whereFound(anna.studies)).some((name) => name.includes('queue'))).toBe(true);

    const { proof, erasureId } = await room.erase(administrator, { patientKey: anna.key }, REASON);

    expect(await whereFound([...CANARIES, ...anna.studies])).toEqual(['public.audit_event']);
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
    for (const file of anna.files) expect(proof?.erasure.hashes).toContain(sha256(file));
    expect(proof?.erasure.shared).toEqual([shared]);
    expect(proof?.database.remnants.length).toBeGreaterThan(0);
    for (const remnant of proof?.database.remnants ?? [])
      expect(remnant).toMatchObject({ table: 'audit_event', why: 'kept-by-law' });
    expect(proof && isIntact(proof)).toBe(true);
    expect(isIntact({ ...proof!, files: { absent: 99, stillThere: [] } })).toBe(false);
    expect(JSON.stringify(proof)).not.toContain(anna.key);
    expect(await room.proof(administrator, erasureId)).toEqual(proof);
    expect(problems).toEqual([]);

    expect(await countOf('instance')).toBe(4);
    expect(await countOf('promontory_queue.job')).toBe(1);
    for (const file of bert.files) expect(await archive.blobs.has(sha256(file))).toBe(true);
    expect(await archive.blobs.has(shared)).toBe(true);
    expect(await countOf('patient_grant')).toBe(1);
    expect(
      await consents({ database: archive.database, now: () => new Date() }).permits(
        bert.key,
        'research',
        'default',
      ),
    ).toBe(true);
  });

  test('leaves a keyed hash where consent was, and counts and reason in the audit', async () => {
    const { erasureId } = await room.erase(administrator, { patientKey: anna.key }, REASON);
    expect(await countOf('consent_tombstone', `patient_hash = '${keyedHash(anna.key)}'`)).toBe(1);
    const rows = await archive.database.query<{ body: string; study_uid: string | null }>(
      `select body, study_uid from audit_event where action = 'erase' and body like $1 order by seq`,
      [`%${erasureId}%`],
    );
    expect(rows.map((row) => row.study_uid)).toEqual([...anna.studies.sort(), null]);
    expect(JSON.parse(rows[2]?.body ?? '').detail).toMatchObject({
      reason: REASON,
      'rows.instance': 8,
      files: 10,
      filesShared: 1,
    });
    expect((await verifyAudit(archive.database)).whole).toBe(true);
  });

  test('who comes again is a new arrival, without consent', async () => {
    await room.erase(administrator, { patientKey: anna.key }, REASON);
    const [outcome] = await archive.recordsFor(administrator).store(partsOf(anna.files.slice(0, 1), 1_000));
    expect(outcome?.status).toBe('stored');
    expect(await archive.blobs.has(sha256(anna.files[0] as Uint8Array))).toBe(true);
    const last = await archive.database.query<{ action: string }>(
      'select action from audit_event order by seq desc limit 1',
    );
    expect(last[0]?.action).toBe('store');
    const store = consents({ database: archive.database, now: () => new Date() });
    expect(await store.permits(anna.key, 'research', 'default')).toBe(false);
  });

  test('without studies is erased by who reaches everything: what else names them goes', async () => {
    for (const studyUid of anna.studies) await archive.recordsFor(administrator).remove({ studyUid });
    const part = person('administrator', 'spines');
    await expect(room.erase(part, { patientKey: anna.key }, REASON)).rejects.toThrow(NotWithinReach);
    const { proof } = await room.erase(administrator, { patientKey: anna.key }, REASON);
    expect(proof?.erasure.rows).toMatchObject({ study: 0, consent: 1, patient_grant: 1, break_glass: 1 });
    expect(await whereFound([...CANARIES, ...anna.studies])).toEqual(['public.audit_event']);
    await expect(room.erase(administrator, { patientKey: anna.key }, REASON)).rejects.toThrow(NotWithinReach);
  });
});

describe('a study', () => {
  test('goes alone: the patient, the other study and the consent stay', async () => {
    const [gone, stays] = anna.studies as [string, string];
    const { proof } = await room.erase(administrator, { studyUid: gone }, REASON);
    expect(proof).toMatchObject({
      complete: true,
      searchedFor: 'uids',
      erasure: { target: 'study', patientGone: false, rows: { study: 1, instance: 4, reading: 1 } },
    });
    expect(await whereFound([gone])).toEqual(['public.audit_event']);
    expect(await countOf('instance', `study_uid = '${stays}'`)).toBe(4);
    expect(await countOf('consent', `patient_key = '${anna.key}'`)).toBe(1);
    expect(await archive.blobs.has(shared)).toBe(true);
    // With the last study the patient is gone.
    const { proof: last } = await room.erase(administrator, { studyUid: stays }, REASON);
    expect(last?.erasure.patientGone).toBe(true);
    expect(await whereFound([...CANARIES, stays])).toEqual(['public.audit_event']);
  });

  test('that another study names is told as such, and is not incomplete', async () => {
    const [gone, other] = anna.studies as [string, string];
    await archive.database.query(`update study set description = 'see ' || $1 where study_uid = $2`, [
      gone,
      other,
    ]);
    const { proof } = await room.erase(administrator, { studyUid: gone }, REASON);
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

describe('the search', () => {
  test('finds what the erasure does not know of: in any type of column, by name, ID, or birth date with name', async () => {
    await archive.database.script(`create schema if not exists other;
      create table other.notes (n int, doc jsonb, tags text[], raw bytea, plain varchar(100));
      insert into other.notes values
        (1, '{"who": "QUIRINA  x", "p": "CANARY-4711"}', null, null, null),
        (2, null, array['a', 'zebrowska, quirina'], null, null),
        (3, null, null, convert_to('of Quirina Zebrowska', 'UTF8'), null),
        (4, '{"born": "19531224"}', null, null, 'Mrs Zebrowska'),
        (5, '{"born": "19531224"}', array['CANARY-47110', 'Zebrowskas'], null, 'Bert');`);
    try {
      const { proof } = await room.erase(administrator, { patientKey: anna.key }, REASON);
      expect(proof?.complete).toBe(false);
      const found = proof?.database.remnants.filter(({ table }) => table === 'other.notes');
      expect(found?.map(({ column, rows, what, why }) => [column, rows, what, why])).toEqual([
        ['doc', 1, 'identity', 'unexplained'],
        ['tags', 1, 'identity', 'unexplained'],
        ['raw', 1, 'identity', 'unexplained'],
      ]);
      await archive.database.query('delete from other.notes where n < 4');
      anna = await patient({ PatientID: '7', PatientName: 'Zebrowska^Q', PatientBirthDate: '19531224' }, 1);
      const again = await room.erase(administrator, { patientKey: anna.key }, REASON);
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
      await archive.database.script('drop schema other cascade');
    }
  });

  test('an ID of one digit, a name of signs: neither everywhere nor an error', async () => {
    anna = await patient(
      { PatientID: '1', PatientName: String.raw`\(a|b)[*^"'$1.`, PatientBirthDate: '20000101' },
      1,
    );
    const { proof } = await room.erase(administrator, { patientKey: anna.key }, REASON);
    expect(proof?.database.remnants.filter(({ why }) => why !== 'kept-by-law')).toEqual([]);
    expect(proof?.complete).toBe(true);
    expect(proof?.remarks.some((remark) => remark.includes('four characters'))).toBe(true);
  });

  test('a namesake is no remnant of the erased', async () => {
    const twin = await patient({ PatientID: 'T-2', PatientName: 'Zebrowska^Quirina' }, 1);
    const { proof } = await room.erase(administrator, { patientKey: anna.key }, REASON);
    expect(proof?.complete).toBe(true);
    expect(proof?.database.remnants.map(({ table, why }) => [table, why])).toContainEqual([
      'study',
      'another-study',
    ]);
    expect(await countOf('study', `study_uid = '${twin.studies[0]}'`)).toBe(1);
    await room.erase(administrator, { patientKey: twin.key }, REASON);
  });
});

test('a crash between commit and the removal of bytes is repaired later, proof and all', async () => {
  broken = true;
  const { proof, erasureId } = await room.erase(administrator, { patientKey: anna.key }, REASON);
  expect(proof).toBeUndefined();
  expect(problems).toHaveLength(1);
  expect(await countOf('study', `patient_key = '${anna.key}'`)).toBe(0);
  expect(await archive.blobs.has(sha256(anna.files[0] as Uint8Array))).toBe(true);
  expect(await room.proof(administrator, erasureId)).toBeUndefined();
  broken = false;
  expect(await room.resume()).toBe(1);
  const later = await room.proof(administrator, erasureId);
  expect(later).toMatchObject({
    complete: true,
    searchedFor: 'study-uids-and-patient-key',
    files: { absent: 9, stillThere: [] },
  });
  expect(later?.database.remnants.length).toBeGreaterThan(0);
  expect(await whereFound([...CANARIES, ...anna.studies])).toEqual(['public.audit_event']);
  expect(await room.resume()).toBe(0);
});

describe('who may', () => {
  test('only who reaches all that goes; all others learn nothing and change nothing', async () => {
    const before = await countOf('instance');
    for (const other of [
      person('radiologist'),
      person('administrator', 'spines'),
      person('administrator', '*', { kind: 'token', actor: 'token:1', scopes: ['read', 'delete'] }),
      person('administrator', 'spines', { brokenGlass: anna.studies }),
    ])
      for (const target of [{ patientKey: anna.key }, { studyUid: anna.studies[0] as string }])
        await expect(room.erase(other, target, REASON)).rejects.toThrow(NotWithinReach);
    expect(await countOf('instance')).toBe(before);
    expect(await countOf('audit_event', `action = 'refusal' and outcome = 'refused'`)).toBeGreaterThanOrEqual(
      8,
    );
    await expect(room.erase(administrator, { patientKey: '|nobody' }, REASON)).rejects.toThrow(
      NotWithinReach,
    );
    await expect(room.erase(administrator, { studyUid: '1.2.3' }, REASON)).rejects.toThrow(NotWithinReach);
    const refusals = () => countOf('audit_event', `action = 'refusal' and outcome = 'refused'`);
    const known = await refusals();
    await expect(room.proof(person('administrator', 'spines'), randomUUID())).rejects.toThrow(NotWithinReach);
    expect(await refusals()).toBe(known + 1);
  });

  test('a part of a patient is not enough for the patient', async () => {
    await archive.database.query(`update study set project_id = 'spines' where study_uid = $1`, [
      anna.studies[0],
    ]);
    const spines = person('administrator', 'spines');
    await expect(room.erase(spines, { patientKey: anna.key }, REASON)).rejects.toThrow(NotWithinReach);
    const { proof } = await room.erase(spines, { studyUid: anna.studies[0] as string }, REASON);
    expect(proof?.complete).toBe(true);
  });

  test('not with a reason that says who it was', async () => {
    for (const reason of ['Mrs. ŻEBROWSKA asked', 'for canary-4711', `study ${anna.studies[1]}`])
      await expect(room.erase(administrator, { patientKey: anna.key }, reason)).rejects.toThrow(
        ReasonNamesPatient,
      );
    expect(await countOf('study', `patient_key = '${anna.key}'`)).toBe(2);
  });
});
