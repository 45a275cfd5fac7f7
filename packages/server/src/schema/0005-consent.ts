import type { Migration } from './migration.ts';

/** What patients allow beyond their care, and what was erased. */
export const CONSENT: Migration = {
  id: '0005-consent',
  sql: `
create table consent (
  -- Rows are added, never changed; the last of a patient and project counts.
  consent_id bigint generated always as identity primary key,
  patient_key text not null,
  -- '*' stands for every project.
  project_id text not null,
  state text not null check (state in ('given', 'withdrawn', 'never-asked')),
  scopes text[] not null,
  -- Of the form that was signed.
  form_version text not null,
  recorded_by text not null,
  at timestamptz not null
);
create index consent_patient on consent (patient_key, consent_id);
-- In place of an erased patient's rows: a keyed hash, so that who holds the key can tell that there were some.
create table consent_tombstone (
  patient_hash text primary key,
  at timestamptz not null
);
create table erasure (
  erasure_id uuid primary key,
  at timestamptz not null,
  -- What was erased, as keyed hashes; the file hashes and counts. JSON.
  record text not null,
  -- JSON; absent until the bytes are gone and the search has been made.
  proof text
);
`,
};
