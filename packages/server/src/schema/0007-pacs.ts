import type { Migration } from './migration.ts';

/** Instances whose bytes lie in a PACS. None of these tables names bytes of our own store: they have no column `size`. */
export const PACS: Migration = {
  id: '0007-pacs',
  sql: `
create table pacs_instance (
  -- Of the file as the index knows it.
  sha256 text primary key,
  -- UIDs by which the PACS gives it. Not called study_uid: an erasure needs the place until the copy is judged.
  study text not null,
  series text not null,
  sop text not null,
  -- Keyed with the server's secret, which lies apart from the database.
  study_hash text not null,
  sop_hash text not null,
  byte_count bigint not null,
  -- Preamble and meta information as the hash has them: a PACS may write its own before the data set.
  head bytea not null,
  kept_at timestamptz not null,
  -- The PACS does not list or give it any more; it gives something else.
  missing_since timestamptz,
  altered_since timestamptz
);
create index pacs_instance_study on pacs_instance (study, sop);
-- What went from the index although the PACS holds it: not brought in again.
create table pacs_tombstone (
  sop_hash text primary key,
  study_hash text not null,
  sha256 text not null,
  at timestamptz not null,
  -- Whether the PACS has its copy still.
  held boolean not null default true
);
create index pacs_tombstone_study on pacs_tombstone (study_hash);
create index pacs_tombstone_sha256 on pacs_tombstone (sha256);
-- When a study in the PACS was last gone through, and how many instances it was said to have then.
create table pacs_look (
  study_hash text primary key,
  instances int,
  at timestamptz not null
);
-- Instances of the PACS that could not be brought in: why, and when they are tried again.
create table pacs_refusal (
  sop_hash text primary key,
  code text not null,
  tries int not null,
  again_at timestamptz not null
);
-- However a row goes (a study deleted, a patient erased), in the same transaction.
create function instance_leaves_tombstone() returns trigger language plpgsql as $$
begin
  insert into pacs_tombstone (sop_hash, study_hash, sha256, at)
    select sop_hash, study_hash, sha256, now() from pacs_instance where sha256 = old.sha256
    on conflict (sop_hash) do update set sha256 = excluded.sha256, at = excluded.at, held = true;
  return old;
end $$;
create trigger instance_gone after delete on instance
  for each row execute function instance_leaves_tombstone();
`,
};
