import type { Sql } from '../ports/database/index.ts';

/** @returns JSON as it was kept */
export async function viewsOf(sql: Sql, accountId: string): Promise<string | undefined> {
  const [row] = await sql.query<{ views: string }>('select views from worklist_view where account_id = $1', [
    accountId,
  ]);
  return row?.views;
}

export async function keepViews(sql: Sql, accountId: string, views: string): Promise<void> {
  await sql.query(
    `insert into worklist_view (account_id, views) values ($1, $2)
     on conflict (account_id) do update set views = excluded.views`,
    [accountId, views],
  );
}
