export { type Access, openAccess } from './access.ts';
export type { Account, AccountEdit, Accounts } from './accounts.ts';
export { type AttemptLimit, network as networkOf } from './attempts.ts';
export type { BreakGlass, OpenedGlass } from './break-glass.ts';
export { cookieValue, type Headers, noSessionCookie, sessionCookieName } from './cookie.ts';
export { crossSite, saysCrossSite } from './cross-site.ts';
export {
  type AccessRefusal,
  AccessRefused,
  ProviderUnavailable,
  SignInRefused,
  TooManyAttempts,
} from './faults.ts';
export type { Grants } from './grants.ts';
export type { From } from './ground.ts';
export {
  type Identity,
  type PatientGrant,
  type ProjectGrant,
  type Standing,
  systemIdentity,
} from './identity.ts';
export type { Links, SignInLink } from './links.ts';
export type { Myself, OwnAccount } from './own-account.ts';
export type { OwnFactors } from './own-factors.ts';
export type { PasskeyEntry, Passkeys } from './passkeys.ts';
export { mayAnywhere, mayEverywhere, type Reach, reaches, reachOf } from './policy.ts';
export type { AccessPorts, AccessSettings } from './ports.ts';
export type { Project, Projects } from './projects.ts';
export { PROOFS, type Proof } from './proof.ts';
export { PROVIDER_CALLBACK, type Provider } from './provider.ts';
export type { ProviderSettings, ProvisionedRole, Provisioning } from './provider-settings.ts';
export type { RecoveryCodes } from './recovery-codes.ts';
export { DEEDS, DEEDS_OF, type Deed, ROLES, type Role } from './roles.ts';
export {
  FRESH_MS,
  IDLE_MS,
  LONGEST_MS,
  type SessionEntry,
  type Sessions,
  type SignedIn,
} from './sessions.ts';
export type { SignIn } from './sign-in.ts';
export { LONGEST_TOKEN_DAYS, TOKEN_SCOPES, type TokenEntry, type Tokens } from './tokens.ts';
