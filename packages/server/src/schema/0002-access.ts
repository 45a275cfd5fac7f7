import type { Migration } from './migration.ts';

/** Accounts and what they may do. Secrets stand here as hashes only, TOTP secrets sealed by the caller. */
export const ACCESS: Migration = {
  id: '0002-access',
  sql: `
create table project (
  project_id text primary key,
  title text not null,
  created_at timestamptz not null default now()
);
insert into project (project_id, title) values ('default', 'All studies');
create table account (
  account_id uuid primary key,
  -- As typed at sign-in, lower case.
  login text not null unique,
  display_name text not null,
  password_hash text,
  totp_secret text,
  -- Enrolled but not yet confirmed by a code.
  totp_pending text,
  -- The last time step that was used: a code holds once.
  totp_step bigint,
  -- Issuer, a blank, and the subject at the hospital's own identity provider.
  oidc_subject text unique,
  -- Made at the first sign-in there: its roles follow the provider's claims.
  provisioned boolean not null default false,
  failures int not null default 0,
  locked_until timestamptz,
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);
create table passkey (
  credential_id text primary key,
  account_id uuid not null references account on delete cascade,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null default '{}',
  name text not null,
  created_at timestamptz not null default now(),
  used_at timestamptz
);
create table role_grant (
  account_id uuid not null references account on delete cascade,
  role text not null,
  -- '*' stands for every project.
  project_id text not null,
  primary key (account_id, role, project_id)
);
create table patient_grant (
  account_id uuid not null references account on delete cascade,
  role text not null,
  patient_key text not null,
  primary key (account_id, role, patient_key)
);
create table session (
  -- SHA-256 of the cookie's secret, hexadecimal.
  secret_hash text primary key,
  -- Its name in lists: the hash stays inside.
  session_id uuid not null unique,
  account_id uuid not null references account on delete cascade,
  -- What was shown at sign-in: password, password+totp, passkey, oidc or link.
  proof text not null,
  address text,
  created_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index session_account on session (account_id);
create table api_token (
  token_id uuid primary key,
  secret_hash text not null unique,
  account_id uuid not null references account on delete cascade,
  name text not null,
  -- Deeds the token may do, of those the account may do.
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  used_at timestamptz
);
create index api_token_account on api_token (account_id);
create table sign_in_link (
  secret_hash text primary key,
  account_id uuid not null references account on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);
create table challenge (
  -- SHA-256 of the WebAuthn challenge or the OpenID Connect state: each is answered once.
  challenge_hash text primary key,
  purpose text not null,
  account_id uuid references account on delete cascade,
  -- What the answer is checked with, sealed by the caller.
  sealed text,
  expires_at timestamptz not null
);
create index challenge_expiry on challenge (expires_at);
create table break_glass (
  break_glass_id uuid primary key,
  account_id uuid not null references account on delete cascade,
  study_uid text not null,
  reason text not null,
  opened_at timestamptz not null,
  expires_at timestamptz not null
);
create index break_glass_account on break_glass (account_id, expires_at);
`,
};
