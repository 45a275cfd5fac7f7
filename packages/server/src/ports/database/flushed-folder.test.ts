import { fsyncSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openTestPglite } from './embedded.testing.ts';

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return { ...fs, fsyncSync: vi.fn(fs.fsyncSync) };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'promontory-flushed-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a commit, a checkpoint and a new database are flushed; reading is not', async () => {
  const index = join(folder, 'index');
  const flushed = vi.mocked(fsyncSync);
  const database = await openTestPglite(index);
  expect(flushed.mock.calls.length).toBeGreaterThan(100);
  try {
    expect(await database.query('show fsync')).toEqual([{ fsync: 'on' }]);
    expect(await database.query('show synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
    await database.script('create table t (a int)');
    for (let i = 0; i < 3; i++) {
      flushed.mockClear();
      await database.transaction((sql) => sql.query('insert into t values ($1)', [i]));
      expect(flushed).toHaveBeenCalled();
    }
    flushed.mockClear();
    await database.query('select * from t');
    expect(flushed).not.toHaveBeenCalled();
    await database.script('checkpoint');
    expect(flushed.mock.calls.length).toBeGreaterThan(5);
  } finally {
    await database.close();
  }
  const again = await openTestPglite(index);
  expect(await again.query('select count(*)::int as n from t')).toEqual([{ n: 3 }]);
  await again.close();
});
