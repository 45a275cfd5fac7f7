/** A chain in a database, and what somebody with the database's password could do to it. */
import fc from 'fast-check';
import type { Sql } from '../ports/database/index.ts';
import { migrate } from '../schema/index.ts';
import { ENGINES } from '../upkeep/archive.testing.ts';
import { appendAudit } from './append.ts';
import { canonicalJson, chainHash, indexColumns } from './chain.ts';
import { ACTIONS, type AuditEvent, type AuditRecord } from './event.ts';

export const NOW = new Date('2026-03-01T08:00:00.123Z');

/** PostgreSQL where there is one. */
export async function auditDatabase() {
  const [, fresh] = ENGINES.at(-1) as (typeof ENGINES)[number];
  const database = await fresh();
  await migrate(database);
  return database;
}

/** No trigger holds who owns the tables. */
export async function begin(sql: Sql, events: readonly AuditEvent[]): Promise<void> {
  await sql.query('alter table audit_event disable trigger all');
  await sql.query('truncate audit_event');
  await sql.query(`delete from audit_head`);
  await sql.query(`insert into audit_head (seq, hash) values (0, '')`);
  // In several deeds, as they come.
  for (let i = 0; i < events.length; i += 3) await appendAudit(sql, NOW, ...events.slice(i, i + 3));
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const optional = <T>(name: string, of: fc.Arbitrary<T>) =>
  fc.option(of).map((value) => (value === null ? {} : { [name]: value }));

export const events = (minLength: number, maxLength = 12): fc.Arbitrary<AuditEvent[]> =>
  fc.array(
    fc
      .tuple(
        fc.record({
          action: fc.constantFrom(...ACTIONS),
          outcome: fc.constantFrom('success' as const, 'refused' as const, 'failed' as const),
          actor: text,
        }),
        optional('studyUid', fc.constantFrom('1.2.3', '1.2.4')),
        optional('patientKey', text),
        optional('detail', fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text)))),
      )
      .map(([event, ...rest]) => Object.assign({}, event, ...rest) as AuditEvent),
    { minLength, maxLength },
  );

/** What an attacker who knows our code would do: every record from `seq` on written anew, and the head. */
export async function recompute(sql: Sql, from: number, change: (r: AuditRecord) => AuditRecord) {
  const rows = await sql.query<{ seq: number; body: string; hash: string }>(
    'select seq, body, hash from audit_event order by seq',
  );
  let previous = '';
  for (const row of rows) {
    const seq = Number(row.seq);
    if (seq >= from) {
      const record = JSON.parse(row.body) as AuditRecord;
      const changed = seq === from ? change(record) : record;
      const body = canonicalJson(changed);
      const hash = chainHash(previous, body);
      const columns = indexColumns(changed);
      await sql.query(
        `update audit_event set body = $2, previous = $3, hash = $4, at = $5, action = $6, outcome = $7, actor = $8,
           study_uid = $9, patient_key = $10 where seq = $1`,
        [
          seq,
          body,
          previous,
          hash,
          columns.at,
          columns.action,
          columns.outcome,
          columns.actor,
          columns.studyUid,
          columns.patientKey,
        ],
      );
      previous = hash;
    } else previous = row.hash;
  }
  await sql.query('update audit_head set hash = $1', [previous]);
}
