import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../ports/database/index.ts';
import { appendAudit } from './append.ts';
import { auditDatabase, begin, NOW } from './chain.testing.ts';
import { AuditForbidden, auditLog, type ChainedRecord } from './search.ts';
import { verifyAudit } from './verify.ts';

let database: Database;
beforeAll(async () => {
  database = await auditDatabase();
}, 60_000);
afterAll(() => database.close());

const reader = { actor: 'account:auditor', address: '10.0.0.9', mayReadAudit: true };
const later = new Date('2026-03-02T00:00:00Z');
const log = () => auditLog({ database, now: () => later });

beforeEach(async () => {
  await begin(database, []);
  for (let i = 1; i <= 9; i += 1)
    await appendAudit(database, new Date(Date.UTC(2026, 2, 1, i)), {
      action: i % 3 === 0 ? 'store' : 'read',
      outcome: i === 4 ? 'refused' : 'success',
      actor: i % 2 === 0 ? 'account:even' : 'account:odd',
      studyUid: `1.2.${i}`,
      patientKey: i <= 5 ? '|ANNA' : '|BERT',
    });
});

const seqs = (records: readonly ChainedRecord[]) => records.map(({ record }) => record.seq);

test('newest first, page by page, to the end', async () => {
  const first = await log().search(reader, {}, { limit: 4 });
  expect(seqs(first.records)).toEqual([9, 8, 7, 6]);
  const second = await log().search(reader, {}, { limit: 4, before: first.next as number });
  expect(seqs(second.records)).toEqual([5, 4, 3, 2]);
  const third = await log().search(reader, {}, { limit: 4, before: second.next as number });
  expect(seqs(third.records)).toEqual([1]);
  expect(third.next).toBeUndefined();
});

test.each([
  [{ actor: 'account:even' }, [8, 6, 4, 2]],
  [{ action: 'store' }, [9, 6, 3]],
  [{ outcome: 'refused' }, [4]],
  [{ studyUid: '1.2.7' }, [7]],
  [{ patientKey: '|ANNA', action: 'read' }, [5, 4, 2, 1]],
  [{ from: new Date('2026-03-01T03:00:00Z'), to: new Date('2026-03-01T06:00:00Z') }, [5, 4, 3]],
  [{ actor: "x' or true --" }, []],
] as const)('narrowed by %j', async (filter, expected) => {
  expect(seqs((await log().search(reader, filter)).records)).toEqual(expected);
});

test('reading the audit stands in the audit: what was asked, not for whom', async () => {
  await log().search(reader, { patientKey: '|ANNA', from: NOW });
  const { records } = await log().search(reader, { action: 'audit-read' });
  expect(records[0]?.record).toMatchObject({
    action: 'audit-read',
    actor: 'account:auditor',
    address: '10.0.0.9',
    patientKey: '|ANNA',
    at: later.toISOString(),
    detail: { purpose: 'search', filters: ['from', 'patientKey'], records: 0 },
  });
  await log().anchor(reader);
  expect((await log().verify(reader)).whole).toBe(true);
  const purposes = (await log().search(reader, { action: 'audit-read' })).records.map(
    ({ record }) => record.detail?.purpose,
  );
  expect(purposes).toEqual(['verify', 'anchor', 'search', 'search']);
  expect((await verifyAudit(database)).whole).toBe(true);
});

test('who may not read all of it reads nothing of it, and the attempt is recorded', async () => {
  const other = { actor: 'account:other', mayReadAudit: false };
  for (const attempt of [
    () => log().search(other, {}),
    () => log().export(other, {}, 'fhir'),
    () => log().verify(other),
    () => log().anchor(other),
  ])
    await expect(attempt()).rejects.toThrow(AuditForbidden);
  const refused = (await log().search(reader, { actor: 'account:other' })).records;
  expect(refused.map(({ record }) => [record.action, record.outcome, record.detail?.purpose])).toEqual([
    ['refusal', 'refused', 'anchor'],
    ['refusal', 'refused', 'verify'],
    ['refusal', 'refused', 'export'],
    ['refusal', 'refused', 'search'],
  ]);
});

test('an export holds what stood in the chain when it began, oldest first, over several pages', async () => {
  await appendAudit(
    database,
    NOW,
    ...Array.from({ length: 700 }, () => ({ action: 'read', outcome: 'success', actor: 'a' }) as const),
  );
  const found: number[] = [];
  for await (const page of await log().export(reader, {}, 'ndjson')) {
    found.push(...seqs(page));
    await appendAudit(database, NOW, { action: 'read', outcome: 'success', actor: 'late' });
  }
  expect(found).toEqual(Array.from({ length: 709 }, (_, i) => i + 1));
});

test('a record made unreadable is shown by its columns', async () => {
  await database.query(`update audit_event set body = 'x' where seq = 9`);
  const { records } = await log().search(reader, {}, { limit: 1 });
  expect(records[0]?.record).toMatchObject({ seq: 9, action: 'store', detail: { unreadable: true } });
});
