/** Every statement on subscriptions, by name: PS3.4 table CC.2.3-2, without deletion locks. */
import type { Sql } from '../ports/database/index.ts';
import type { Subscriber } from './event-rows.ts';
import { type ItemQuery, OPEN, STEP_STATE } from './work-item-rows.ts';

/** In each of these an item that is matched by a filter once stays subscribed, whatever becomes of it. */
const MATCHES = `(g.states is null or ${STEP_STATE} = any(g.states))
     and (g.priority_from is null or w.priority >= g.priority_from)
     and (g.priority_below is null or w.priority < g.priority_below)
     and (g.study_uid is null or w.study_uid = g.study_uid)`;

/** A new item comes to those whose filter lets it through. */
export async function subscribeToNewItem(sql: Sql, jobId: string, now: Date): Promise<void> {
  await sql.query(
    `insert into work_item_subscription (job_id, account_id, ae_title, subscribed, by_filter, since)
     select w.job_id, g.account_id, g.ae_title, true, true, $2::timestamptz
     from work_item w join worklist_subscription g on g.scope = 'filtered' and ${MATCHES}
     where w.job_id = $1 on conflict do nothing`,
    [jobId, now.toISOString()],
  );
}

/** To all that is and will be: what was left out is left out no more. */
export async function subscribeToAll(sql: Sql, { accountId, aeTitle }: Subscriber, now: Date): Promise<void> {
  await sql.query(
    `insert into worklist_subscription (account_id, ae_title, scope, since) values ($1, $2, 'all', $3)
     on conflict (account_id, ae_title, scope) do update set suspended_at = null, since = excluded.since`,
    [accountId, aeTitle, now.toISOString()],
  );
  await sql.query(
    'delete from work_item_subscription where account_id = $1 and ae_title = $2 and not subscribed',
    [accountId, aeTitle],
  );
}

/** Of what is there already, to what has not ended: the rest is not told of any more. */
export async function subscribeFiltered(
  sql: Sql,
  { accountId, aeTitle }: Subscriber,
  filter: ItemQuery,
  now: Date,
): Promise<void> {
  await sql.query(
    `insert into worklist_subscription
       (account_id, ae_title, scope, states, priority_from, priority_below, study_uid, since)
     values ($1, $2, 'filtered', $3, $4, $5, $6, $7)
     on conflict (account_id, ae_title, scope) do update set states = excluded.states,
       priority_from = excluded.priority_from, priority_below = excluded.priority_below,
       study_uid = excluded.study_uid, since = excluded.since`,
    [
      accountId,
      aeTitle,
      filter.states ?? null,
      filter.priorityFrom ?? null,
      filter.priorityBelow ?? null,
      filter.studyUid ?? null,
      now.toISOString(),
    ],
  );
  await sql.query(
    `insert into work_item_subscription (job_id, account_id, ae_title, subscribed, by_filter, since)
     select w.job_id, g.account_id, g.ae_title, true, true, $3::timestamptz
     from worklist_subscription g join work_item w on ${MATCHES}
     where g.account_id = $1 and g.ae_title = $2 and g.scope = 'filtered' and ${OPEN}
     on conflict (job_id, account_id, ae_title) do update
       set subscribed = true, by_filter = true, since = excluded.since where not work_item_subscription.subscribed`,
    [accountId, aeTitle, now.toISOString()],
  );
}

/** To one item, or not to it. */
export async function setItemSubscription(
  sql: Sql,
  { accountId, aeTitle }: Subscriber,
  jobId: string,
  subscribed: boolean,
  now: Date,
): Promise<void> {
  await sql.query(
    `insert into work_item_subscription (job_id, account_id, ae_title, subscribed, by_filter, since)
     values ($1, $2, $3, $4, false, $5)
     on conflict (job_id, account_id, ae_title) do update
       set subscribed = excluded.subscribed, by_filter = false, since = excluded.since`,
    [jobId, accountId, aeTitle, subscribed, now.toISOString()],
  );
}

export async function hearsItem(
  sql: Sql,
  { accountId, aeTitle }: Subscriber,
  jobId: string,
): Promise<boolean> {
  const [row] = await sql.query<{ hears: boolean }>(
    `select coalesce(
       (select subscribed from work_item_subscription where job_id = $3 and account_id = $1 and ae_title = $2),
       exists (select 1 from worklist_subscription g, work_item w
         where g.account_id = $1 and g.ae_title = $2 and g.scope = 'all' and w.job_id = $3
           and (g.suspended_at is null or w.created_at <= g.suspended_at))) as hears`,
    [accountId, aeTitle, jobId],
  );
  return row?.hears === true;
}

/** @returns whether there was anything */
export async function unsubscribeFromAll(sql: Sql, { accountId, aeTitle }: Subscriber): Promise<boolean> {
  const whole = await sql.query(
    'delete from worklist_subscription where account_id = $1 and ae_title = $2 returning scope',
    [accountId, aeTitle],
  );
  const single = await sql.query(
    'delete from work_item_subscription where account_id = $1 and ae_title = $2 returning job_id',
    [accountId, aeTitle],
  );
  return whole.length + single.length > 0;
}

/** The filter and the items that came by it. @returns whether there was a filter or such an item */
export async function unsubscribeFiltered(sql: Sql, { accountId, aeTitle }: Subscriber): Promise<boolean> {
  const whole = await sql.query(
    `delete from worklist_subscription where account_id = $1 and ae_title = $2 and scope = 'filtered' returning scope`,
    [accountId, aeTitle],
  );
  const single = await sql.query(
    'delete from work_item_subscription where account_id = $1 and ae_title = $2 and by_filter returning job_id',
    [accountId, aeTitle],
  );
  return whole.length + single.length > 0;
}

/** Nothing new is subscribed to; what is, stays. @returns whether there was one that was not suspended */
export async function suspendSubscription(
  sql: Sql,
  { accountId, aeTitle }: Subscriber,
  scope: 'all' | 'filtered',
  now: Date,
): Promise<boolean> {
  const rows =
    scope === 'all'
      ? await sql.query(
          `update worklist_subscription set suspended_at = $3
           where account_id = $1 and ae_title = $2 and scope = 'all' and suspended_at is null returning scope`,
          [accountId, aeTitle, now.toISOString()],
        )
      : await sql.query(
          `delete from worklist_subscription where account_id = $1 and ae_title = $2 and scope = 'filtered'
           returning scope`,
          [accountId, aeTitle],
        );
  return rows.length > 0;
}

/** To what ended before: all of it has been told. */
export async function forgetEndedSubscriptions(sql: Sql, before: Date): Promise<void> {
  await sql.query(
    `delete from work_item_subscription i using work_item
     where work_item.job_id = i.job_id and not (${OPEN}) and changed_at < $1`,
    [before.toISOString()],
  );
}

/** Other names under which the account subscribes. */
export async function countOtherTitles(sql: Sql, { accountId, aeTitle }: Subscriber): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    `select count(distinct ae_title)::int as count from (
       select ae_title from worklist_subscription where account_id = $1
       union all select ae_title from work_item_subscription where account_id = $1) as all_titles
     where ae_title <> $2`,
    [accountId, aeTitle],
  );
  return row?.count ?? 0;
}
