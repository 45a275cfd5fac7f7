import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { person } from '../archive/archive.testing.ts';
import { openTestPglite } from '../ports/database/embedded.testing.ts';
import type { Database } from '../ports/database/index.ts';
import { migrate } from '../schema/index.ts';
import {
  CursorInvalid,
  LIST_SORTS,
  type ListEntry,
  type ListQuery,
  type ListSort,
  readingListFor,
  STUDY_STATUSES,
} from './index.ts';
import { addReading, addStudy } from './reading-list.testing.ts';

const STUDIES = 120;
let database: Database;
const list = (who = person('radiologist')) =>
  readingListFor(who, { database, now: () => new Date('2026-03-01T00:00:00Z') });
const pick = <T>(of: readonly T[], i: number): T => of[i % of.length] as T;

beforeAll(async () => {
  database = await openTestPglite();
  await migrate(database);
  await database.query(`insert into project (project_id, title) values ('north', 'North')`);
  for (let i = 0; i < STUDIES; i++) {
    const studyUid = `2.25.${(i * 7919) % 1000}`;
    await addStudy(database, {
      studyUid,
      projectId: pick(['default', 'north', 'default'], i),
      patientId: `P${i % 40}`,
      // Many are alike in all but their UID.
      ...(i % 6 !== 0 && { name: pick(['Zoë^A', 'adam^B', 'Ådam^B', 'Li^Wei=李^伟', '_^%'], i) }),
      ...(i % 5 !== 0 && { date: pick(['20250101', '20250102', '20251231', '2025.01.02'], i) }),
      ...(i % 3 !== 0 && { time: '101500' }),
      modalities: pick([['MR'], ['CT', 'MR'], []], i),
      receivedAt: new Date(Date.UTC(2026, 0, 1 + (i % 4))),
    });
    if (i % 4 !== 0)
      await addReading(database, studyUid, {
        rank: i % 3,
        outcome: pick(['read', 'read', 'refused'] as const, i),
      });
  }
  // What JavaScript cannot tell apart.
  await database.query(
    `update study_worklist set received_at = received_at + interval '3 microseconds' where study_uid like '%7'`,
  );
}, 60_000);
afterAll(() => database.close());

/** All pages of a list, one behind the other. */
async function walk(query: ListQuery, who = person('radiologist')): Promise<ListEntry[]> {
  const found: ListEntry[] = [];
  let cursor: string | undefined;
  do {
    const page = await list(who).page({ ...query, ...(cursor !== undefined && { cursor }) });
    expect(page.entries.length).toBeLessThanOrEqual(query.limit);
    expect(page.total === undefined).toBe(cursor !== undefined);
    found.push(...page.entries);
    cursor = page.nextCursor;
    if (cursor !== undefined) expect(page.entries.length).toBe(query.limit);
  } while (cursor !== undefined);
  return found;
}

const optional = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: undefined });
const filters = fc
  .record({
    text: optional(fc.constantFrom('a', 'adam', 'P1', '李', 'zo a', '%')),
    statuses: optional(fc.subarray([...STUDY_STATUSES], { minLength: 1 })),
    ranks: optional(fc.subarray([0, 1, 2, 3], { minLength: 1 })),
    from: optional(fc.constantFrom('20250101', '20250102', '20260101')),
    to: optional(fc.constantFrom('20250101', '20250102', '20260101')),
    modality: optional(fc.constantFrom('MR', 'CT', 'US')),
    assigned: optional(fc.constant('none')),
  })
  .map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));

test('every order and filter gives each study once, whatever the pages', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...LIST_SORTS),
      filters,
      fc.integer({ min: 1, max: 50 }),
      fc.constantFrom('*', 'north', 'nowhere'),
      async (sort, filter, limit, projectId) => {
        const who = person('radiologist', projectId);
        const whole = await list(who).page({ sort, limit: 200, ...filter });
        const uids = (entries: readonly ListEntry[]) => entries.map((entry) => entry.studyInstanceUid);
        expect(whole.total).toBe(whole.entries.length);
        const walked = uids(await walk({ sort, limit, ...filter }, who));
        expect(walked).toEqual(uids(whole.entries));
        expect(new Set(walked).size).toBe(walked.length);
        const round = (sort.startsWith('-') ? sort.slice(1) : `-${sort}`) as ListSort;
        expect(uids(await walk({ sort: round, limit, ...filter }, who))).toEqual(walked.toReversed());
      },
    ),
    { numRuns: 25 },
  );
}, 60_000);

test('filters let through what they say, and nothing else is left out', async () => {
  const all = await walk({ sort: 'received', limit: 200 });
  expect(all).toHaveLength(STUDIES);
  await fc.assert(
    fc.asyncProperty(filters, async (filter) => {
      const { text: _, assigned: __, ...rest } = filter as Partial<ListQuery>;
      const { statuses, ranks, from, to, modality } = rest;
      const wanted = all.filter(
        (entry) =>
          (statuses?.includes(entry.status) ?? true) &&
          (ranks?.includes(entry.urgency.rank) ?? true) &&
          (from === undefined || (entry.studyDate ?? '') >= from) &&
          (to === undefined || (entry.studyDate !== undefined && entry.studyDate <= to)) &&
          (modality === undefined || entry.modalities.includes(modality)),
      );
      expect(await walk({ sort: 'received', limit: 30, ...rest })).toEqual(wanted);
    }),
    { numRuns: 25 },
  );
}, 60_000);

describe('orders', () => {
  test('by urgency: the rank, then what has waited longest; what is signed last', async () => {
    const entries = await walk({ sort: 'urgency', limit: 7 });
    const keys = entries.map(({ status, urgency }) => (status === 'signed' ? 4 : 3 - urgency.rank));
    expect(keys).toEqual([...keys].sort((a, b) => a - b));
    for (const [i, entry] of entries.entries())
      if (i > 0 && keys[i] === keys[i - 1])
        expect(entry.receivedAt.getTime()).toBeGreaterThanOrEqual(
          (entries[i - 1] as ListEntry).receivedAt.getTime(),
        );
  });

  test('by name: without regard to case and accents, who has none first', async () => {
    const names = (await walk({ sort: 'name', limit: 11 })).map(({ patientName }) => patientName ?? '');
    const runs = names.filter((name, i) => name !== names[i - 1]);
    expect(runs[0]).toBe('');
    expect(names.indexOf('Zoë^A')).toBeGreaterThan(names.lastIndexOf('Ådam^B'));
    expect(Math.abs(names.lastIndexOf('adam^B') - names.indexOf('Ådam^B'))).toBeLessThan(60);
    expect(names.indexOf('Li^Wei=李^伟')).toBeGreaterThan(names.lastIndexOf('adam^B'));
  });
});

test('a place in the list is of one order, and nothing else', async () => {
  const { nextCursor = '' } = await list().page({ sort: 'name', limit: 5 });
  const made = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url');
  const wrong = [
    ['urgency', nextCursor],
    ['-name', nextCursor],
    ['name', ''],
    ['name', 'x'],
    ['name', made('name', 'a')],
    ['name', made('name', 'a', 'b', 'c')],
    ['name', made('name', 'a', 1)],
    ['name', made('name', 'a\0', 'b')],
    ['name', Buffer.from('null').toString('base64url')],
    ['urgency', made('urgency', '9', '2026-01-01T00:00:00.000000Z', '1')],
    ['urgency', made('urgency', '1', '2026-13-01T00:00:00.000000Z', '1')],
    ['urgency', made('urgency', '1', 'infinity', '1')],
  ] as const;
  for (const [sort, cursor] of wrong)
    await expect(list().page({ sort, limit: 5, cursor }), `${sort} ${cursor}`).rejects.toThrow(CursorInvalid);
  // What people may write into a text only compares.
  const odd = made('name', `'; drop table study; --`, '2.25');
  await expect(list().page({ sort: 'name', limit: 5, cursor: odd })).resolves.toBeDefined();
});

test('rows that come and go meanwhile move nobody else', async () => {
  const first = await list().page({ sort: 'received', limit: 20 });
  const last = first.entries.at(-1) as ListEntry;
  const rest = (await list().page({ sort: 'received', limit: 200, cursor: first.nextCursor as string }))
    .entries;
  await addStudy(database, { studyUid: '2.25.5000', receivedAt: new Date('2020-01-01') });
  await database.query('delete from study where study_uid = $1', [last.studyInstanceUid]);
  const after = await list().page({ sort: 'received', limit: 200, cursor: first.nextCursor as string });
  expect(after.entries.map((entry) => entry.studyInstanceUid)).toEqual(
    rest.map((entry) => entry.studyInstanceUid),
  );
});
