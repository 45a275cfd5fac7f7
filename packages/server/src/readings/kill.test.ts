/** Promise 1 for readings: a server that is killed in the middle of one loses nothing, and leaves nothing running. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { systemIdentity } from '../access/index.ts';
import { newUid } from '../archive/archive.testing.ts';
import { openTestPglite } from '../ports/database/embedded.testing.ts';
import { openPostgres } from '../ports/database/index.ts';
import { migrate } from '../schema/index.ts';
import { ownDatabase, POSTGRES, quickRead, serverOver, smallStudy } from './readings.testing.ts';

const SERVER = fileURLToPath(new URL('./killed-server.testing.ts', import.meta.url));

/** Runs the server until its reading process runs, then kills it as the system would. */
async function killedWhileReading(args: readonly string[]): Promise<{ readingPid: number }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', SERVER, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    let said = '';
    for await (const chunk of child.stdout) {
      said += chunk;
      const pid = /reading in (\d+)\n/.exec(said)?.[1];
      if (pid !== undefined) return { readingPid: Number(pid) };
    }
    throw new Error(`The server ended by itself: ${said}`);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

// The reading process of the tests does what stands anywhere in its first file.
const waits = () => smallStudy(1, { SeriesDescription: 'wait', SeriesInstanceUID: newUid() });

async function comesBack(folder: string, url: string | undefined): Promise<void> {
  const open = () =>
    url === undefined ? openTestPglite(join(folder, 'database')) : Promise.resolve(openPostgres(url));
  const before = await open();
  await migrate(before);
  const first = serverOver(before, folder);
  const { studyUid, files } = waits();
  await first.store(files);
  const asking = await first.open();
  const item = await asking.readingsFor(systemIdentity('system')).request(studyUid);
  await first.close();

  const { readingPid } = await killedWhileReading(url === undefined ? [folder] : [folder, url]);
  await expect.poll(() => isAlive(readingPid), { timeout: 10_000 }).toBe(false);

  const again = serverOver(await open(), folder);
  try {
    const room = await again.open();
    const readings = room.readingsFor(systemIdentity('system'));
    expect(await readings.ofStudy(studyUid)).toMatchObject({
      readings: [],
      open: [{ jobId: item?.jobId, state: 'in-progress', attempts: 1 }],
    });
    let reads = 0;
    await room.work({
      read: (given, call) => {
        reads++;
        return quickRead(given, call);
      },
    });
    await expect
      .poll(async () => (await readings.ofStudy(studyUid))?.readings.length, {
        timeout: 45_000,
        interval: 500,
      })
      .toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(reads).toBe(1);
    expect(await readings.ofStudy(studyUid)).toMatchObject({
      readings: [{ status: 'unreviewed', outcome: 'read', jobId: item?.jobId }],
      open: [],
    });
    expect(await readings.workItem(item?.jobId as string)).toMatchObject({ state: 'completed', attempts: 2 });
  } finally {
    await again.close();
  }
}

test('killed in the middle of a reading (PGlite on disk): the job comes back and is read once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'promontory-killed-'));
  try {
    await comesBack(folder, undefined);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

test.skipIf(POSTGRES === undefined)(
  'killed in the middle of a reading (PostgreSQL): another machine takes it',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'promontory-killed-'));
    const own = await ownDatabase();
    try {
      await comesBack(folder, own.url);
    } finally {
      await own.drop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  120_000,
);
