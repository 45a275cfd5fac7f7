import type { Migration } from './migration.ts';

/** What was done, by whom, to what: chained by hashes, never changed. */
export const AUDIT: Migration = {
  id: '0001-audit',
  sql: `
create table audit_event (
  seq bigint primary key,
  -- Canonical JSON: the bytes that were hashed.
  body text not null,
  -- For searching only; the chain holds the body.
  at timestamptz not null,
  action text not null,
  outcome text not null,
  actor text not null,
  study_uid text,
  patient_key text,
  previous text not null,
  hash text not null unique
);
create index audit_event_at on audit_event (at);
create index audit_event_study on audit_event (study_uid);
create index audit_event_actor on audit_event (actor);
create table audit_head (
  one boolean primary key default true check (one),
  seq bigint not null,
  hash text not null
);
insert into audit_head (seq, hash) values (0, '');
create function audit_is_append_only() returns trigger language plpgsql as $$
begin raise exception 'the audit is append-only'; end $$;
create trigger audit_event_stays before update or delete on audit_event
  for each row execute function audit_is_append_only();
create trigger audit_event_stays_whole before truncate on audit_event
  for each statement execute function audit_is_append_only();
`,
};
