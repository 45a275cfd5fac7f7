/**
 * Measures the reading list over many studies: each order and filter, its first page and one deep in it, and the counts.
 * On the embedded database, and on PostgreSQL where `PROMONTORY_TEST_POSTGRES` names an empty database.
 *
 *   node scripts/bench-reading-list.ts [--studies 100000] [--explain]
 */
import { parseArgs } from 'node:util';
import type { Reach } from '../packages/server/src/access/index.ts';
import type { Database, Sql } from '../packages/server/src/ports/database/index.ts';
import { openPglite, openPostgres } from '../packages/server/src/ports/database/index.ts';
import type { ListQuery } from '../packages/server/src/reading-list/index.ts';
import { countsByStatus, pageOf, priorsOf } from '../packages/server/src/reading-list/list-rows.ts';
import { migrate } from '../packages/server/src/schema/index.ts';
import { fillWithStudies } from './many-studies.ts';

const { values } = parseArgs({
  options: { studies: { type: 'string', default: '100000' }, explain: { type: 'boolean', default: false } },
});
const STUDIES = Number(values.studies);
const TRIES = 9;

const ALL: Reach = { all: true };
const ONE_PROJECT: Reach = { all: false, projectIds: ['p7'], patientKeys: [], studyUids: [] };
const NOBODY: Reach = { all: false, projectIds: ['elsewhere'], patientKeys: [], studyUids: [] };
const waiting = ['received', 'reading', 'to-review', 'in-review', 'not-readable'] as const;

const CASES: readonly (readonly [name: string, query: Partial<ListQuery>, reach?: Reach])[] = [
  ['by urgency', {}],
  ['by date', { sort: '-date' }],
  ['by name', { sort: 'name' }],
  ['by arrival', { sort: '-received' }],
  ['to review', { statuses: ['to-review'] }],
  ['all that waits', { statuses: waiting }],
  ['all that waits, by date', { statuses: waiting, sort: '-date' }],
  ['all that waits, by name', { statuses: waiting, sort: 'name' }],
  ['rank 2 and 3', { ranks: [2, 3] }],
  ['assigned to me', { assigned: '00000000-0000-4000-8000-000000000002' }],
  ['assigned to nobody, waits', { assigned: 'none', statuses: waiting }],
  ['a month', { from: '20200301', to: '20200331' }],
  ['CT', { modality: 'CT' }],
  ['CT by name', { modality: 'CT', sort: 'name' }],
  ['a name', { text: 'family123' }],
  ['a letter', { text: 'f' }],
  ['two words', { text: 'family1 given2' }],
  ['a number', { text: '3999' }],
  ['nothing found', { text: 'zzz' }],
  ['one project', {}, ONE_PROJECT],
  ['one project by name', { sort: 'name' }, ONE_PROJECT],
  ['a stranger', {}, NOBODY],
];

async function timed(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < TRIES; i++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[TRIES >> 1] ?? 0;
}

/** Says what the database does for each statement. */
const explaining = (sql: Sql): Sql => ({
  async query<Row extends object>(text: string, given?: readonly unknown[]) {
    const plan = await sql.query<{ 'QUERY PLAN': string }>(`explain (analyze, buffers) ${text}`, given);
    process.stdout.write(`${plan.map((row) => row['QUERY PLAN']).join('\n')}\n\n`);
    return sql.query<Row>(text, given);
  },
});

async function measure(name: string, database: Database): Promise<void> {
  await migrate(database);
  await fillWithStudies(database, STUDIES);
  const say = (what: string, ...ms: readonly number[]) =>
    process.stdout.write(`${what.padEnd(28)}${ms.map((one) => one.toFixed(1).padStart(10)).join('')}\n`);
  process.stdout.write(
    `\n${name}, ${STUDIES} studies, ms (median of ${TRIES}): first page with total, a page in the middle\n`,
  );
  for (const [what, given, reach = ALL] of CASES) {
    const query: ListQuery = { sort: 'urgency', limit: 50, ...given };
    const first = await timed(() => pageOf(database, query, reach));
    let cursor: string | undefined;
    for (let i = 0; i < 20; i++) {
      const page = await pageOf(
        database,
        { ...query, limit: 200, ...(cursor !== undefined && { cursor }) },
        reach,
      );
      cursor = page.nextCursor ?? cursor;
      if (page.nextCursor === undefined) break;
    }
    const deep =
      cursor === undefined
        ? 0
        : await timed(() => pageOf(database, { ...query, cursor: cursor as string }, reach));
    say(what, first, deep);
    if (values.explain) await pageOf(explaining(database), query, reach);
  }
  say('counts', await timed(() => countsByStatus(database, ALL)));
  say('counts, one project', await timed(() => countsByStatus(database, ONE_PROJECT)));
  say('priors', await timed(() => priorsOf(database, '2.25.99000', ALL)));
}

const embedded = await openPglite();
await measure('PGlite', embedded);
await embedded.close();
const url = process.env.PROMONTORY_TEST_POSTGRES;
if (url !== undefined) {
  const server = openPostgres(url);
  await measure('PostgreSQL', server);
  await server.close();
}
