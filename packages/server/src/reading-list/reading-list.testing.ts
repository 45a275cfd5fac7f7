/** Rows of the tables that the list follows, as other rooms write them. */
import { randomUUID } from 'node:crypto';
import { nameGroups, nameWords } from '../archive/match-text.ts';
import type { Database } from '../ports/database/index.ts';

export interface GivenStudy {
  readonly studyUid: string;
  readonly projectId?: string;
  readonly patientId?: string;
  readonly name?: string;
  readonly date?: string;
  readonly time?: string;
  readonly accession?: string;
  readonly modalities?: readonly string[];
  readonly receivedAt?: Date;
}

export async function addStudy(database: Database, given: GivenStudy): Promise<void> {
  const { studyUid, projectId = 'default', patientId, name, date, time, accession } = given;
  const { modalities = ['MR'], receivedAt = new Date('2026-01-02T03:04:05Z') } = given;
  await database.query(
    `insert into study (study_uid, project_id, patient_key, patient_id, patient_name, accession_number, study_date,
       study_time, modalities, attributes, received_at, changed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '{}', $10, $10)`,
    [
      studyUid,
      projectId,
      patientId === undefined ? `study:${studyUid}` : `|${patientId}`,
      patientId ?? null,
      name ?? null,
      accession ?? null,
      date ?? null,
      time ?? null,
      modalities,
      receivedAt,
    ],
  );
  for (const [kind, texts] of [
    ['whole', nameGroups(name ?? '')],
    ['word', nameWords(name ?? '')],
  ] as const)
    for (const text of new Set(texts))
      await database.query(`insert into study_name values ($1, 'patient', $2, $3)`, [studyUid, kind, text]);
}

export async function addReading(
  database: Database,
  studyUid: string,
  given: {
    readonly at?: Date;
    readonly outcome?: 'read' | 'refused' | 'failed';
    readonly status?: string;
    readonly rank?: number;
    readonly findingsSha256?: string;
  } = {},
): Promise<string> {
  const { at = new Date('2026-01-02T04:00:00Z'), outcome = 'read', status = 'unreviewed' } = given;
  const readingId = randomUUID();
  await database.query(
    `insert into reading (reading_id, study_uid, job_id, created_at, status, outcome, software_version, models,
       input_sha256, instance_count, duration_ms, refusal_code, urgency_rank, urgency_reasons, findings_sha256)
     values ($1, $2, $3, $4, $5, $6, '1', '[]', 'x', 1, 1, $7, $8, $9, $10)`,
    [
      readingId,
      studyUid,
      randomUUID(),
      at,
      status,
      outcome,
      outcome === 'read' ? null : 'NO_SPINE',
      given.rank ?? null,
      given.rank === undefined ? null : JSON.stringify([{ code: 'herniation', level: 'L4/L5' }]),
      given.findingsSha256 ?? null,
    ],
  );
  return readingId;
}

export async function addMarks(
  database: Database,
  studyUid: string,
  author: string,
  ...sequences: readonly number[]
): Promise<void> {
  await database.query(
    `insert into review_mark (study_uid, sequence, mark_id, kind, author, author_name, body, received_at)
     select $1, n, gen_random_uuid(), 'text', $3, 'A', '{}', now() from unnest($2::int[]) n`,
    [studyUid, sequences, author],
  );
}

export async function addReport(
  database: Database,
  studyUid: string,
  author: string,
  given: { readonly version: number; readonly sequence: number; readonly at: Date },
): Promise<void> {
  await database.query(
    `insert into report (study_uid, version, report_id, kind, sequence, language, content, sha256, signed_by,
       signed_by_name, signed_at)
     values ($1, $2, gen_random_uuid(), 'signed', $3, 'en', '{}', 'x', $4, 'A', $5)`,
    [studyUid, given.version, given.sequence, author, given.at],
  );
}
