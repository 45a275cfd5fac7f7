/** Every statement on consents, by name. */
import type { Sql } from '../ports/database/index.ts';
import type { ConsentRecord, ConsentScope, ConsentState } from './types.ts';

export interface PatientStudy {
  readonly studyUid: string;
  readonly projectId: string;
  readonly patientKey: string;
}

/** Writers of one patient's consent take turns until their commits: the last row is the last word. */
export async function lockPatient(sql: Sql, patientKey: string): Promise<void> {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 5))', [patientKey]);
}

export function studiesOfPatient(sql: Sql, patientKey: string): Promise<PatientStudy[]> {
  return sql.query<PatientStudy>(
    `select study_uid as "studyUid", project_id as "projectId", patient_key as "patientKey" from study
     where patient_key = $1`,
    [patientKey],
  );
}

export async function addConsent(sql: Sql, patientKey: string, record: ConsentRecord): Promise<void> {
  await sql.query(
    `insert into consent (patient_key, project_id, state, scopes, form_version, recorded_by, at)
     values ($1, $2, $3, $4::text[], $5, $6, $7::timestamptz)`,
    [
      patientKey,
      record.projectId,
      record.state,
      record.scopes,
      record.formVersion,
      record.recordedBy,
      record.at,
    ],
  );
}

/** The latest first. */
export async function consentHistory(sql: Sql, patientKey: string): Promise<ConsentRecord[]> {
  const rows = await sql.query<{
    state: ConsentState;
    scopes: ConsentScope[];
    project_id: string;
    form_version: string;
    recorded_by: string;
    at: Date;
  }>(
    `select state, scopes, project_id, form_version, recorded_by, at from consent where patient_key = $1
     order by consent_id desc`,
    [patientKey],
  );
  return rows.map((row) => ({
    state: row.state,
    scopes: row.scopes,
    projectId: row.project_id,
    formVersion: row.form_version,
    recordedBy: row.recorded_by,
    at: row.at.toISOString(),
  }));
}

/** A column of the statement that the fragment goes into: `s.patient_key`. */
const COLUMN = /^[a-z_]+(\.[a-z_]+)?$/;
const VALUE = /^\$[0-9]+$/;

/**
 * A condition for exports and cohorts, in the statement that reads the studies: whether the patient's last word on
 * this project or on all projects allows the scope. Without a record: no.
 * @param columns of the study: code, never a client's text
 * @param scope the place of the scope among the statement's values: `$3`
 */
export function sqlPermits(
  columns: { readonly patientKey: string; readonly projectId: string },
  scope: string,
): string {
  const { patientKey, projectId } = columns;
  if (!COLUMN.test(patientKey) || !(COLUMN.test(projectId) || VALUE.test(projectId)) || !VALUE.test(scope))
    throw new Error('The fragment takes columns and the place of a value.');
  return `coalesce((select c.state = 'given' and ${scope}::text = any(c.scopes) from consent c
    where c.patient_key = ${patientKey} and c.project_id in ('*', ${projectId})
    order by c.consent_id desc limit 1), false)`;
}

/** The last word on this project or on all. */
export async function lastWord(
  sql: Sql,
  patientKey: string,
  projectId: string,
): Promise<Pick<ConsentRecord, 'state' | 'scopes'> | undefined> {
  const [row] = await sql.query<{ state: ConsentState; scopes: ConsentScope[] }>(
    `select state, scopes from consent where patient_key = $1 and project_id in ('*', $2)
     order by consent_id desc limit 1`,
    [patientKey, projectId],
  );
  return row;
}

export async function permitted(
  sql: Sql,
  patientKey: string,
  projectId: string,
  scope: ConsentScope,
): Promise<boolean> {
  const [row] = await sql.query<{ permitted: boolean }>(
    `select ${sqlPermits({ patientKey: 'p.patient_key', projectId: 'p.project_id' }, '$3')} as permitted
     from (values ($1::text, $2::text)) as p (patient_key, project_id)`,
    [patientKey, projectId, scope],
  );
  return row?.permitted === true;
}
