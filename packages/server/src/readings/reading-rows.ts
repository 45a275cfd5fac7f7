/** Every statement on readings and on the studies that they are of, by name. */
import { createHash } from 'node:crypto';
import type { Urgency } from '@promontory/core/report';
import type { StudyOwner } from '../archive/index.ts';
import type { Sql } from '../ports/database/index.ts';
import type { ReadingFileRecord, ReadingRecord } from './reading.ts';

interface Row {
  readonly reading_id: string;
  readonly study_uid: string;
  readonly job_id: string;
  readonly created_at: Date;
  readonly status: ReadingRecord['status'];
  readonly outcome: ReadingRecord['outcome'];
  readonly software_version: string;
  readonly models: ReadingRecord['models'];
  readonly input_sha256: string;
  readonly instance_count: number;
  readonly findings_sha256: string | null;
  readonly duration_ms: number;
  readonly refusal_code: string | null;
  readonly refusal_message: string | null;
}

const recordOf = (row: Row, files: readonly ReadingFileRecord[]): ReadingRecord => ({
  readingId: row.reading_id,
  studyUid: row.study_uid,
  jobId: row.job_id,
  createdAt: row.created_at,
  status: row.status,
  outcome: row.outcome,
  softwareVersion: row.software_version,
  models: row.models,
  inputSha256: row.input_sha256,
  instanceCount: row.instance_count,
  ...(row.findings_sha256 !== null && { findingsSha256: row.findings_sha256 }),
  durationMs: row.duration_ms,
  ...(row.refusal_code !== null && {
    refusal: {
      code: row.refusal_code,
      ...(row.refusal_message !== null && { message: row.refusal_message }),
    },
  }),
  files,
});

/** @returns hashes of its files that were noted to be taken away: their bytes may be gone already */
export async function insertReading(
  sql: Sql,
  reading: ReadingRecord & { readonly urgency?: Urgency },
): Promise<string[]> {
  await sql.query(
    `insert into reading (reading_id, study_uid, job_id, created_at, status, outcome, software_version, models,
       input_sha256, instance_count, findings_sha256, duration_ms, refusal_code, refusal_message,
       urgency_rank, urgency_reasons)
     values ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      reading.readingId,
      reading.studyUid,
      reading.jobId,
      reading.createdAt.toISOString(),
      reading.status,
      reading.outcome,
      reading.softwareVersion,
      JSON.stringify(reading.models),
      reading.inputSha256,
      reading.instanceCount,
      reading.findingsSha256 ?? null,
      reading.durationMs,
      reading.refusal?.code ?? null,
      reading.refusal?.message ?? null,
      reading.urgency?.rank ?? null,
      reading.urgency === undefined ? null : JSON.stringify(reading.urgency.reasons),
    ],
  );
  const column = <T>(pick: (file: ReadingFileRecord) => T) => reading.files.map(pick);
  await sql.query(
    `insert into reading_file (reading_id, name, media_type, sha256, size)
     select $1, f.* from unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) as f`,
    [
      reading.readingId,
      column((f) => f.name),
      column((f) => f.mediaType),
      column((f) => f.sha256),
      column((f) => f.sizeBytes),
    ],
  );
  // Bytes that are wanted again are not taken away.
  const noted = await sql.query<{ sha256: string }>(
    'delete from blob_to_remove where sha256 = any($1) returning sha256',
    [column((f) => f.sha256)],
  );
  return noted.map((row) => row.sha256);
}

/** Bytes that were kept for a reading that is not wanted any more. */
export async function forgetBytes(sql: Sql, sha256s: readonly string[], now: Date): Promise<void> {
  await sql.query(
    `insert into blob_to_remove (sha256, since) select distinct h, $2::timestamptz from unnest($1::text[]) as h
     where not exists (select 1 from reading_file where sha256 = h)
       and not exists (select 1 from instance where sha256 = h) on conflict do nothing`,
    [sha256s, now.toISOString()],
  );
}

export async function supersedeReadings(sql: Sql, studyUid: string, by: string): Promise<number> {
  const rows = await sql.query(
    `update reading set status = 'superseded'
     where study_uid = $1 and reading_id <> $2 and status in ('unreviewed', 'failed') returning reading_id`,
    [studyUid, by],
  );
  return rows.length;
}

/** A report that was signed stands on it. */
export async function markReviewed(sql: Sql, readingId: string): Promise<void> {
  await sql.query(`update reading set status = 'reviewed' where reading_id = $1 and status = 'unreviewed'`, [
    readingId,
  ]);
}

/** The latest first. */
export async function readingsOf(sql: Sql, studyUid: string): Promise<ReadingRecord[]> {
  const rows = await sql.query<Row>(
    'select * from reading where study_uid = $1 order by created_at desc, reading_id',
    [studyUid],
  );
  const files = await filesOf(
    sql,
    rows.map((row) => row.reading_id),
  );
  return rows.map((row) => recordOf(row, files.get(row.reading_id) ?? []));
}

export async function readingById(sql: Sql, readingId: string): Promise<ReadingRecord | undefined> {
  const [row] = await sql.query<Row>('select * from reading where reading_id = $1', [readingId]);
  if (row === undefined) return undefined;
  const files = await filesOf(sql, [readingId]);
  return recordOf(row, files.get(readingId) ?? []);
}

async function filesOf(sql: Sql, readingIds: readonly string[]): Promise<Map<string, ReadingFileRecord[]>> {
  const rows = await sql.query<{
    reading_id: string;
    name: string;
    media_type: string;
    sha256: string;
    size: number;
  }>('select * from reading_file where reading_id = any($1::uuid[]) order by reading_id, name', [readingIds]);
  const files = Map.groupBy(rows, (row) => row.reading_id);
  return new Map(
    [...files].map(([id, of]) => [
      id,
      of.map((f) => ({
        name: f.name,
        mediaType: f.media_type,
        sha256: f.sha256,
        sizeBytes: Number(f.size),
      })),
    ]),
  );
}

/** A reading of the same input by the same software that still holds. */
export async function sameReading(
  sql: Sql,
  studyUid: string,
  inputSha256: string,
  softwareVersion: string,
): Promise<string | undefined> {
  const [row] = await sql.query<{ reading_id: string }>(
    `select reading_id from reading
     where study_uid = $1 and input_sha256 = $2 and software_version = $3 and status in ('unreviewed', 'reviewed')
     order by created_at desc limit 1`,
    [studyUid, inputSha256, softwareVersion],
  );
  return row?.reading_id;
}

/** Holds the study until the commit: who stores into it, reads it or asks for it takes turns. First of all locks. */
export async function lockStudy(sql: Sql, studyUid: string): Promise<StudyOwner | undefined> {
  const [row] = await sql.query<{ project_id: string; patient_key: string }>(
    'select project_id, patient_key from study where study_uid = $1 for update',
    [studyUid],
  );
  return row && { studyUid, projectId: row.project_id, patientKey: row.patient_key };
}

export interface StudyInput {
  readonly sha256: string;
  readonly instanceCount: number;
  readonly sopUids: ReadonlySet<string>;
}

/** What an order is held against. */
export async function seriesAndPatientOf(
  sql: Sql,
  studyUid: string,
): Promise<{ readonly seriesUids: ReadonlySet<string>; readonly patientId?: string }> {
  const rows = await sql.query<{ series_uid: string; patient_id: string | null }>(
    'select series_uid, patient_id from study join series using (study_uid) where study_uid = $1',
    [studyUid],
  );
  const patientId = rows[0]?.patient_id?.trim();
  return {
    seriesUids: new Set(rows.map((row) => row.series_uid)),
    ...(patientId !== undefined && patientId !== '' && { patientId }),
  };
}

/** What a reading is made from: the instances that were received, without results of ours that lie beside them. */
export async function inputOf(sql: Sql, studyUid: string): Promise<StudyInput> {
  const rows = await sql.query<{ sop_uid: string; sha256: string }>(
    `select sop_uid, sha256 from instance where study_uid = $1 and origin = 'received'`,
    [studyUid],
  );
  return {
    sha256: inputHash(rows.map((row) => row.sha256)),
    instanceCount: rows.length,
    sopUids: new Set(rows.map((row) => row.sop_uid)),
  };
}

/** SHA-256 over the sorted SHA-256s, one a line. */
export const inputHash = (sha256s: readonly string[]): string =>
  createHash('sha256')
    .update([...sha256s].sort().join('\n'))
    .digest('hex');

/** Studies into which nothing has come since; each is given to one caller only. */
export async function completeQuietStudies(
  sql: Sql,
  quietSince: Date,
  now: Date,
  limit: number,
): Promise<string[]> {
  const rows = await sql.query<{ study_uid: string }>(
    `update study set complete_at = $2 where study_uid in (
       select study_uid from study where complete_at is null and changed_at < $1
       order by changed_at limit $3 for update skip locked)
     returning study_uid`,
    [quietSince.toISOString(), now.toISOString(), limit],
  );
  return rows.map((row) => row.study_uid);
}

/** @returns whether it was not complete until then */
export async function completeStudy(sql: Sql, studyUid: string, now: Date): Promise<boolean> {
  const rows = await sql.query(
    'update study set complete_at = $2 where study_uid = $1 and complete_at is null returning study_uid',
    [studyUid, now.toISOString()],
  );
  return rows.length > 0;
}
