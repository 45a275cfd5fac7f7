/** Statements over projects, grants and broken glass. */
import type { Sql } from '../ports/database/index.ts';

export interface ProjectRow {
  readonly project_id: string;
  readonly title: string;
  readonly created_at: Date;
}

export const allProjects = (sql: Sql) =>
  sql.query<ProjectRow>('select project_id, title, created_at from project order by project_id');

export const insertProject = (sql: Sql, projectId: string, title: string, now: Date) =>
  sql.query('insert into project (project_id, title, created_at) values ($1, $2, $3)', [
    projectId,
    title,
    now,
  ]);

export interface RoleGrantRow {
  readonly account_id: string;
  readonly role: string;
  readonly project_id: string;
}
export interface PatientGrantRow {
  readonly account_id: string;
  readonly role: string;
  readonly patient_key: string;
}

/** Of one account, or of all. */
export const roleGrants = (sql: Sql, accountId?: string) =>
  sql.query<RoleGrantRow>(
    `select account_id, role, project_id from role_grant where $1::uuid is null or account_id = $1::uuid
     order by role, project_id`,
    [accountId ?? null],
  );

export const patientGrants = (sql: Sql, accountId?: string) =>
  sql.query<PatientGrantRow>(
    `select account_id, role, patient_key from patient_grant where $1::uuid is null or account_id = $1::uuid
     order by role, patient_key`,
    [accountId ?? null],
  );

export const insertRoleGrant = (sql: Sql, accountId: string, role: string, projectId: string) =>
  sql.query(
    'insert into role_grant (account_id, role, project_id) values ($1, $2, $3) on conflict do nothing',
    [accountId, role, projectId],
  );

export const deleteRoleGrant = (sql: Sql, accountId: string, role: string, projectId: string) =>
  sql.query('delete from role_grant where account_id = $1 and role = $2 and project_id = $3', [
    accountId,
    role,
    projectId,
  ]);

export const insertPatientGrant = (sql: Sql, accountId: string, role: string, patientKey: string) =>
  sql.query(
    'insert into patient_grant (account_id, role, patient_key) values ($1, $2, $3) on conflict do nothing',
    [accountId, role, patientKey],
  );

export const deletePatientGrant = (sql: Sql, accountId: string, role: string, patientKey: string) =>
  sql.query('delete from patient_grant where account_id = $1 and role = $2 and patient_key = $3', [
    accountId,
    role,
    patientKey,
  ]);

export const insertBreakGlass = (
  sql: Sql,
  opened: { id: string; accountId: string; studyUid: string; reason: string; at: Date; until: Date },
) =>
  sql.query(
    `insert into break_glass (break_glass_id, account_id, study_uid, reason, opened_at, expires_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [opened.id, opened.accountId, opened.studyUid, opened.reason, opened.at, opened.until],
  );
