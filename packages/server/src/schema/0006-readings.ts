import type { Migration } from './migration.ts';

/** Readings of studies, and the work items that ask for them. The queue itself keeps its tables in a schema of its own. */
export const READINGS: Migration = {
  id: '0006-readings',
  sql: `
create table work_item (
  -- The queue's job; the SOP Instance UID of the unified procedure step is made from it.
  job_id uuid primary key,
  study_uid text not null references study on delete cascade,
  origin text not null check (origin in ('arrival', 'request')),
  requested_by text not null,
  -- Why a person asked, where it changes the order: a code, never free text.
  indication text,
  priority int not null,
  state text not null check (state in ('scheduled', 'in-progress', 'completed', 'cancelled', 'failed')),
  -- What is being done, and how far it is.
  stage text,
  done int,
  total int,
  attempts int not null default 0,
  -- Code, where it was cancelled or failed.
  reason text,
  reading_id uuid,
  created_at timestamptz not null,
  changed_at timestamptz not null
);
create index work_item_study on work_item (study_uid, created_at);
create index work_item_open on work_item (study_uid) where state in ('scheduled', 'in-progress');
create index work_item_changed on work_item (changed_at);
create table reading (
  reading_id uuid primary key,
  study_uid text not null references study on delete cascade,
  -- Of one job there is one reading.
  job_id uuid not null unique,
  created_at timestamptz not null,
  -- 'unreviewed' until a person has judged it; 'superseded' by a later one or by a study that grew; 'failed'.
  status text not null,
  outcome text not null check (outcome in ('read', 'refused', 'failed')),
  software_version text not null,
  -- [{ id, version, sha256 }]
  models jsonb not null,
  -- SHA-256 over the sorted SHA-256s of the instances, one a line.
  input_sha256 text not null,
  instance_count int not null,
  findings_sha256 text,
  duration_ms int not null,
  -- Why the study cannot be read, or what the last try failed with; the sentence holds no patient data.
  refusal_code text,
  refusal_message text
);
create index reading_study on reading (study_uid, created_at);
create table reading_file (
  reading_id uuid not null references reading on delete cascade,
  name text not null,
  media_type text not null,
  sha256 text not null,
  size bigint not null,
  primary key (reading_id, name)
);
create index reading_file_sha256 on reading_file (sha256);
-- However a row goes (a study deleted, a patient erased), its bytes are noted to be taken away.
create function reading_file_leaves_bytes() returns trigger language plpgsql as $$
begin
  insert into blob_to_remove (sha256, since) values (old.sha256, now()) on conflict do nothing;
  return old;
end $$;
create trigger reading_file_gone after delete on reading_file
  for each row execute function reading_file_leaves_bytes();
`,
};
