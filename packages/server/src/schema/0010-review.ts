import type { Migration } from './migration.ts';

/** What people do to readings, the reports that they sign, and, where a reader wants it, how long a reading took them. */
export const REVIEW: Migration = {
  id: '0010-review',
  sql: `
create table review_mark (
  study_uid text not null references study on delete cascade,
  -- Within the study, from 1, without gaps.
  sequence int not null check (sequence >= 1),
  -- Made where the mark was made: what is sent again is known by it.
  mark_id uuid not null unique,
  kind text not null,
  reading_id uuid,
  author uuid not null references account,
  -- As it was when the mark was made.
  author_name text not null,
  -- Canonical JSON of deed, madeAt and seen: text, because it is kept as it was given, character by character.
  body text not null,
  received_at timestamptz not null,
  primary key (study_uid, sequence)
);
create table report (
  study_uid text not null references study on delete cascade,
  -- Of the study, from 1, without gaps.
  version int not null check (version >= 1),
  report_id uuid not null unique,
  kind text not null check (kind in ('signed', 'amended')),
  reading_id uuid,
  -- The marks up to this one stand in it.
  sequence int not null,
  language text not null,
  -- Canonical JSON, and the SHA-256 of its UTF-8.
  content text not null,
  sha256 text not null,
  signed_by uuid not null references account,
  signed_by_name text not null,
  signed_at timestamptz not null,
  -- Why it was signed again.
  reason text,
  primary key (study_uid, version)
);
-- Marks and reports stay as they are for as long as their study is there; they go with it and not before.
create function review_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and not exists (select 1 from study where study_uid = old.study_uid) then
    return old;
  end if;
  raise exception 'marks and reports are append-only';
end $$;
create function review_stays_whole() returns trigger language plpgsql as $$
begin raise exception 'marks and reports are append-only'; end $$;
create trigger review_mark_stays before update or delete on review_mark
  for each row execute function review_stays();
create trigger review_mark_stays_whole before truncate on review_mark
  for each statement execute function review_stays_whole();
create trigger report_stays before update or delete on report
  for each row execute function review_stays();
create trigger report_stays_whole before truncate on report
  for each statement execute function review_stays_whole();
-- Nothing is kept of a reader who has not said yes; who takes it back takes the times along.
create table reading_time_consent (
  account_id uuid primary key references account on delete cascade,
  given_at timestamptz not null
);
create table reading_time (
  account_id uuid not null references reading_time_consent on delete cascade,
  study_uid text not null references study on delete cascade,
  opened_at timestamptz not null,
  signed_at timestamptz not null,
  -- Of that, with the study before the reader's eyes.
  active_ms bigint not null,
  -- Whether the reading's results were shown, and whether only after the reader's own grades.
  with_reading boolean not null,
  blind_first boolean not null,
  primary key (account_id, study_uid, opened_at)
);
create index reading_time_study on reading_time (study_uid);
`,
};
