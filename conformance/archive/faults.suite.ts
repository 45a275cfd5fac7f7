/**
 * What breaks around the server: a full disk, a database or object store that is gone and comes back, slow and half-open
 * connections, instances that come twice or with other content (reliability row 15).
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, type Engines, openEngine, testEngines } from './engines.ts';
import { told, watchHealth } from './health-watch.ts';
import { AS_KEPT, mrFile, multipart, newUid, retrieve, type Stowed, stowFiles } from './instances.ts';
import { type OwnPostgres, ownPostgres } from './peers/postgres.ts';
import { type Started, startPromontory } from './peers/promontory.ts';
import { openWire, type Wire } from './peers/wire.ts';
import { closed, openSocket } from './raw-http.ts';
import { say } from './say.ts';

const MIB = 2 ** 20;
const OUT_OF_RESOURCES = 0xa700;
const CONFLICT = 0x0110;
const kept = async (server: Started, file: { bytes: Buffer; studyUid: string }): Promise<boolean> => {
  const { status, parts } = await retrieve(server, `/studies/${file.studyUid}`, AS_KEPT);
  return status === 200 && parts.some((part) => part.equals(file.bytes));
};
const stow = (server: Started, ...files: readonly { readonly bytes: Buffer }[]): Promise<Stowed> =>
  stowFiles(
    server,
    files.map(({ bytes }) => bytes),
  );
const health = async (server: Started): Promise<number> =>
  (await fetch(`${server.origin}/api/health`)).status;

/** Asks until it is as expected. @returns milliseconds */
async function until(expected: () => Promise<boolean>, limitMs: number): Promise<number> {
  const start = performance.now();
  while (!(await expected())) {
    if (performance.now() - start > limitMs) throw new Error(`Not within ${limitMs} ms.`);
    await wait(200);
  }
  return Math.round(performance.now() - start);
}

const GUARD = 64 * MIB;
const DISK = 420 * MIB;

describe('a full disk', () => {
  let disk: string;
  let mounted = false;
  let engine: Engine;
  let server: Started;
  beforeAll(async () => {
    disk = mkdtempSync(join(tmpdir(), 'promontory-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', disk], { stdio: 'ignore' });
      mounted = true;
    } catch {
      return say('faults: a disk cannot be mounted here, so the full disk is left out');
    }
    engine = await openEngine({ folder: disk });
    server = await startPromontory(engine.start({ storage: { freeSpaceGuardBytes: GUARD } }));
  });
  afterAll(async () => {
    await server?.stop();
    await engine?.release();
    if (mounted) execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true, force: true });
  });
  /** Where it has to run, a suite that cannot is a failure. */
  const needsDisk = (skip: (note: string) => void) => {
    if (mounted) return;
    if (process.env.CI !== undefined) throw new Error('No disk can be mounted.');
    skip('no disk can be mounted');
  };
  const freeBytes = (): number => {
    const { bavail, bsize } = statfsSync(disk);
    return bavail * bsize;
  };
  const ballast = () => join(disk, 'ballast');
  function fillUpTo(left: number): void {
    writeFileSync(ballast(), '');
    while (freeBytes() > left) appendFileSync(ballast(), Buffer.alloc(Math.min(MIB, freeBytes() - left)));
  }

  test('below the guarded space: refused by instance, reads go on, and after room is made it works', async ({
    skip,
  }) => {
    needsDisk(skip);
    const study = newUid();
    const before = mrFile({ studyUid: study, pixels: 256 });
    expect((await stow(server, before)).status).toBe(200);
    fillUpTo(GUARD - MIB);
    await wait(1_500);
    // Above 8 MiB it waits on the disk in every engine; below, only files need the disk.
    const large = mrFile({ studyUid: study, pixels: 2_300 });
    const small = mrFile({ studyUid: study, pixels: 64 });
    const { status, stored, failed } = await stow(server, large, small);
    if (engine.embedded) {
      expect([status, stored]).toEqual([503, []]);
      expect([...failed.values()]).toEqual([OUT_OF_RESOURCES]);
    } else expect([status, stored]).toEqual([202, [small.sopUid]]);
    expect(await kept(server, before)).toBe(true);
    expect((await fetch(`${server.root}/studies?limit=5`, { headers: server.headers })).status).toBe(200);
    expect(await health(server)).toBe(200);
    rmSync(ballast());
    await wait(1_500);
    expect((await stow(server, large, small)).status).toBe(200);
    expect(await kept(server, large)).toBe(true);
  });

  test('full to the last byte: no lie, no crash, and after room is made it works', async ({ skip }) => {
    needsDisk(skip);
    const before = mrFile({ pixels: 256 });
    expect((await stow(server, before)).status).toBe(200);
    fillUpTo(0);
    await wait(1_500);
    const refused: (typeof before)[] = [];
    for (let i = 0; i < 10; i++) {
      const file = mrFile({ pixels: 64 });
      const { status, stored } = await stow(server, file);
      if (stored.length === 0) refused.push(file);
      if (engine.embedded) expect([503, 507]).toContain(status);
    }
    const read = await retrieve(server, `/studies/${before.studyUid}`, AS_KEPT);
    say(`faults: reading with no byte left on the disk: ${read.status}`);
    expect(read.status).toBe(200);
    expect(await health(server)).toBe(200);
    rmSync(ballast());
    await wait(1_500);
    for (const file of refused) {
      expect(await kept(server, file)).toBe(false);
      expect((await stow(server, file)).status).toBe(200);
      expect(await kept(server, file)).toBe(true);
    }
    expect(await kept(server, before)).toBe(true);
  });
});

describe.skipIf(testEngines === undefined)('database and object store that go and come back', () => {
  let postgres: OwnPostgres | undefined;
  let database: Wire;
  let store: Wire;
  let engine: Engine;
  let server: Started;
  beforeAll(async () => {
    const given = testEngines as Engines;
    postgres = await ownPostgres();
    const engines = { ...given, postgres: postgres?.url ?? given.postgres };
    database = await openWire(engines.postgres);
    store = await openWire(engines.s3);
    const url = new URL(engines.postgres);
    url.port = String(database.port);
    engine = await openEngine({
      engines,
      through: { postgres: url.href, s3: `http://127.0.0.1:${store.port}` },
    });
    server = await startPromontory(engine.start());
    expect((await stow(server, mrFile())).status).toBe(200);
  });
  afterAll(async () => {
    await server?.stop('SIGKILL');
    await database?.close();
    await store?.close();
    await engine?.release();
    postgres?.remove();
  });

  /** Every route that needs the database says so, and when to come again; health answers. */
  async function saysUnavailable(paths: readonly string[]): Promise<void> {
    const file = mrFile();
    const { body, type } = multipart([file.bytes]);
    const answers = await Promise.all([
      fetch(`${server.root}/studies`, {
        method: 'POST',
        headers: { ...server.headers, 'content-type': type },
        body: new Uint8Array(body),
      }),
      ...paths.map((path) => fetch(`${server.root}${path}`, { headers: server.headers })),
    ]);
    for (const answer of answers) {
      await answer.arrayBuffer();
      expect([new URL(answer.url).pathname, answer.status]).toEqual([new URL(answer.url).pathname, 503]);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(await health(server)).toBe(200);
  }
  const worksAgain = async (name: string) => {
    const ms = await until(async () => (await stow(server, mrFile())).status === 200, 30_000);
    say(`faults: ${name}: stored again ${ms} ms after it was back`);
  };

  test('the database is shut down, in order and as by a crash', async () => {
    if (postgres === undefined) return say('faults: no initdb here, so only the connection is cut');
    for (const how of ['fast', 'immediate'] as const) {
      postgres.stop(how);
      await saysUnavailable(['/studies?limit=1']);
      expect((await fetch(`${server.origin}/api/ready`)).status).toBe(503);
      postgres.start();
      await worksAgain(`database, ${how}`);
    }
  });

  test('it is shut down under load: what was acknowledged is there', async () => {
    const study = newUid();
    const acknowledged: { bytes: Buffer; studyUid: string }[] = [];
    let over = false;
    const loads = Array.from({ length: 3 }, async () => {
      while (!over) {
        const file = mrFile({ studyUid: study, pixels: 64 });
        const { status } = await stow(server, file);
        if (status === 200) acknowledged.push(file);
        else expect(status).toBe(503);
      }
    });
    for (let round = 0; round < 3; round++) {
      await wait(500);
      if (postgres === undefined) {
        await database.cut();
        await wait(300);
        await database.mend();
      } else {
        postgres.stop(round % 2 === 0 ? 'immediate' : 'fast');
        await wait(300);
        postgres.start();
      }
    }
    await wait(500);
    over = true;
    await Promise.all(loads);
    const { parts } = await retrieve(server, `/studies/${study}`, AS_KEPT);
    const there = new Set(parts.map((part) => part.toString('latin1')));
    expect(acknowledged.length).toBeGreaterThan(10);
    expect(acknowledged.filter(({ bytes }) => !there.has(bytes.toString('latin1')))).toEqual([]);
    say(`faults: ${acknowledged.length} acknowledged over 3 shutdowns of the database, all there`);
  });

  test('the object store is gone: nothing is stored or read, what is known of it is still told', async () => {
    const file = mrFile();
    expect((await stow(server, file)).status).toBe(200);
    await store.cut();
    await saysUnavailable([`/studies/${file.studyUid}`]);
    expect((await fetch(`${server.root}/studies?limit=1`, { headers: server.headers })).status).toBe(200);
    await store.mend();
    await worksAgain('object store');
    expect(await kept(server, file)).toBe(true);
  });

  test('a network that swallows: the database is given up within a minute, health never waits', async () => {
    const watch = watchHealth(server.origin);
    database.swallow();
    const start = performance.now();
    await saysUnavailable(['/studies?limit=1']);
    say(`faults: swallowed database given up after ${Math.round(performance.now() - start)} ms`);
    expect(performance.now() - start).toBeLessThan(90_000);
    await database.mend();
    await worksAgain('swallowed database');
    const seen = await watch.end();
    say(`faults: ${told(seen)}`);
    expect(seen.failed).toBe(0);
  });
});

describe('a house that is full', () => {
  const MOST = 24;
  let engine: Engine;
  let server: Started;
  beforeAll(async () => {
    engine = await openEngine();
    const connections = { most: MOST, headerSeconds: 2, idleSeconds: 30, bodySeconds: 3 };
    server = await startPromontory(engine.start({ connections }));
  });
  afterAll(async () => {
    await server?.stop();
    await engine?.release();
  });
  const open = async (n: number) => {
    const all = await Promise.all(Array.from({ length: n }, () => openSocket(server.origin)));
    for (const socket of all) socket.on('error', () => {});
    return all;
  };

  test('ten times as many silent connections as there are places keep nobody out', async () => {
    const watch = watchHealth(server.origin);
    const silent = await open(10 * MOST);
    for (let i = 0; i < 10; i++) expect((await stow(server, mrFile({ pixels: 64 }))).status).toBe(200);
    const seen = await watch.end();
    say(`faults: beside ${silent.length} silent connections: ${told(seen)}`);
    expect(seen.failed).toBe(0);
    const ms = Math.max(...(await Promise.all(silent.map(closed))));
    expect(ms).toBeLessThan(20_000);
  });

  test('every place taken by a stalled upload: health is answered, and the places are free again soon', async () => {
    const file = mrFile({ pixels: 512 });
    const { body, type } = multipart([file.bytes]);
    const stalled = await open(MOST);
    for (const socket of stalled)
      socket.write(
        `POST /dicom-web/studies HTTP/1.1\r\nHost: ${new URL(server.origin).host}\r\nAuthorization: ${server.headers.authorization}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
    const drip = setInterval(() => {
      for (const socket of stalled) if (!socket.destroyed) socket.write(Buffer.from('x'));
    }, 200);
    await wait(500);
    const watch = watchHealth(server.origin);
    const ms = Math.max(...(await Promise.all(stalled.map(closed))));
    clearInterval(drip);
    const seen = await watch.end();
    say(`faults: dripping uploads were ended after ${Math.round(ms)} ms; ${told(seen)}`);
    expect(ms).toBeLessThan(20_000);
    expect(seen.failed).toBe(0);
    expect((await stow(server, file)).status).toBe(200);
  });
});

describe('with a whole world', () => {
  let engine: Engine;
  let server: Started;
  beforeAll(async () => {
    engine = await openEngine();
    server = await startPromontory(engine.start());
    expect((await stow(server, mrFile())).status).toBe(200);
  });
  afterAll(async () => {
    await server?.stop();
    await engine?.release();
  });
  const head = (lines: string) =>
    `POST /dicom-web/studies HTTP/1.1\r\nHost: ${new URL(server.origin).host}\r\nAuthorization: ${server.headers.authorization}\r\n${lines}\r\n`;

  test('200 idle, 50 slow-loris and 50 stalled connections: others are served, and the slow ones are ended', async () => {
    const watch = watchHealth(server.origin);
    const sockets: Socket[] = [];
    const open = async (n: number) => {
      const all = await Promise.all(Array.from({ length: n }, () => openSocket(server.origin)));
      for (const socket of all) socket.on('error', () => {});
      sockets.push(...all);
      return all;
    };
    await open(200);
    const loris = await open(50);
    const ended = Promise.all(loris.map(closed));
    for (const socket of loris) socket.write('GET /api/health HTTP/1.1\r\n');
    const drip = setInterval(() => {
      for (const socket of loris) if (!socket.destroyed) socket.write('X-a: b\r\n');
    }, 1_000);
    const file = mrFile({ pixels: 512 });
    const { body, type } = multipart([file.bytes]);
    const stalled = await open(50);
    for (const [i, socket] of stalled.entries()) {
      socket.write(head(`Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n`));
      socket.write(body.subarray(0, (body.length * i) / 50));
    }
    for (let i = 0; i < 20; i++) expect((await stow(server, mrFile({ pixels: 64 }))).status).toBe(200);
    // A stalled upload of the same instance is no obstacle, and leaves nothing.
    expect((await stow(server, file)).status).toBe(200);
    const ms = Math.max(
      ...(await Promise.race([ended, wait(60_000).then(() => [Number.POSITIVE_INFINITY])])),
    );
    clearInterval(drip);
    say(`faults: slow-loris connections were ended after ${Math.round(ms)} ms`);
    expect(ms).toBeLessThan(60_000);
    for (const socket of sockets) socket.destroy();
    const seen = await watch.end();
    say(`faults: beside slow connections: ${told(seen)}`);
    expect(seen.failed).toBe(0);
    expect(seen.p99).toBeLessThan(1_000);
    expect(await kept(server, file)).toBe(true);
  });

  test('a slow body is waited for', async () => {
    const file = mrFile({ pixels: 64 });
    const { body, type } = multipart([file.bytes]);
    const socket = await openSocket(server.origin);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.write(head(`Content-Type: ${type}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n`));
    for (let at = 0; at < body.length; at += Math.ceil(body.length / 20)) {
      socket.write(body.subarray(at, at + Math.ceil(body.length / 20)));
      await wait(150);
    }
    await closed(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(await kept(server, file)).toBe(true);
  });

  describe('an instance that is there already', () => {
    const original = mrFile({ pixels: 32, fill: 1 });
    const { studyUid, seriesUid, sopUid } = original;
    const other = (fill: number) => mrFile({ studyUid, seriesUid, sopUid, pixels: 32, fill });

    test('the same bytes succeed', async () => {
      for (let i = 0; i < 3; i++) {
        const { status, stored } = await stow(server, original);
        expect([status, stored]).toEqual([200, [sopUid]]);
      }
      const twice = await stow(server, original, original);
      expect([twice.status, twice.failed.size]).toEqual([200, 0]);
    });

    test('another content: 272, 409 where nothing was stored, 202 where some was; the original stays', async () => {
      const alone = await stow(server, other(2));
      expect([alone.status, [...alone.failed]]).toEqual([409, [[sopUid, CONFLICT]]]);
      const good = mrFile();
      const some = await stow(server, other(3), good);
      expect([some.status, some.stored, [...some.failed]]).toEqual([
        202,
        [good.sopUid],
        [[sopUid, CONFLICT]],
      ]);
      expect((await retrieve(server, `/studies/${studyUid}`, AS_KEPT)).parts).toEqual([original.bytes]);
    });

    test('under another study, and from many at once: one wins, all others are told', async () => {
      const moved = await stow(server, mrFile({ seriesUid, sopUid }));
      expect([moved.status, [...moved.failed]]).toEqual([409, [[sopUid, CONFLICT]]]);
      const series = await stow(server, mrFile({ seriesUid }));
      expect([series.status, [...series.failed.values()]]).toEqual([409, [CONFLICT]]);
      const uids = { studyUid: newUid(), seriesUid: newUid(), sopUid: newUid() };
      const rivals = Array.from({ length: 12 }, (_, i) => mrFile({ ...uids, pixels: 32, fill: 10 + i }));
      const answers = await Promise.all(rivals.map((file) => stow(server, file)));
      const won = rivals.filter((_, i) => answers[i]?.status === 200);
      expect(won).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(11);
      expect((await retrieve(server, `/studies/${uids.studyUid}`, AS_KEPT)).parts).toEqual([won[0]?.bytes]);
    });

    test('each conflict stands in the audit, and the chain is whole', async () => {
      const asked = async (path: string) =>
        (
          await fetch(`${server.origin}/api/audit${path}`, { headers: { cookie: server.cookie as string } })
        ).json();
      const { records } = (await asked(`?action=conflict&study=${studyUid}`)) as {
        records: { outcome: string; detail: { sopInstanceUids: string[] } }[];
      };
      expect(records.length).toBeGreaterThanOrEqual(2);
      for (const { outcome, detail } of records) {
        expect(outcome).toBe('refused');
        expect(detail.sopInstanceUids).toContain(sopUid);
      }
      expect(await asked('/verify')).toMatchObject({ whole: true });
    });
  });
});
