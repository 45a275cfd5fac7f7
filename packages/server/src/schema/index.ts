export { migrate, SchemaTooNew } from './migrate.ts';
export type { Migration } from './migration.ts';
export { MIGRATIONS } from './migrations.ts';
