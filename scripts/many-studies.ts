/** An index with many made-up studies, for benchmarks of the reading list. */
import type { Database } from '../packages/server/src/ports/database/index.ts';
import { statements } from '../packages/server/src/schema/migrate.ts';

/** A hospital of 20 projects and 40,000 patients; one study in twenty waits, the rest are signed. */
export async function fillWithStudies(database: Database, studies: number): Promise<void> {
  await database.script(`
insert into project (project_id, title) select 'p' || n, 'Project ' || n from generate_series(1, 20) n;
insert into account (account_id, login, display_name)
  select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'reader' || n, 'Reader ' || n
  from generate_series(1, 10) n;
`);
  for (let from = 1; from <= studies; from += SHARE)
    for (const statement of statements(share(from, Math.min(studies, from + SHARE - 1))))
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
