import type { Migration } from './migration.ts';

/** How far each collector of the audit has been served; the chain itself is the queue. */
export const AUDIT_EXPORT: Migration = {
  id: '0004-audit-export',
  sql: `
create table audit_export (
  -- The collector's name in the settings.
  destination text primary key,
  -- The last record that it has.
  seq bigint not null default 0,
  sent_at timestamptz,
  failures int not null default 0,
  retry_at timestamptz,
  -- One process sends at a time.
  holder text,
  held_until timestamptz
);
create index audit_event_patient on audit_event (patient_key, seq);
`,
};
