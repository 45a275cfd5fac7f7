import type { Migration } from './migration.ts';

/** A statement has a minute: of a large archive no one of them takes longer. */
const SHARES = 64;
const refreshAll = Array.from(
  { length: SHARES },
  (_, share) => `select refresh_study_worklist(array(select study_uid from study_worklist
  where (hashtext(study_uid) & ${SHARES - 1}) = ${share}));`,
).join('\n');

/**
 * The reading list: one row a study, with all that it is ordered and filtered by. Triggers keep it in the transaction of
 * whatever changes it (a study received, a reading made, a mark, a signature), so that no writer can forget it; only the
 * assignment is written directly.
 */
export const STUDY_WORKLIST: Migration = {
  id: '0011-study-worklist',
  sql: `
-- What the reading says of the order of studies: core/report/urgency. Absent: not computed yet.
alter table reading add column urgency_rank smallint check (urgency_rank between 0 and 3);
-- JSON of its reasons.
alter table reading add column urgency_reasons text;
create index reading_urgency on reading (created_at)
  where urgency_rank is null and outcome = 'read' and status in ('unreviewed', 'reviewed');
create table study_worklist (
  study_uid text primary key references study on delete cascade,
  -- Copies of the study's, so that a page is found in one table.
  project_id text not null,
  patient_key text not null,
  study_date text not null,
  study_time text not null,
  modalities text[] not null,
  received_at timestamptz not null,
  -- The patient's name for ordering: lower case, without accents; its Latin form where there is one.
  name_key text collate "C" not null default '',
  status text not null default 'received'
    check (status in ('received', 'reading', 'to-review', 'in-review', 'signed', 'not-readable')),
  reading_id uuid,
  refusal_code text,
  signed_at timestamptz,
  -- Why a reading was asked for, where it changes the order.
  indication text,
  urgency_rank smallint not null default 0,
  urgency_reasons text,
  -- 0 is the most urgent; what is signed comes after all that waits.
  urgency_order smallint not null generated always as
    (case when status = 'signed' then 4 else 3 - urgency_rank end) stored,
  assigned_to uuid references account on delete set null
);
create index study_worklist_urgency on study_worklist (urgency_order, received_at, study_uid);
create index study_worklist_status on study_worklist (status, urgency_order, received_at, study_uid);
create index study_worklist_date on study_worklist (study_date, study_time, study_uid);
create index study_worklist_name on study_worklist (name_key, study_uid);
create index study_worklist_received on study_worklist (received_at, study_uid);
create index study_worklist_project on study_worklist (project_id, urgency_order, received_at, study_uid);
create index study_worklist_patient on study_worklist (patient_key, study_date);
create index study_worklist_assigned on study_worklist (assigned_to) where assigned_to is not null;
-- A person's work goes before the machine's; a signature holds until something comes that it has not seen.
create function refresh_study_worklist(uids text[]) returns void language sql as $$
  update study_worklist w set
    status = case
      when m.sequence > coalesce(p.sequence, 0) then 'in-review'
      when p.sequence is not null and coalesce(r.created_at <= p.signed_at, true)
        and coalesce(i.asked_at <= p.signed_at, true) then 'signed'
      when i.asked_at is not null then 'reading'
      when r.outcome = 'read' then 'to-review'
      when r.outcome is not null then 'not-readable'
      else 'received' end,
    reading_id = r.reading_id,
    refusal_code = r.refusal_code,
    signed_at = p.signed_at,
    indication = i.indication,
    urgency_rank = case when i.indication is not null then 3 when r.outcome = 'read' then coalesce(r.urgency_rank, 0)
      else 0 end,
    urgency_reasons = r.urgency_reasons
  from unnest(uids) as u (uid)
  left join lateral (select * from reading where reading.study_uid = u.uid and reading.status <> 'superseded'
    order by reading.status = 'failed', reading.created_at desc limit 1) r on true
  left join lateral (select sequence, signed_at from report where report.study_uid = u.uid
    order by version desc limit 1) p on true
  left join lateral (select sequence from review_mark where review_mark.study_uid = u.uid
    order by sequence desc limit 1) m on true
  left join lateral (select
      max(created_at) filter (where state in ('scheduled', 'in-progress')) as asked_at,
      max(work_item.indication) filter (where work_item.indication = 'suspected-cauda-equina') as indication
    from work_item where work_item.study_uid = u.uid) i on true
  where w.study_uid = u.uid
$$;
create function study_worklist_begins() returns trigger language plpgsql as $$
begin
  insert into study_worklist (study_uid, project_id, patient_key, study_date, study_time, modalities, received_at)
  values (new.study_uid, new.project_id, new.patient_key, coalesce(new.study_date, ''), coalesce(new.study_time, ''),
    new.modalities, new.received_at)
  on conflict (study_uid) do update set project_id = excluded.project_id, patient_key = excluded.patient_key,
    study_date = excluded.study_date, study_time = excluded.study_time, modalities = excluded.modalities,
    received_at = excluded.received_at;
  return null;
end $$;
create trigger study_worklist_of_new after insert on study
  for each row execute function study_worklist_begins();
create trigger study_worklist_of_changed after update on study for each row
  when ((old.project_id, old.patient_key, old.study_date, old.study_time, old.modalities, old.received_at)
    is distinct from (new.project_id, new.patient_key, new.study_date, new.study_time, new.modalities, new.received_at))
  execute function study_worklist_begins();
create function study_worklist_names() returns trigger language plpgsql as $$
begin
  update study_worklist set name_key = case when name_key = '' then new.text else least(name_key, new.text) end
  where study_uid = new.study_uid;
  return null;
end $$;
create trigger study_worklist_of_name after insert on study_name for each row
  when (new.field = 'patient' and new.kind = 'whole') execute function study_worklist_names();
create function study_worklist_follows() returns trigger language plpgsql as $$
begin
  perform refresh_study_worklist(array[new.study_uid]);
  return null;
end $$;
create trigger study_worklist_of_reading after insert on reading
  for each row execute function study_worklist_follows();
create trigger study_worklist_of_judged after update on reading for each row
  when ((old.status, old.urgency_rank, old.urgency_reasons)
    is distinct from (new.status, new.urgency_rank, new.urgency_reasons))
  execute function study_worklist_follows();
create trigger study_worklist_of_order after insert on work_item
  for each row execute function study_worklist_follows();
create trigger study_worklist_of_progress after update on work_item for each row
  when ((old.state, old.indication) is distinct from (new.state, new.indication))
  execute function study_worklist_follows();
create trigger study_worklist_of_report after insert on report
  for each row execute function study_worklist_follows();
create function study_worklist_marked() returns trigger language plpgsql as $$
begin
  perform refresh_study_worklist(array(select distinct study_uid from added));
  return null;
end $$;
create trigger study_worklist_of_marks after insert on review_mark
  referencing new table as added for each statement execute function study_worklist_marked();
insert into study_worklist (study_uid, project_id, patient_key, study_date, study_time, modalities, received_at, name_key)
select study_uid, project_id, patient_key, coalesce(study_date, ''), coalesce(study_time, ''), modalities, received_at,
  coalesce((select min(text collate "C") from study_name where study_name.study_uid = study.study_uid
    and field = 'patient' and kind = 'whole'), '')
from study;
${refreshAll}
-- Ways to look at the list that a person has kept.
create table worklist_view (
  account_id uuid primary key references account on delete cascade,
  -- JSON: names and filters, never a patient's name or number.
  views text not null
);
`,
};
