import type { Sql } from '../ports/database/index.ts';

/** Whose a study is: what consent is asked by. */
export async function ownerOf(
  sql: Sql,
  studyUid: string,
): Promise<{ readonly patientKey: string; readonly projectId: string } | undefined> {
  const [row] = await sql.query<{ patient_key: string; project_id: string }>(
    'select patient_key, project_id from study where study_uid = $1',
    [studyUid],
  );
  return row && { patientKey: row.patient_key, projectId: row.project_id };
}
