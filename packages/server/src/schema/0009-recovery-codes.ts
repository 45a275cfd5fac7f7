import type { Migration } from './migration.ts';

/** What stands in for a lost second factor, ten at a time, each once. */
export const RECOVERY_CODES: Migration = {
  id: '0009-recovery-codes',
  sql: `
create table recovery_code (
  account_id uuid not null references account on delete cascade,
  -- SHA-256 of account and code, hexadecimal.
  code_hash text not null,
  made_at timestamptz not null,
  used_at timestamptz,
  primary key (account_id, code_hash)
);
`,
};
