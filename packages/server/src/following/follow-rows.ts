/** Every statement of this room, by name. UIDs of the PACS stand in it as keyed hashes: what is erased leaves no name. */
import type { Sql } from '../ports/database/index.ts';

/** Of these SOP instances, those that the index holds. */
export async function heldAmong(sql: Sql, sopUids: readonly string[]): Promise<Set<string>> {
  const rows = await sql.query<{ sop_uid: string }>('select sop_uid from instance where sop_uid = any($1)', [
    sopUids,
  ]);
  return new Set(rows.map((row) => row.sop_uid));
}

export const isStudyHeld = async (sql: Sql, studyUid: string): Promise<boolean> =>
  (await sql.query('select 1 from study where study_uid = $1', [studyUid])).length > 0;

/** Whether something of the study went from the index while the PACS held it. */
export const isStudyBuried = async (sql: Sql, studyHash: string): Promise<boolean> =>
  (await sql.query('select 1 from pacs_tombstone where study_hash = $1 limit 1', [studyHash])).length > 0;

/** Of these instances, those that went from the index, or that failed and are not to be tried yet. */
export async function setAsideAmong(
  sql: Sql,
  sopHashes: readonly string[],
  now: Date,
): Promise<{ buried: Set<string>; deferred: Set<string> }> {
  const buried = await sql.query<{ sop_hash: string }>(
    'select sop_hash from pacs_tombstone where sop_hash = any($1)',
    [sopHashes],
  );
  const deferred = await sql.query<{ sop_hash: string }>(
    'select sop_hash from pacs_refusal where sop_hash = any($1) and again_at > $2::timestamptz',
    [sopHashes, now.toISOString()],
  );
  return {
    buried: new Set(buried.map((row) => row.sop_hash)),
    deferred: new Set(deferred.map((row) => row.sop_hash)),
  };
}

/** Tried again after a pause that grows fourfold each time: a minute, four, … up to a day. */
export const deferInstance = (sql: Sql, sopHash: string, code: string, now: Date): Promise<unknown> =>
  sql.query(
    `insert into pacs_refusal (sop_hash, code, tries, again_at)
     values ($1, $2, 1, $3::timestamptz + interval '1 minute')
     on conflict (sop_hash) do update set code = excluded.code, tries = least(pacs_refusal.tries + 1, 8),
       again_at = $3::timestamptz + least(interval '1 day', interval '1 minute' * power(4, least(pacs_refusal.tries, 8)))`,
    [sopHash, code, now.toISOString()],
  );

export const forgetDeferral = (sql: Sql, sopHashes: readonly string[]): Promise<unknown> =>
  sql.query('delete from pacs_refusal where sop_hash = any($1)', [sopHashes]);

export interface Look {
  readonly instances: number | undefined;
  readonly at: Date;
}

export async function lastLook(sql: Sql, studyHash: string): Promise<Look | undefined> {
  const [row] = await sql.query<{ instances: number | null; at: Date }>(
    'select instances, at from pacs_look where study_hash = $1',
    [studyHash],
  );
  return row && { instances: row.instances ?? undefined, at: row.at };
}

export const noteLook = (
  sql: Sql,
  studyHash: string,
  instances: number | undefined,
  at: Date,
): Promise<unknown> =>
  sql.query(
    `insert into pacs_look (study_hash, instances, at) values ($1, $2, $3::timestamptz)
     on conflict (study_hash) do update set instances = excluded.instances, at = excluded.at`,
    [studyHash, instances ?? null, at.toISOString()],
  );

/** Looks and failures of what nobody asks about any more. */
export async function forgetOld(sql: Sql, before: Date): Promise<void> {
  await sql.query('delete from pacs_look where at < $1::timestamptz', [before.toISOString()]);
  await sql.query('delete from pacs_refusal where again_at < $1::timestamptz', [before.toISOString()]);
}

/** The next page of studies since that day of which the PACS is to hold instances. */
export async function placedSince(sql: Sql, day: string, after: string, limit: number): Promise<string[]> {
  const rows = await sql.query<{ study_uid: string }>(
    `select study_uid from study where study_uid > $2 and study_date >= $1
       and exists (select 1 from pacs_instance where study = study_uid)
     order by study_uid limit $3`,
    [day, after, limit],
  );
  return rows.map((row) => row.study_uid);
}
