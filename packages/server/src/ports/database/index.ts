export { type Database, DatabaseUnavailable, isUniqueViolation, type Sql } from './database.ts';
export { openPglite } from './pglite.ts';
export { openPostgres } from './postgres.ts';
