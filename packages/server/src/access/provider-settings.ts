import type { Role } from './roles.ts';

/** Roles that a provider's claim may give: administrators are made by administrators. */
export type ProvisionedRole = Exclude<Role, 'administrator'>;

/** Accounts made at the first sign-in, their roles kept as the claim says at each. */
export interface Provisioning {
  /** The ID token's claim that lists groups or roles: a text or a list of texts. */
  readonly claim: string;
  /** Value of the claim → roles. Who has none of the values is refused. */
  readonly roles: Readonly<
    Record<string, readonly { readonly role: ProvisionedRole; readonly projectId: string }[]>
  >;
}

/** An OpenID Connect provider (OpenID Connect Core 1.0), found by discovery. */
export interface ProviderSettings {
  /** Issuer identifier; `http:` is taken for loopback only. */
  readonly issuer: string;
  readonly clientId: string;
  /** Absent for a public client: PKCE protects the code in both cases. */
  readonly clientSecret?: string;
  /** What the button says. */
  readonly title: string;
  /** `openid profile` where not given. */
  readonly scope?: string;
  /** Without it, only accounts that an administrator has tied to a subject sign in. */
  readonly provisioning?: Provisioning;
}
