/** Every statement about where in the PACS instances lie, by name. */
import type { Sha256 } from '../ports/blobs/index.ts';
import type { Sql } from '../ports/database/index.ts';
import type { InstanceUids } from '../ports/pacs/index.ts';

/** Where the bytes of a hash lie. */
export interface Place extends InstanceUids {
  readonly sha256: Sha256;
  readonly size: number;
  /** What the file begins with, whatever the PACS writes there. */
  readonly head: Uint8Array;
  readonly keptAt: Date;
  readonly missing: boolean;
  readonly altered: boolean;
}

export interface NewPlace extends InstanceUids {
  readonly sha256: Sha256;
  readonly size: number;
  readonly head: Uint8Array;
  readonly studyHash: string;
  readonly sopHash: string;
}

interface Row {
  readonly sha256: string;
  readonly study: string;
  readonly series: string;
  readonly sop: string;
  readonly byte_count: number;
  readonly head: string;
  readonly kept_at: Date;
  readonly missing_since: Date | null;
  readonly altered_since: Date | null;
}

/** PGlite and PostgreSQL give `bytea` in different forms: as hexadecimal it is one. */
const COLUMNS = `sha256, study, series, sop, byte_count::float8 as byte_count, encode(head, 'hex') as head, kept_at,
  missing_since, altered_since`;

const placeOf = (row: Row): Place => ({
  sha256: row.sha256,
  studyUid: row.study,
  seriesUid: row.series,
  sopUid: row.sop,
  size: row.byte_count,
  head: Uint8Array.from(Buffer.from(row.head, 'hex')),
  keptAt: row.kept_at,
  missing: row.missing_since !== null,
  altered: row.altered_since !== null,
});

export async function findPlace(sql: Sql, sha256: Sha256): Promise<Place | undefined> {
  const [row] = await sql.query<Row>(`select ${COLUMNS} from pacs_instance where sha256 = $1`, [sha256]);
  return row && placeOf(row);
}

/** What was marked is as it should be again. */
export const putPlace = (sql: Sql, place: NewPlace, now: Date): Promise<unknown> =>
  sql.query(
    `insert into pacs_instance (sha256, study, series, sop, study_hash, sop_hash, byte_count, head, kept_at)
     values ($1, $2, $3, $4, $5, $6, $7, decode($8, 'hex'), $9::timestamptz)
     on conflict (sha256) do update set head = excluded.head, kept_at = excluded.kept_at, missing_since = null,
       altered_since = null`,
    [
      place.sha256,
      place.studyUid,
      place.seriesUid,
      place.sopUid,
      place.studyHash,
      place.sopHash,
      place.size,
      Buffer.from(place.head).toString('hex'),
      now.toISOString(),
    ],
  );

export const dropPlace = (sql: Sql, sha256: Sha256): Promise<unknown> =>
  sql.query('delete from pacs_instance where sha256 = $1', [sha256]);

/** The next page of hashes, in their order. */
export async function placesAfter(sql: Sql, after: string, limit: number): Promise<Sha256[]> {
  const rows = await sql.query<{ sha256: string }>(
    'select sha256 from pacs_instance where sha256 > $1 order by sha256 limit $2',
    [after, limit],
  );
  return rows.map(({ sha256 }) => sha256);
}

export const hasPlaces = async (sql: Sql): Promise<boolean> =>
  (await sql.query('select 1 from pacs_instance limit 1')).length > 0;

/** Of these hashes, those whose bytes lie in the PACS. */
export async function placedAmong(sql: Sql, sha256s: readonly Sha256[]): Promise<Set<Sha256>> {
  const rows = await sql.query<{ sha256: string }>(
    'select sha256 from pacs_instance where sha256 = any($1)',
    [sha256s],
  );
  return new Set(rows.map(({ sha256 }) => sha256));
}

/** The next page of studies of which the PACS holds instances, in the order of their UIDs. */
export async function placedStudies(sql: Sql, after: string, limit: number): Promise<string[]> {
  const rows = await sql.query<{ study: string }>(
    'select distinct study from pacs_instance where study > $1 order by study limit $2',
    [after, limit],
  );
  return rows.map(({ study }) => study);
}

/** @returns whether it was not known to be altered before */
export async function markAltered(sql: Sql, sha256: Sha256, now: Date): Promise<boolean> {
  const rows = await sql.query(
    `update pacs_instance set altered_since = $2::timestamptz where sha256 = $1 and altered_since is null
     returning sha256`,
    [sha256, now.toISOString()],
  );
  return rows.length > 0;
}

/** @returns whether it was not known to be missing before */
export async function markMissing(sql: Sql, sha256: Sha256, now: Date): Promise<boolean> {
  const rows = await sql.query(
    `update pacs_instance set missing_since = $2::timestamptz where sha256 = $1 and missing_since is null
     returning sha256`,
    [sha256, now.toISOString()],
  );
  return rows.length > 0;
}

export const markSound = (sql: Sql, sha256: Sha256): Promise<unknown> =>
  sql.query('update pacs_instance set missing_since = null, altered_since = null where sha256 = $1', [
    sha256,
  ]);

/** Instances of a study that were placed before `before` and are not among those listed. @returns how many are new in this */
export async function markUnlisted(
  sql: Sql,
  studyUid: string,
  listed: readonly string[],
  before: Date,
): Promise<number> {
  const rows = await sql.query(
    `update pacs_instance set missing_since = $3::timestamptz
     where study = $1 and not sop = any($2) and missing_since is null and kept_at < $3::timestamptz returning sop`,
    [studyUid, listed, before.toISOString()],
  );
  return rows.length;
}

/** @returns how many were missing and are listed again */
export async function markListed(sql: Sql, studyUid: string, listed: readonly string[]): Promise<number> {
  const rows = await sql.query(
    `update pacs_instance set missing_since = null
     where study = $1 and sop = any($2) and missing_since is not null returning sop`,
    [studyUid, listed],
  );
  return rows.length;
}

/** Whether an instance went from the index while the PACS held it. */
export const hasTombstone = async (sql: Sql, sha256: Sha256): Promise<boolean> =>
  (await sql.query('select 1 from pacs_tombstone where sha256 = $1 limit 1', [sha256])).length > 0;

/**
 * Whether an instance may not be brought in again: it went, or its whole study did and nobody has sent any of it since.
 */
export const isBuried = async (
  sql: Sql,
  { studyUid }: InstanceUids,
  hashes: { readonly studyHash: string; readonly sopHash: string },
): Promise<boolean> => {
  const rows = await sql.query(
    `select 1 from pacs_tombstone where sop_hash = $1 or (study_hash = $2
       and not exists (select 1 from study where study_uid = $3)) limit 1`,
    [hashes.sopHash, hashes.studyHash, studyUid],
  );
  return rows.length > 0;
};

/** The PACS took its copy away. */
export const noteGoneThere = (sql: Sql, sha256: Sha256): Promise<unknown> =>
  sql.query('update pacs_tombstone set held = false where sha256 = $1', [sha256]);
