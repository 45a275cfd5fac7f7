/** Every statement that writes the index, by name. */
import type { Sql } from '../ports/database/index.ts';
import type { IndexEntry } from './index-entry.ts';
import { nameGroups, nameWords } from './match-text.ts';

export interface NewInstance {
  readonly entry: IndexEntry;
  readonly sha256: string;
  readonly sizeBytes: number;
}

export interface StudyOwner {
  readonly studyUid: string;
  readonly projectId: string;
  readonly patientKey: string;
}

/** Patients are told apart by issuer and ID; images without an ID belong to a patient of their study's own. */
export function patientKeyOf({ study, studyUid }: Pick<IndexEntry, 'study' | 'studyUid'>): string {
  if (study.patient_id === undefined) return `study:${studyUid}`;
  return `${study.issuer ?? ''}|${study.patient_id}`;
}

export async function heldContents(sql: Sql, sopUids: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql.query<{ sop_uid: string; content_sha256: string }>(
    'select sop_uid, content_sha256 from instance where sop_uid = any($1)',
    [sopUids],
  );
  return new Map(rows.map((row) => [row.sop_uid, row.content_sha256]));
}

export async function ownersOf(sql: Sql, studyUids: readonly string[]): Promise<Map<string, StudyOwner>> {
  const rows = await sql.query<{ study_uid: string; project_id: string; patient_key: string }>(
    'select study_uid, project_id, patient_key from study where study_uid = any($1)',
    [studyUids],
  );
  return new Map(
    rows.map((row) => [
      row.study_uid,
      { studyUid: row.study_uid, projectId: row.project_id, patientKey: row.patient_key },
    ]),
  );
}

/**
 * Locks the study's row until the commit: two senders of one study take turns.
 * @param received from outside: the study is no longer complete, as it is with results of our own
 */
export async function upsertStudy(
  sql: Sql,
  entry: IndexEntry,
  projectId: string,
  received: boolean,
  now: Date,
): Promise<StudyOwner> {
  const { study } = entry;
  const [row] = await sql.query<{ project_id: string; patient_key: string; inserted: boolean }>(
    `insert into study (study_uid, project_id, patient_key, patient_id, patient_name, birth_date, sex,
       accession_number, study_id, description, referring_physician, study_date, study_time, attributes,
       received_at, changed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)
     on conflict (study_uid) do update set changed_at = excluded.changed_at,
       complete_at = case when $16 then null else study.complete_at end
     returning project_id, patient_key, (xmax = 0) as inserted`,
    [
      entry.studyUid,
      projectId,
      patientKeyOf(entry),
      study.patient_id ?? null,
      study.patient_name ?? null,
      study.birth_date ?? null,
      study.sex ?? null,
      study.accession_number ?? null,
      study.study_id ?? null,
      study.description ?? null,
      study.referring_physician ?? null,
      study.study_date ?? null,
      study.study_time ?? null,
      entry.studyAttributes,
      now.toISOString(),
      received,
    ],
  );
  if (row === undefined) throw new Error('The study was not written.');
  if (row.inserted) {
    await insertNames(sql, entry.studyUid, 'patient', study.patient_name);
    await insertNames(sql, entry.studyUid, 'referring', study.referring_physician);
  }
  return { studyUid: entry.studyUid, projectId: row.project_id, patientKey: row.patient_key };
}

async function insertNames(
  sql: Sql,
  studyUid: string,
  field: 'patient' | 'referring',
  name: string | undefined,
): Promise<void> {
  if (name === undefined) return;
  const whole = [...new Set(nameGroups(name))];
  const words = nameWords(name);
  await sql.query(
    `insert into study_name (study_uid, field, kind, text)
     select $1, $2, kind, text from unnest($3::text[], $4::text[]) as name (kind, text)`,
    [studyUid, field, [...whole.map(() => 'whole'), ...words.map(() => 'word')], [...whole, ...words]],
  );
}

/** @returns the study that the series belongs to, which is another one where the UID was there already */
export async function upsertSeries(sql: Sql, entry: IndexEntry, now: Date): Promise<string> {
  const { series } = entry;
  const [row] = await sql.query<{ study_uid: string }>(
    `insert into series (series_uid, study_uid, modality, series_number, description, body_part, performed_date,
       performed_time, attributes, received_at, changed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
     on conflict (series_uid) do update set changed_at = excluded.changed_at
     returning study_uid`,
    [
      entry.seriesUid,
      entry.studyUid,
      series.modality ?? null,
      series.series_number ?? null,
      series.description ?? null,
      series.body_part ?? null,
      series.performed_date ?? null,
      series.performed_time ?? null,
      entry.seriesAttributes,
      now.toISOString(),
    ],
  );
  return row?.study_uid ?? '';
}

/** @returns the SOP instance UIDs that were new */
export async function insertInstances(
  sql: Sql,
  instances: readonly NewInstance[],
  origin: string,
  now: Date,
): Promise<Set<string>> {
  const column = <T>(pick: (given: NewInstance) => T) => instances.map(pick);
  const rows = await sql.query<{ sop_uid: string }>(
    `insert into instance (sop_uid, series_uid, study_uid, sop_class, instance_number, transfer_syntax, sha256,
       content_sha256, size, frames, rows, columns, metadata, origin, received_at)
     select i.*, $14, $15::timestamptz from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
       $6::text[], $7::text[], $8::text[], $9::bigint[], $10::int[], $11::int[], $12::int[], $13::text[]) as i
     on conflict (sop_uid) do nothing
     returning sop_uid`,
    [
      column((i) => i.entry.sopUid),
      column((i) => i.entry.seriesUid),
      column((i) => i.entry.studyUid),
      column((i) => i.entry.sopClass),
      column((i) => i.entry.instanceNumber ?? null),
      column((i) => i.entry.transferSyntax),
      column((i) => i.sha256),
      column((i) => i.entry.contentSha256),
      column((i) => i.sizeBytes),
      column((i) => i.entry.frames),
      column((i) => i.entry.rows ?? null),
      column((i) => i.entry.columns ?? null),
      column((i) => i.entry.metadata),
      origin,
      now.toISOString(),
    ],
  );
  return new Set(rows.map((row) => row.sop_uid));
}

/**
 * Bytes that are wanted again are not taken away. Waits for whoever is taking them away just now.
 * @returns those that were noted: they may be gone already
 */
export async function withdrawRemoval(sql: Sql, sha256s: readonly string[]): Promise<Set<string>> {
  const rows = await sql.query<{ sha256: string }>(
    'delete from blob_to_remove where sha256 = any($1) returning sha256',
    [sha256s],
  );
  return new Set(rows.map((row) => row.sha256));
}

/** Adds what is new to the counts of one study and its series. */
export async function countIn(sql: Sql, studyUid: string, added: readonly NewInstance[]): Promise<void> {
  const perSeries = Map.groupBy(added, ({ entry }) => entry.seriesUid);
  await sql.query(
    `update series set instance_count = instance_count + n
     from unnest($1::text[], $2::int[]) as added (uid, n) where series_uid = uid`,
    [[...perSeries.keys()], [...perSeries.values()].map((all) => all.length)],
  );
  const distinct = (texts: readonly (string | undefined)[]) => [
    ...new Set(texts.filter((t) => t !== undefined)),
  ];
  await sql.query(
    `update study set
       instance_count = instance_count + $2,
       byte_count = byte_count + $3,
       series_count = (select count(*) from series where series.study_uid = study.study_uid),
       modalities = array(select distinct m from unnest(modalities || $4::text[]) as m order by m),
       sop_classes = array(select distinct c from unnest(sop_classes || $5::text[]) as c order by c)
     where study_uid = $1`,
    [
      studyUid,
      added.length,
      added.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      distinct(added.map(({ entry }) => entry.series.modality)),
      distinct(added.map(({ entry }) => entry.sopClass)),
    ],
  );
}

/** Counts, modalities and SOP classes of a study and its series, from the rows that are there. */
export async function recount(sql: Sql, studyUid: string): Promise<void> {
  await sql.query(
    `update series set instance_count = (select count(*) from instance where instance.series_uid = series.series_uid)
     where study_uid = $1`,
    [studyUid],
  );
  await sql.query(
    `update study set
       series_count = (select count(*) from series where study_uid = $1),
       modalities = coalesce((select array_agg(distinct modality order by modality) from series
         where study_uid = $1 and modality is not null), '{}'),
       (instance_count, byte_count, sop_classes) = (select count(*), coalesce(sum(size), 0),
         coalesce(array_agg(distinct sop_class order by sop_class), '{}') from instance where study_uid = $1)
     where study_uid = $1`,
    [studyUid],
  );
}

/** Rows go, with series and study that became empty; their bytes are noted to be taken away. */
export async function deleteInstances(
  sql: Sql,
  where: { readonly studyUid: string; readonly seriesUid?: string; readonly sopUid?: string },
  now: Date,
): Promise<number> {
  const gone = await sql.query<{ sha256: string }>(
    `delete from instance where study_uid = $1 and ($2::text is null or series_uid = $2)
       and ($3::text is null or sop_uid = $3) returning sha256`,
    [where.studyUid, where.seriesUid ?? null, where.sopUid ?? null],
  );
  await sql.query(
    `insert into blob_to_remove (sha256, since) select distinct h, $2::timestamptz from unnest($1::text[]) as h
     where not exists (select 1 from instance where sha256 = h) on conflict do nothing`,
    [gone.map((row) => row.sha256), now.toISOString()],
  );
  if (!(await removeEmpty(sql, where.studyUid))) await recount(sql, where.studyUid);
  return gone.length;
}

/** @returns whether the study itself went */
export async function removeEmpty(sql: Sql, studyUid: string): Promise<boolean> {
  await sql.query(
    `delete from series where study_uid = $1
       and not exists (select 1 from instance where instance.series_uid = series.series_uid)`,
    [studyUid],
  );
  const gone = await sql.query(
    `delete from study where study_uid = $1
       and not exists (select 1 from instance where instance.study_uid = study.study_uid) returning study_uid`,
    [studyUid],
  );
  return gone.length > 0;
}
