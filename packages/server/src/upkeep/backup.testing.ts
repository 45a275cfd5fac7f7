/** What the tests of backup and restore share: a folder for each test, and archives that are full or empty. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, onTestFinished } from 'vitest';
import { verifyAudit } from '../audit/index.ts';
import { type Blobs, fileBlobs } from '../ports/blobs/index.ts';
import type { Database } from '../ports/database/index.ts';
import { migrate } from '../schema/index.ts';
import { addOddRows, addStudy, closeIdle, freshPglite } from './archive.testing.ts';
import { fsck } from './fsck.ts';
import { tablesIn } from './rows.ts';

export const now = () => new Date();

/** Every row of every table. */
export async function contents(database: Database): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const { name, quoted } of await tablesIn(database)) {
    const rows = await database.query<{ line: string }>(
      `select to_jsonb(t)::text as line from ${quoted} t order by 1`,
    );
    all[name] = rows.map(({ line }) => line);
  }
  return all;
}

export const good = async (database: Database, blobs: Blobs) => {
  const report = await fsck(database, blobs, { deep: true, repair: false, now, verifyAudit });
  expect(report.problems).toEqual([]);
};

/** A folder of its own for each test of a file. */
export function backupBench() {
  let root = '';
  let number = 0;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'backup-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));
  afterAll(closeIdle);

  const newFiles = () => fileBlobs(join(root, `blobs-${number++}`), { freeSpaceGuardBytes: 0 });
  return {
    get root() {
      return root;
    },
    /** Where the backup goes. */
    get out() {
      return join(root, 'out');
    },
    newFiles,
    restoring: () => ({
      verifyAudit,
      staging: { folder: join(root, 'incoming'), freeSpaceGuardBytes: 0 },
    }),
    async filled(open: () => Promise<Database> = freshPglite, blobs: Blobs = newFiles()) {
      const database = await open();
      onTestFinished(() => database.close());
      await migrate(database);
      await addStudy(database, blobs, '1.2', 8);
      await addStudy(database, blobs, '1.3', 4, 30_000);
      await addOddRows(database);
      return { database, blobs };
    },
    async empty(open: () => Promise<Database> = freshPglite) {
      const database = await open();
      onTestFinished(() => database.close());
      return { database, blobs: newFiles() };
    },
  };
}
