import type { Sql } from '../ports/database/index.ts';
import { insertRecords, lockHead, type NewRow } from './audit-rows.ts';
import { canonicalJson, chainHash, indexColumns } from './chain.ts';
import type { AuditEvent, AuditRecord } from './event.ts';

/**
 * Adds records to the chain, within the transaction of the deed and as its last statements: the row of the head is
 * locked until the commit, so that records stand in the order of their commits. Two statements for any number.
 */
export async function appendAudit(sql: Sql, now: Date, ...events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  let { seq, hash } = await lockHead(sql);
  const at = now.toISOString();
  const rows: NewRow[] = events.map((event) => {
    seq += 1;
    const record: AuditRecord = { ...event, seq, at };
    const body = canonicalJson(record);
    const previous = hash;
    hash = chainHash(previous, body);
    return { seq, body, previous, hash, ...indexColumns(record) };
  });
  await insertRecords(sql, rows, { seq, hash });
}
