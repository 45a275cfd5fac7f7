import type { Database } from '../ports/database/index.ts';
import type { Migration } from './migration.ts';
import { MIGRATIONS } from './migrations.ts';

/** One process migrates at a time; any number, as long as all use the same. */
const LOCK = 7_031_105;

/** The database was made by a later version. Start that version, or restore a backup of this one. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew';
}

/**
 * Brings the schema up to date, each migration in a transaction of its own.
 * @returns the migrations that were run
 * @throws SchemaTooNew; nothing was changed then
 */
export async function migrate(
  database: Database,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<string[]> {
  await database.script(
    'create table if not exists schema_migration (id text primary key, at timestamptz not null default now())',
  );
  const done: string[] = [];
  for (const migration of migrations) {
    const ran = await database.transaction(async (sql) => {
      await sql.query('select pg_advisory_xact_lock($1)', [LOCK]);
      const rows = await sql.query<{ id: string }>('select id from schema_migration');
      const unknown = rows.filter(({ id }) => !migrations.some((known) => known.id === id));
      if (unknown.length > 0)
        throw new SchemaTooNew('The data folder or database was written by a later version of Promontory.');
      if (rows.some(({ id }) => id === migration.id)) return false;
      for (const statement of statements(migration.sql)) await sql.query(statement);
      await sql.query('insert into schema_migration (id) values ($1)', [migration.id]);
      return true;
    });
    if (ran) done.push(migration.id);
  }
  return done;
}

/** Cut at the semicolons that end a line outside `$$`. */
export function statements(text: string): string[] {
  const out: string[] = [];
  let current = '';
  let quoted = false;
  for (const line of text.split('\n')) {
    current += `${line}\n`;
    if (line.split('$$').length % 2 === 0) quoted = !quoted;
    if (!quoted && line.trimEnd().endsWith(';')) {
      out.push(current.trim());
      current = '';
    }
  }
  if (current.trim() !== '') out.push(current.trim());
  return out;
}
