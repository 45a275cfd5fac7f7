/** From a subject at the hospital's provider to an account here. */
import type { AuditEvent } from '../audit/index.ts';
import type { Sql } from '../ports/database/index.ts';
import {
  accountByLogin,
  accountBySubject,
  insertAccount,
  lockAccount,
  lockAdministrators,
} from './account-rows.ts';
import type { Refusal } from './conclusion.ts';
import { patientGrants, roleGrants } from './grant-rows.ts';
import { replaceGrants } from './grants.ts';
import { accountChange, type Ground } from './ground.ts';
import { type ProjectGrant, systemIdentity } from './identity.ts';
import { loginOf, titleOf } from './names.ts';
import type { ProviderSettings, Provisioning } from './provider-settings.ts';
import type { Role } from './roles.ts';
import { newUuid } from './secret.ts';
import { endSessions } from './session-rows.ts';
import { subjectKey } from './subject.ts';

type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

/** An account is found by its subject only: a name that the provider claims opens nobody's account. */
export async function accountForSubject(
  ground: Ground,
  sql: Sql,
  now: Date,
  audit: (...events: AuditEvent[]) => void,
  settings: ProviderSettings,
  claims: Claims,
): Promise<{ accountId: string } | Refusal> {
  const subject = subjectKey(settings.issuer, claims.sub);
  const { provisioning } = settings;
  // Two first sign-ins of one person at once make one account.
  if (provisioning !== undefined) await lockAdministrators(sql);
  let account = await accountBySubject(sql, subject);
  if (account !== undefined) await lockAccount(sql, account.account_id);
  if (account !== undefined && account.disabled_at !== null)
    return { reason: 'disabled', accountId: account.account_id };
  if (provisioning === undefined)
    return account === undefined ? { reason: 'unknown' } : { accountId: account.account_id };
  if (account !== undefined && !account.provisioned) return { accountId: account.account_id };

  const granted = grantsOf(provisioning, claims);
  const system = systemIdentity('system');
  if (account === undefined) {
    if (granted.length === 0) return { reason: 'no-roles' };
    const accountId = newUuid(ground.random);
    const login = await freeLogin(sql, claims, accountId);
    const displayName = titleOf(text(claims.name)) ?? login;
    await insertAccount(sql, { accountId, login, displayName, subject, provisioned: true }, now);
    audit(accountChange(system, 'provisioned', accountId));
    account = (await accountBySubject(sql, subject))!;
  }
  const accountId = account.account_id;
  // What an administrator gave by hand, administration and patients, is not the provider's to take.
  const kept = (await roleGrants(sql, accountId))
    .filter((g) => g.role === 'administrator')
    .map((g): ProjectGrant => ({ role: g.role as Role, projectId: g.project_id }));
  const patients = (await patientGrants(sql, accountId)).map((g) => ({
    role: g.role as Role,
    patientKey: g.patient_key,
  }));
  audit(...(await replaceGrants(sql, system, accountId, { projects: [...granted, ...kept], patients })));
  if (granted.length + kept.length + patients.length > 0) return { accountId };
  await endSessions(sql, accountId, now);
  return { reason: 'no-roles', accountId };
}

const text = (claim: unknown): string => (typeof claim === 'string' ? claim : '');

/** Deny by default: a value that the settings do not name gives nothing. */
export function grantsOf(provisioning: Provisioning, claims: Claims): ProjectGrant[] {
  const claim = claims[provisioning.claim];
  const values = (Array.isArray(claim) ? claim : [claim]).filter((v) => typeof v === 'string');
  const grants = values.flatMap((value) =>
    Object.hasOwn(provisioning.roles, value) ? provisioning.roles[value] : [],
  );
  return [...new Map(grants.map((g) => [`${g.role} ${g.projectId}`, g])).values()];
}

/** The name that the provider gives, where it is free; otherwise one of our own making. */
async function freeLogin(sql: Sql, claims: Claims, accountId: string): Promise<string> {
  const wished = loginOf(text(claims.preferred_username));
  if (wished !== undefined && (await accountByLogin(sql, wished)) === undefined) return wished;
  return `provider-${accountId}`;
}
