import type { AuditEvent } from '../audit/index.ts';
import type { Sql } from '../ports/database/index.ts';
import { AccessRefused } from './faults.ts';
import {
  allProjects,
  deletePatientGrant,
  deleteRoleGrant,
  insertPatientGrant,
  insertRoleGrant,
  patientGrants,
  roleGrants,
} from './grant-rows.ts';
import { accountChange } from './ground.ts';
import type { Identity, PatientGrant, ProjectGrant } from './identity.ts';

/** All that an account is given. */
export interface Grants {
  readonly projects: readonly ProjectGrant[];
  readonly patients: readonly PatientGrant[];
}

/**
 * Makes an account's grants these and no others.
 * @returns what the audit says: a record for what changed over projects, one for each patient
 * @throws AccessRefused `invalid` where a project is not there, or a patient is to be administered
 */
export async function replaceGrants(
  sql: Sql,
  identity: Identity,
  accountId: string,
  grants: Grants,
): Promise<AuditEvent[]> {
  const projects = new Set(['*', ...(await allProjects(sql)).map((p) => p.project_id)]);
  if (grants.projects.some((g) => !projects.has(g.projectId)))
    throw new AccessRefused('invalid', 'There is no such project.');
  if (grants.patients.some((g) => g.role === 'administrator' || !isPatientKey(g.patientKey)))
    throw new AccessRefused('invalid', 'A patient is named by its key, in a role other than administrator.');

  const before = await roleGrants(sql, accountId);
  const is = (g: ProjectGrant) => (b: { role: string; project_id: string }) =>
    b.role === g.role && b.project_id === g.projectId;
  const added = grants.projects.filter((g) => !before.some(is(g)));
  const removed = before.filter((b) => !grants.projects.some((g) => is(g)(b)));
  for (const g of added) await insertRoleGrant(sql, accountId, g.role, g.projectId);
  for (const b of removed) await deleteRoleGrant(sql, accountId, b.role, b.project_id);

  const patientsBefore = await patientGrants(sql, accountId);
  const isPatient = (g: PatientGrant) => (b: { role: string; patient_key: string }) =>
    b.role === g.role && b.patient_key === g.patientKey;
  const patientsAdded = grants.patients.filter((g) => !patientsBefore.some(isPatient(g)));
  const patientsRemoved = patientsBefore.filter((b) => !grants.patients.some((g) => isPatient(g)(b)));
  for (const g of patientsAdded) await insertPatientGrant(sql, accountId, g.role, g.patientKey);
  for (const b of patientsRemoved) await deletePatientGrant(sql, accountId, b.role, b.patient_key);

  const ofPatient = (change: string, role: string, patientKey: string): AuditEvent => ({
    ...accountChange(identity, change, accountId, { role }),
    patientKey,
  });
  return [
    ...(added.length + removed.length === 0
      ? []
      : [
          accountChange(identity, 'grants', accountId, {
            added: added.map((g) => `${g.role} ${g.projectId}`),
            removed: removed.map((b) => `${b.role} ${b.project_id}`),
          }),
        ]),
    ...patientsAdded.map((g) => ofPatient('patient-granted', g.role, g.patientKey)),
    ...patientsRemoved.map((b) => ofPatient('patient-withdrawn', b.role, b.patient_key)),
  ];
}

const isPatientKey = (text: string): boolean =>
  text.trim() !== '' && text.length <= 256 && !/\p{Cc}/u.test(text);
