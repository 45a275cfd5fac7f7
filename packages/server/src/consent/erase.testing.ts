/** Patients to be erased, in a real archive, and a search for what is left of them by no code of ours. */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import {
  mrFile,
  newUid,
  openTestArchive,
  partsOf,
  person,
  type TestArchive,
} from '../archive/archive.testing.ts';
import { openQueue, type Queue, type QueueDatabase } from '../jobs/index.ts';
import { stage } from '../ports/blobs/index.ts';
import { ENGINES } from '../upkeep/archive.testing.ts';
import { clearRemovedBlobs } from '../upkeep/index.ts';
import { consents } from './consents.ts';
import { type Erasures, erasures } from './erase.ts';

/** Found wherever the patient is still named. */
export const CANARIES = ['CANARY-4711', 'Zebrowska', 'zebrowska', 'Quirina', 'CANARY-ACC', 'Canary Hospital'];
export const REASON = 'request of the person, letter of 3 March';
export const administrator = person('administrator');
export const keyedHash = (text: string) => createHmac('sha256', 'secret').update(text).digest('hex');

// PostgreSQL where there is one.
const [, fresh] = ENGINES.at(-1) as (typeof ENGINES)[number];
export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

interface Patient {
  readonly key: string;
  readonly studies: string[];
  readonly files: Uint8Array[];
}

/** An archive with two patients for each test of a file, made before it and erased after it. */
export function eraseBench() {
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

  let anna: Patient;
  let bert: Patient;
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
    await archive.database.query(
      `insert into account (account_id, login, display_name) values ($1, $2, '')`,
      [account, `a${account}`],
    );
    await archive.database.query(
      `insert into patient_grant values ($1, 'surgeon', $2), ($1, 'surgeon', $3)`,
      [account, anna.key, bert.key],
    );
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

  return {
    get archive() {
      return archive;
    },
    get room() {
      return room;
    },
    get anna() {
      return anna;
    },
    /** Erased after the test in her place. */
    set anna(other: Patient) {
      anna = other;
    },
    get bert() {
      return bert;
    },
    /** Bytes that a result of Anna's has in common with one of Bert's. */
    get shared() {
      return shared;
    },
    /** The store of bytes refuses to remove any. */
    set broken(is: boolean) {
      broken = is;
    },
    problems,
    patient,
    result,
    dump,
    whereFound,
    countOf,
  };
}
