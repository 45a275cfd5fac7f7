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
import { statements } from '../packages/server/src/schema/migrate.ts';

const { values } = parseArgs({
  options: { studies: { type: 'string', default: '100000' }, explain: { type: 'boolean', default: false } },
});
const STUDIES = Number(values.studies);
const TRIES = 9;

/** A hospital of 20 projects and 40,000 patients; one study in twenty waits, the rest are signed. */
async function fill(database: Database): Promise<void> {
  await database.script(`
insert into project (project_id, title) select 'p' || n, 'Project ' || n from generate_series(1, 20) n;
insert into account (account_id, login, display_name)
  select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'reader' || n, 'Reader ' || n
  from generate_series(1, 10) n;
`);
  for (let from = 1; from <= STUDIES; from += SHARE)
    for (const statement of statements(share(from, Math.min(STUDIES, from + SHARE - 1))))
      await database.query(statement);
  await database.query('analyze');
}

/** Studies of one statement. */
const SHARE = 2000;

/** As the rooms write them, but without going through the list's triggers for each reading and report. */
const share = (from: number, to: number): string => `
insert into study (study_uid, project_id, patient_key, patient_id, patient_name, birth_date, sex, accession_number,
    description, study_date, study_time, modalities, series_count, instance_count, attributes, received_at, changed_at)
  select '2.25.' || n, 'p' || (n % 20 + 1), '|' || (n * 7919 % 40000), (n * 7919 % 40000)::text,
    'Family' || (n * 7919 % 40000) || '^Given' || (n % 300), '19700101', 'F', 'A' || n, 'Lumbar spine',
    to_char(date '2016-01-01' + n / 30, 'YYYYMMDD'), lpad((n % 24)::text, 2, '0') || '0000',
    case when n % 50 = 0 then '{CT}' else '{MR}' end::text[], 5, 90, '{}',
    timestamptz '2016-01-01' + n * interval '48 minutes', timestamptz '2016-01-01' + n * interval '48 minutes'
  from generate_series(${from}, ${to}) n;
insert into study_name (study_uid, field, kind, text)
  select '2.25.' || n, 'patient', kind, text from generate_series(${from}, ${to}) n cross join lateral (values
    ('whole', 'family' || (n * 7919 % 40000) || ' given' || (n % 300)),
    ('word', 'family' || (n * 7919 % 40000)), ('word', 'given' || (n % 300))) as name (kind, text);
alter table reading disable trigger user;
alter table report disable trigger user;
insert into reading (reading_id, study_uid, job_id, created_at, status, outcome, software_version, models, input_sha256,
    instance_count, duration_ms, urgency_rank, urgency_reasons)
  select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, '2.25.' || n,
    ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, timestamptz '2016-01-01' + n * interval '48 minutes',
    'unreviewed', case when n % 97 = 0 then 'refused' else 'read' end, '1', '[]', 'x', 90, 1,
    case when n % 40 = 0 then 2 when n % 3 = 0 then 1 else 0 end, '[{"code":"slip","level":"L4/L5","value":2}]'
  from generate_series(${from}, ${to}) n;
insert into report (study_uid, version, report_id, kind, sequence, language, content, sha256, signed_by, signed_by_name,
    signed_at)
  select '2.25.' || n, 1, ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'signed', 0, 'en', '{}', 'x',
    '00000000-0000-4000-8000-000000000001', 'Reader 1', now()
  from generate_series(${from}, ${to}) n where n % 20 <> 0;
alter table reading enable trigger user;
alter table report enable trigger user;
select refresh_study_worklist(array(select '2.25.' || n from generate_series(${from}, ${to}) n));
update study_worklist set assigned_to = '00000000-0000-4000-8000-000000000002'
  where study_uid = any(array(select '2.25.' || n from generate_series(${from}, ${to}) n where n % 60 = 0));
`;

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
  await fill(database);
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
