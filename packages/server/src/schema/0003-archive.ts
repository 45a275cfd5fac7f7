import type { Migration } from './migration.ts';

/** The index over the instances. Every row can be made again from the blobs, but for projects and consent. */
export const ARCHIVE: Migration = {
  id: '0003-archive',
  sql: `
create table study (
  study_uid text primary key,
  project_id text not null references project,
  -- Issuer and PatientID joined; the study itself where the images name no patient.
  patient_key text not null,
  patient_id text,
  patient_name text,
  birth_date text,
  sex text,
  accession_number text,
  study_id text,
  description text,
  referring_physician text,
  study_date text,
  study_time text,
  modalities text[] not null default '{}',
  sop_classes text[] not null default '{}',
  series_count int not null default 0,
  instance_count int not null default 0,
  byte_count bigint not null default 0,
  -- DICOM JSON of the attributes of patient and study, from the first instance received.
  attributes text not null,
  received_at timestamptz not null,
  changed_at timestamptz not null,
  -- Set by who sends, or by the quiet period: all instances are there.
  complete_at timestamptz
);
create index study_patient on study (patient_key);
create index study_patient_id on study (patient_id text_pattern_ops);
create index study_date on study (study_date desc, study_uid);
create index study_accession on study (accession_number text_pattern_ops);
create index study_project on study (project_id, study_date desc, study_uid);
create index study_modalities on study using gin (modalities);
create index study_sop_classes on study using gin (sop_classes);
create index study_waiting on study (changed_at) where complete_at is null;
-- People's names for matching: lower case, without accents; each representation whole, and each of its words.
create table study_name (
  study_uid text not null references study on delete cascade,
  field text not null check (field in ('patient', 'referring')),
  kind text not null check (kind in ('whole', 'word')),
  text text not null,
  primary key (study_uid, field, kind, text)
);
create index study_name_text on study_name (field, kind, text text_pattern_ops);
create table series (
  series_uid text primary key,
  study_uid text not null references study on delete cascade,
  modality text,
  series_number text,
  description text,
  body_part text,
  performed_date text,
  performed_time text,
  instance_count int not null default 0,
  attributes text not null,
  received_at timestamptz not null,
  changed_at timestamptz not null
);
create index series_study on series (study_uid);
create table instance (
  sop_uid text primary key,
  series_uid text not null references series on delete cascade,
  study_uid text not null references study on delete cascade,
  sop_class text not null,
  instance_number text,
  transfer_syntax text not null,
  -- Of the file as kept: the name of its bytes.
  sha256 text not null,
  -- Of the data set without meta information: what makes two files the same instance.
  content_sha256 text not null,
  -- Bytes of the file as kept.
  size bigint not null,
  frames int not null,
  rows int,
  columns int,
  -- DICOM JSON without bulk data, BulkDataURI relative to the instance.
  metadata text not null,
  -- 'received', or the reading that made it.
  origin text not null default 'received',
  received_at timestamptz not null
);
create index instance_series on instance (series_uid);
create index instance_study on instance (study_uid);
create index instance_sha256 on instance (sha256);
-- Hashes whose rows are gone but whose bytes are perhaps still there: taken away after the commit, again by fsck.
create table blob_to_remove (
  sha256 text primary key,
  since timestamptz not null
);
`,
};
