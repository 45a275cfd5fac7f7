/** Every statement on reading times, by name. */
import type { Sql } from '../ports/database/index.ts';

export interface ReadingTime {
  readonly studyUid: string;
  readonly openedAt: Date;
  readonly signedAt: Date;
  /** Of that, with the study before the reader's eyes. */
  readonly activeMs: number;
  /** Whether the results of a reading were shown. */
  readonly withReading: boolean;
  /** Only after the reader's own grades. */
  readonly blindFirst: boolean;
}

/** Quartiles, ms; between two values by linear interpolation. */
export interface Quartiles {
  readonly q1Ms: number;
  readonly medianMs: number;
  readonly q3Ms: number;
}

export interface TimesSummary {
  readonly withReading: boolean;
  readonly n: number;
  readonly active: Quartiles;
  /** From opening to signature. */
  readonly elapsed: Quartiles;
}

export async function hasConsent(sql: Sql, accountId: string): Promise<boolean> {
  const rows = await sql.query('select 1 from reading_time_consent where account_id = $1', [accountId]);
  return rows.length > 0;
}

/** Holds the reader's yes until the commit: a no waits, and takes what was kept along. */
export async function lockConsent(sql: Sql, accountId: string): Promise<boolean> {
  const rows = await sql.query('select 1 from reading_time_consent where account_id = $1 for key share', [
    accountId,
  ]);
  return rows.length > 0;
}

/** @returns whether it was another before */
export async function setConsent(sql: Sql, accountId: string, given: boolean, at: Date): Promise<boolean> {
  const rows = given
    ? await sql.query(
        `insert into reading_time_consent (account_id, given_at) values ($1, $2) on conflict do nothing
         returning account_id`,
        [accountId, at.toISOString()],
      )
    : await sql.query('delete from reading_time_consent where account_id = $1 returning account_id', [
        accountId,
      ]);
  return rows.length > 0;
}

/** Sent again it is the same. */
export async function insertTime(sql: Sql, accountId: string, time: ReadingTime): Promise<void> {
  await sql.query(
    `insert into reading_time (account_id, study_uid, opened_at, signed_at, active_ms, with_reading, blind_first)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [
      accountId,
      time.studyUid,
      time.openedAt.toISOString(),
      time.signedAt.toISOString(),
      time.activeMs,
      time.withReading,
      time.blindFirst,
    ],
  );
}

/** The latest first. */
export async function timesOf(sql: Sql, accountId: string): Promise<ReadingTime[]> {
  const rows = await sql.query<{
    study_uid: string;
    opened_at: Date;
    signed_at: Date;
    active_ms: number;
    with_reading: boolean;
    blind_first: boolean;
  }>('select * from reading_time where account_id = $1 order by signed_at desc, study_uid', [accountId]);
  return rows.map((row) => ({
    studyUid: row.study_uid,
    openedAt: row.opened_at,
    signedAt: row.signed_at,
    activeMs: Number(row.active_ms),
    withReading: row.with_reading,
    blindFirst: row.blind_first,
  }));
}

/** @param accountId whose; absent: everybody's together */
export async function summaryOf(
  sql: Sql,
  accountId: string | undefined,
  fewest: number,
): Promise<TimesSummary[]> {
  const quartiles = (of: string) => `percentile_cont(array[0.25, 0.5, 0.75]) within group (order by ${of})`;
  const rows = await sql.query<{
    with_reading: boolean;
    n: number;
    active: number[];
    elapsed: number[];
  }>(
    `select with_reading, count(*)::int as n, ${quartiles('active_ms::float8')} as active,
       ${quartiles('(extract(epoch from signed_at - opened_at) * 1000)::float8')} as elapsed
     from reading_time where $1::uuid is null or account_id = $1
     group by with_reading having count(*) >= $2 order by with_reading`,
    [accountId ?? null, fewest],
  );
  return rows.map((row) => ({
    withReading: row.with_reading,
    n: row.n,
    active: quartilesOf(row.active),
    elapsed: quartilesOf(row.elapsed),
  }));
}

const quartilesOf = ([q1 = 0, median = 0, q3 = 0]: readonly number[]): Quartiles => ({
  q1Ms: q1,
  medianMs: median,
  q3Ms: q3,
});

/** @returns how many */
export async function deleteTimes(sql: Sql, accountId: string): Promise<number> {
  const rows = await sql.query('delete from reading_time where account_id = $1 returning 1 as one', [
    accountId,
  ]);
  return rows.length;
}
