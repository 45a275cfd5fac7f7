/** An archive with rows and bytes in it, as stores would have left it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { appendAudit } from '../audit/index.ts';
import { type Blobs, type Staged, stage } from '../ports/blobs/index.ts';
import { openTestPglite } from '../ports/database/embedded.testing.ts';
import { type Database, openPostgres } from '../ports/database/index.ts';

export const TEST_POSTGRES = process.env.PROMONTORY_TEST_POSTGRES;

/** A database of its own on the test server. */
async function freshPostgres(): Promise<Database> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const server = openPostgres(TEST_POSTGRES as string, 1);
  await server.script(`create database ${name}`);
  const url = new URL(TEST_POSTGRES as string);
  url.pathname = `/${name}`;
  const database = openPostgres(url.href);
  return {
    ...database,
    async close() {
      await database.close();
      await server.script(`drop database ${name} with (force)`);
      await server.close();
    },
  };
}

/** A PGlite takes seconds to make, and none to empty. */
const idle: Database[] = [];

export async function freshPglite(): Promise<Database> {
  const database = idle.pop() ?? (await openTestPglite());
  await database.script('drop schema public cascade; create schema public');
  return { ...database, close: async () => void idle.push(database) };
}

/** For `afterAll`. */
export const closeIdle = async (): Promise<void> => {
  for (const database of idle.splice(0)) await database.close();
};

type Engine = readonly [name: string, fresh: () => Promise<Database>];

/** PGlite, and PostgreSQL where there is one. */
export const ENGINES: readonly Engine[] = [
  ['PGlite', freshPglite],
  ...(TEST_POSTGRES === undefined ? [] : [['PostgreSQL', freshPostgres] as const]),
];

export const stagedOf = (bytes: Uint8Array): Promise<Staged> =>
  stage(
    (async function* () {
      yield bytes;
    })(),
    { folder: '/nonexistent' },
  );

export async function keep(blobs: Blobs, bytes: Uint8Array): Promise<string> {
  const staged = await stagedOf(bytes);
  await blobs.keep(staged);
  return staged.sha256;
}

/** One study of one series; @returns the hashes of its bytes */
export async function addStudy(
  database: Database,
  blobs: Blobs,
  uid: string,
  instances: number,
  size = 500,
): Promise<string[]> {
  const sha256s: string[] = [];
  for (let i = 0; i < instances; i++) sha256s.push(await keep(blobs, randomBytes(size + i)));
  const bytes = instances * size + (instances * (instances - 1)) / 2;
  await database.transaction(async (sql) => {
    await sql.query(
      `insert into study (study_uid, project_id, patient_key, patient_name, modalities, series_count,
         instance_count, byte_count, attributes, received_at, changed_at)
       values ($1, 'default', 'key', $4, '{MR,"a,b"}', 1, $2, $3, '{}', now(), now())`,
      [uid, instances, bytes, 'CANARY^"Zoë\\\n\t山田'],
    );
    await sql.query(
      `insert into series (series_uid, study_uid, instance_count, attributes, received_at, changed_at)
       values ($1, $2, $3, '{}', now(), now())`,
      [`${uid}.1`, uid, instances],
    );
    for (const [i, sha256] of sha256s.entries())
      await sql.query(
        `insert into instance (sop_uid, series_uid, study_uid, sop_class, transfer_syntax, sha256, content_sha256,
           size, frames, metadata, received_at)
         values ($1, $2, $3, '1.2.840.10008.5.1.4.1.1.4', '1.2.840.10008.1.2.1', $4, $4, $5, 1, '{}', now())`,
        [`${uid}.1.${i + 1}`, `${uid}.1`, uid, sha256, size + i],
      );
    await appendAudit(sql, new Date(), {
      action: 'store',
      outcome: 'success',
      actor: 'system',
      studyUid: uid,
      detail: { instances },
    });
  });
  return sha256s;
}

/** As the archive deletes: rows go, and the bytes are noted. */
export async function deleteStudy(database: Database, uid: string): Promise<void> {
  await database.transaction(async (sql) => {
    await sql.query(
      `insert into blob_to_remove (sha256, since) select sha256, now() from instance where study_uid = $1`,
      [uid],
    );
    await sql.query('delete from study where study_uid = $1', [uid]);
  });
}

/** Bytes and secrets in every type of column that is not plain text. */
export async function addOddRows(database: Database): Promise<void> {
  const account = randomUUID();
  await database.query(
    `insert into account (account_id, login, display_name, locked_until) values ($1, 'a', 'A', '2026-01-02 03:04:05.678901+02')`,
    [account],
  );
  await database.query(
    `insert into passkey (credential_id, account_id, public_key, counter, transports, name)
     values ('c', $1, $2, 9007199254740993, '{usb,"n,f{c}"}', 'key')`,
    [account, randomBytes(40)],
  );
  for (const state of ['given', 'withdrawn'])
    await database.query(
      `insert into consent (patient_key, project_id, state, scopes, form_version, recorded_by, at)
       values ('key', '*', $1, '{}', '1', 'a', now())`,
      [state],
    );
}
