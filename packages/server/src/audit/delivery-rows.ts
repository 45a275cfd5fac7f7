/** Every statement on `audit_export`, by name. */
import type { Sql } from '../ports/database/index.ts';

export async function deliveryOf(
  sql: Sql,
  destination: string,
): Promise<{ seq: number; failures: number; retryAt?: Date }> {
  const [row] = await sql.query<{ seq: number; failures: number; retry_at: Date | null }>(
    'select seq, failures, retry_at from audit_export where destination = $1',
    [destination],
  );
  if (row === undefined) return { seq: 0, failures: 0 };
  const seq = Number(row.seq);
  return row.retry_at === null
    ? { seq, failures: row.failures }
    : { seq, failures: row.failures, retryAt: row.retry_at };
}

/**
 * Takes the right to send until `until`.
 * @returns the last record that was sent; nothing where another process sends, or it is not yet time to try again
 */
export async function claim(
  sql: Sql,
  destination: string,
  holder: string,
  now: Date,
  until: Date,
): Promise<number | undefined> {
  const [row] = await sql.query<{ seq: number }>(
    `insert into audit_export as e (destination, holder, held_until) values ($1, $2, $4::timestamptz)
     on conflict (destination) do update set holder = excluded.holder, held_until = excluded.held_until
       where (e.holder is null or e.holder = excluded.holder or e.held_until <= $3::timestamptz)
         and (e.retry_at is null or e.retry_at <= $3::timestamptz)
     returning seq`,
    [destination, holder, now.toISOString(), until.toISOString()],
  );
  return row === undefined ? undefined : Number(row.seq);
}

/** @returns whether the sender still held the right */
export async function served(
  sql: Sql,
  destination: string,
  holder: string,
  upTo: number,
  now: Date,
): Promise<boolean> {
  const rows = await sql.query(
    `update audit_export set seq = $3, sent_at = $4::timestamptz, failures = 0, retry_at = null, holder = null,
       held_until = null where destination = $1 and holder = $2 returning seq`,
    [destination, holder, upTo, now.toISOString()],
  );
  return rows.length === 1;
}

export async function failed(sql: Sql, destination: string, holder: string, retryAt: Date): Promise<void> {
  await sql.query(
    `update audit_export set failures = failures + 1, retry_at = $3::timestamptz, holder = null, held_until = null
     where destination = $1 and holder = $2`,
    [destination, holder, retryAt.toISOString()],
  );
}

export async function release(sql: Sql, destination: string, holder: string): Promise<void> {
  await sql.query(
    'update audit_export set holder = null, held_until = null where destination = $1 and holder = $2',
    [destination, holder],
  );
}
