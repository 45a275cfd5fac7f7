/** Every statement that reads instances, by name. */
import type { Sql } from '../ports/database/index.ts';
import type { StudyOwner } from './rows.ts';
import type { InstanceRecord, Scope } from './types.ts';

interface Row {
  readonly sop_uid: string;
  readonly series_uid: string;
  readonly study_uid: string;
  readonly sop_class: string;
  readonly transfer_syntax: string;
  readonly sha256: string;
  readonly size: number;
  readonly frames: number;
}

const WITHIN = `study_uid = $1 and ($2::text is null or series_uid = $2) and ($3::text is null or sop_uid = $3)`;
const valuesOf = (scope: Scope) => [scope.studyUid, scope.seriesUid ?? null, scope.sopUid ?? null];
/** Series and instance numbers are texts: by length, then by text, is by size. */
const IN_ORDER = `length(coalesce(series_number, '')), series_number, series.series_uid,
  length(coalesce(instance_number, '')), instance_number, sop_uid`;

export async function ownerOf(sql: Sql, studyUid: string): Promise<StudyOwner | undefined> {
  const [row] = await sql.query<{ project_id: string; patient_key: string }>(
    'select project_id, patient_key from study where study_uid = $1',
    [studyUid],
  );
  return row && { studyUid, projectId: row.project_id, patientKey: row.patient_key };
}

export async function instancesIn(sql: Sql, scope: Scope): Promise<InstanceRecord[]> {
  const rows = await sql.query<Row>(
    `select sop_uid, series_uid, study_uid, sop_class, transfer_syntax, sha256, size, frames
     from instance join (select series_uid, series_number from series where study_uid = $1) as series using (series_uid)
     where ${WITHIN} order by ${IN_ORDER}`,
    valuesOf(scope),
  );
  return rows.map((row) => ({
    studyUid: row.study_uid,
    seriesUid: row.series_uid,
    sopUid: row.sop_uid,
    sopClass: row.sop_class,
    transferSyntax: row.transfer_syntax,
    sha256: row.sha256,
    sizeBytes: Number(row.size),
    frames: row.frames,
  }));
}

export async function metadataIn(
  sql: Sql,
  scope: Scope,
): Promise<{ seriesUid: string; sopUid: string; metadata: string }[]> {
  const rows = await sql.query<{ series_uid: string; sop_uid: string; metadata: string }>(
    `select sop_uid, series_uid, metadata
     from instance join (select series_uid, series_number from series where study_uid = $1) as series using (series_uid)
     where ${WITHIN} order by ${IN_ORDER}`,
    valuesOf(scope),
  );
  return rows.map((row) => ({ seriesUid: row.series_uid, sopUid: row.sop_uid, metadata: row.metadata }));
}
