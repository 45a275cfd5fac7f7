/** Who may review what, and whose turn a study is. */
import { DEEDS_OF, type Reach, ROLES } from '../access/index.ts';
import type { StudyOwner } from '../archive/index.ts';
import type { Sql } from '../ports/database/index.ts';

export interface Reviewer {
  readonly accountId: string;
  readonly displayName: string;
}

const REVIEWING = ROLES.filter((role) => DEEDS_OF[role].includes('review'));

/** @returns whether the account may sign in, and may review this study */
export async function mayReview(sql: Sql, accountId: string, owner: StudyOwner): Promise<boolean> {
  const rows = await sql.query(
    `select 1 from account a where account_id = $1 and disabled_at is null and (
       exists (select 1 from role_grant g where g.account_id = a.account_id and role = any($2::text[])
         and project_id in ('*', $3))
       or exists (select 1 from patient_grant g where g.account_id = a.account_id and role = any($2::text[])
         and patient_key = $4))`,
    [accountId, REVIEWING, owner.projectId, owner.patientKey],
  );
  return rows.length > 0;
}

/** Accounts that may review something of what the asker may: of other projects nobody is named. */
export async function reviewersWithin(sql: Sql, reach: Reach): Promise<Reviewer[]> {
  const rows = await sql.query<{ account_id: string; display_name: string }>(
    `select account_id, display_name from account a where disabled_at is null and (
       exists (select 1 from role_grant g where g.account_id = a.account_id and role = any($1::text[])
         and ($2 or project_id = '*' or project_id = any($3::text[])))
       or exists (select 1 from patient_grant g where g.account_id = a.account_id and role = any($1::text[])
         and ($2 or patient_key = any($4::text[]))))
     order by lower(display_name), account_id`,
    [REVIEWING, reach.all, reach.all ? [] : reach.projectIds, reach.all ? [] : reach.patientKeys],
  );
  return rows.map((row) => ({ accountId: row.account_id, displayName: row.display_name }));
}

export async function assign(sql: Sql, studyUid: string, accountId: string | null): Promise<void> {
  await sql.query('update study_worklist set assigned_to = $2::uuid where study_uid = $1', [
    studyUid,
    accountId,
  ]);
}
