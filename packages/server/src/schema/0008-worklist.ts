import type { Migration } from './migration.ts';

/** The worklist service over readings (PS3.18 chapter 11): orders, claims, subscriptions, and the events to be sent. */
export const WORKLIST: Migration = {
  id: '0008-worklist',
  sql: `
-- Of the unified procedure step, where a client chose it; else it is made from the job.
alter table work_item add column uid text unique;
-- Not before.
alter table work_item add column start_at timestamptz;
alter table work_item add column began_at timestamptz;
-- DICOM JSON of what clients said of the step: what was ordered, and what a performer elsewhere has done.
alter table work_item add column step text;
-- Of the Transaction UID, the performer's lock: SHA-256, kept after the end. Only items claimed by clients have one.
alter table work_item add column transaction_hash text;
-- As the audit names the performer.
alter table work_item add column claimed_by text;
-- When the performer last said something.
alter table work_item add column heard_at timestamptz;
-- The step in whose place this one was scheduled.
alter table work_item add column replaces_uid text;
-- What the tries were made with, for those that leave no result: [{ id, version, sha256 }].
alter table work_item add column models jsonb;
alter table work_item add column input_sha256 text;
alter table work_item add column instance_count int;
create index work_item_claimed on work_item (heard_at) where state = 'in-progress' and claimed_by is not null;
-- The order of answers to a search.
create index work_item_order on work_item (priority desc, created_at, job_id);
create table worklist_subscription (
  account_id uuid not null references account on delete cascade,
  ae_title text not null,
  scope text not null check (scope in ('all', 'filtered')),
  -- The filter, where there is one.
  states text[],
  priority_from int,
  priority_below int,
  study_uid text references study on delete cascade,
  since timestamptz not null,
  -- Work items made later are not covered.
  suspended_at timestamptz,
  primary key (account_id, ae_title, scope)
);
create table work_item_subscription (
  job_id uuid not null references work_item on delete cascade,
  account_id uuid not null references account on delete cascade,
  ae_title text not null,
  -- False: this item is left out of the subscription to all.
  subscribed boolean not null,
  by_filter boolean not null,
  since timestamptz not null,
  primary key (job_id, account_id, ae_title)
);
create index work_item_subscription_account on work_item_subscription (account_id, ae_title);
-- What is to be told to subscribers; gone after minutes.
create table work_item_event (
  event_id bigint generated always as identity primary key,
  job_id uuid not null references work_item on delete cascade,
  -- Event Type ID, PS3.4 table CC.2.4-1.
  kind smallint not null,
  -- DICOM JSON of the attributes of that table.
  report text not null,
  -- For this subscriber only.
  account_id uuid,
  ae_title text,
  at timestamptz not null
);
create index work_item_event_at on work_item_event (at);
create index work_item_event_job on work_item_event (job_id);
`,
};
