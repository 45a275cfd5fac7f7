/**
 * An existing PACS as the archive, over DICOMweb: Debian's Orthanc, and a second Promontory. Followed, stored into, read
 * back byte for byte, killed and back, altered behind our back; and ourselves killed while we follow.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hasCommand } from '../oracle.ts';
import { type Engine, openEngine } from './engines.ts';
import { AS_KEPT, type MrFile, type MrValues, mrFile, newUid, retrieve, stowFiles } from './instances.ts';
import { freePort, startOrthanc } from './peers/orthanc.ts';
import {
  launch,
  NotStarted,
  runCommand,
  type Started,
  type StartOptions,
  startPromontory,
} from './peers/promontory.ts';
import { say, seeded } from './say.ts';

if (!hasCommand('Orthanc') && process.env.CI === 'true') throw new Error('Orthanc is not installed');

const SEED = Number(process.env.PROMONTORY_KILL_SEED ?? Date.now() % 1_000_000);
const KILLS = Number(process.env.PROMONTORY_PACS_KILLS ?? 6);
const CANARY = 'Zebrowska^Quirina';
const OUT_OF_RESOURCES = 0xa700;

/** A PACS that a test may end and change. */
interface Pacs {
  readonly root: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For our server. */
  readonly environment: Readonly<Record<string, string>>;
  crash(): Promise<unknown>;
  again(): Promise<unknown>;
  remove(file: MrFile): Promise<unknown>;
  stop(): Promise<unknown>;
}

async function orthancPacs(): Promise<Pacs> {
  const orthanc = await startOrthanc();
  return {
    root: orthanc.root,
    headers: {},
    environment: {},
    crash: orthanc.crash,
    again: orthanc.again,
    async remove({ sopUid }) {
      const found = await fetch(`${orthanc.origin}/tools/find`, {
        method: 'POST',
        body: JSON.stringify({ Level: 'Instance', Query: { SOPInstanceUID: sopUid } }),
      });
      const [id] = (await found.json()) as string[];
      await fetch(`${orthanc.origin}/instances/${id}`, { method: 'DELETE' });
    },
    stop: orthanc.stop,
  };
}

async function promontoryPacs(): Promise<Pacs> {
  const folder = mkdtempSync(join(tmpdir(), 'promontory-pacs-'));
  const settings = { port: await freePort() };
  let server = await startPromontory({ folder, settings });
  let isUp = true;
  const { token, root, headers } = server;
  return {
    root,
    headers,
    environment: { PROMONTORY_PACS_TOKEN: token },
    async crash() {
      await server.stop('SIGKILL');
      isUp = false;
    },
    async again() {
      if (isUp) return;
      server = await startPromontory({ folder, settings, token });
      isUp = true;
    },
    remove: ({ studyUid, seriesUid, sopUid }) =>
      fetch(`${root}/studies/${studyUid}/series/${seriesUid}/instances/${sopUid}`, {
        method: 'DELETE',
        headers,
      }),
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const give = (target: Pick<Pacs, 'root' | 'headers'>, ...files: readonly MrFile[]) =>
  stowFiles(
    target,
    files.map(({ bytes }) => bytes),
  );
const contents = (files: readonly Buffer[]) => files.map((file) => file.toString('base64')).sort();
const sent = (files: readonly MrFile[]) => contents(files.map(({ bytes }) => bytes));
async function held(target: Pick<Pacs, 'root' | 'headers'>, studyUid: string): Promise<string[]> {
  const { status, parts } = await retrieve(target, `/studies/${studyUid}`, AS_KEPT);
  return status === 200 ? contents(parts) : [];
}
const study = (instances = 3, values: MrValues = {}): MrFile[] => {
  const [studyUid, seriesUid] = [newUid(), newUid()];
  return Array.from({ length: instances }, () =>
    mrFile({ studyUid, seriesUid, patientName: CANARY, ...values }),
  );
};
const uidOf = (files: readonly MrFile[]): string => (files[0] as MrFile).studyUid;
async function until(expected: () => Promise<boolean>, limitMs = 60_000): Promise<void> {
  const start = performance.now();
  while (!(await expected())) {
    if (performance.now() - start > limitMs) throw new Error(`Not within ${limitMs} ms.`);
    await wait(200);
  }
}
/** Whenever the instances are from. */
const FOLLOW = { everySeconds: 1, days: 36_500 };
const CT: MrValues = { more: [[0x00080060, 'CS', 'CT']] };

const KINDS = [
  ...(hasCommand('Orthanc') ? [['Orthanc', orthancPacs] as const] : []),
  ['a second Promontory', promontoryPacs] as const,
];

describe.each(KINDS)('%s as the archive', (name, open) => {
  let engine: Engine;
  let pacs: Pacs;
  let ours: Started;
  let token: string;
  const logs: string[] = [];

  /** Ours on files or PostgreSQL; an object store would be another place for the same. */
  const options = (more: object = {}): StartOptions & { readonly folder: string } => {
    const { settings, environment, ...rest } = engine.start({
      reading: { onArrival: true, quietSeconds: 1, workers: 0 },
    });
    const { storage: _, ...apart } = settings as { storage?: object };
    return {
      ...rest,
      settings: { ...apart, storage: { pacs: { url: pacs.root, follow: FOLLOW, ...more } } },
      environment: { ...environment, ...pacs.environment },
    };
  };
  const start = async (more: object = {}) => {
    ours = await startPromontory({ ...options(more), ...(token === undefined ? {} : { token }) });
    token = ours.token;
  };
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    await ours.stop(signal);
    logs.push(ours.log());
  };
  const brought = (files: readonly MrFile[]) =>
    until(async () => (await held(ours, uidOf(files))).join() === sent(files).join());
  /** What was kept for quick reading. */
  const forgetCopies = () => {
    const folder = join(engine.folder, 'data', 'copies');
    for (const part of readdirSync(folder))
      for (const file of readdirSync(join(folder, part))) rmSync(join(folder, part, file));
  };
  async function fsck(...more: string[]) {
    await end();
    const { code, out, log } = await runCommand(['fsck', '--json', ...more], options());
    logs.push(log);
    await start();
    return { code, ...(JSON.parse(out.split('\n')[0] || '{}') as { ok?: boolean; counts?: object }) };
  }

  beforeAll(async () => {
    engine = await openEngine();
    pacs = await open();
    await start();
  });
  afterEach(async () => {
    // A test that failed in the middle.
    await pacs?.again();
  });
  afterAll(async () => {
    await ours?.stop('SIGKILL');
    await pacs?.stop();
    await engine?.release();
  });

  test('what arrives there is brought in byte for byte, is to be read, and grows with it', async () => {
    const files = study(7, { pixels: 64 });
    await give(pacs, ...files);
    await brought(files);
    const more = mrFile({ studyUid: uidOf(files), seriesUid: files[0]?.seriesUid as string });
    await give(pacs, more);
    await brought([...files, more]);
    forgetCopies();
    expect(await held(ours, uidOf(files))).toEqual(sent([...files, more]));
    await until(async () => {
      const answer = await fetch(`${ours.root}/workitems?limit=100`, { headers: ours.headers });
      return answer.status === 200 && (await answer.text()).includes(uidOf(files));
    });
  });

  test('what does not match is not brought in', async () => {
    const [other, mine] = [study(1, CT), study(1)];
    await give(pacs, ...other, ...mine);
    await brought(mine);
    expect(await held(ours, uidOf(other))).toEqual([]);
  });

  test('what is stored with us lies there, and comes back as it was', async () => {
    const files = study(5, { pixels: 128 });
    const { status, stored } = await give(ours, ...files);
    expect([status, stored.length]).toEqual([200, 5]);
    expect(await held(pacs, uidOf(files))).toEqual(sent(files));
    forgetCopies();
    expect(await held(ours, uidOf(files))).toEqual(sent(files));
    // Following finds nothing new in it.
    await wait(2_500);
    expect(await held(ours, uidOf(files))).toEqual(sent(files));
    expect((await give(ours, ...files)).status).toBe(200);
  });

  test('other content under a UID that is held there is refused, and the good ones of the request kept', async () => {
    const [first] = study(1, CT) as [MrFile];
    await give(pacs, first);
    const { studyUid, seriesUid, sopUid } = first;
    const clash = mrFile({ studyUid, seriesUid, sopUid, fill: 99 });
    const good = mrFile({ studyUid, seriesUid });
    const { status, stored, failed } = await give(ours, clash, good);
    expect([status, stored]).toEqual([202, [good.sopUid]]);
    expect([...failed]).toEqual([[sopUid, OUT_OF_RESOURCES]]);
    expect(await held(ours, studyUid)).toEqual(sent([good]));
    expect(await held(pacs, studyUid)).toEqual(sent([first, good]));
  });

  test('killed and back: nothing is acknowledged meanwhile, what is copied is read, and then it goes on', async () => {
    const before = study(2);
    expect((await give(ours, ...before)).status).toBe(200);
    await pacs.crash();
    const meanwhile = study(2);
    expect((await give(ours, ...meanwhile)).status).toBe(503);
    expect(await held(ours, uidOf(before))).toEqual(sent(before));
    forgetCopies();
    expect((await retrieve(ours, `/studies/${uidOf(before)}`, AS_KEPT)).status).toBe(503);
    expect((await fetch(`${ours.origin}/api/health`)).status).toBe(200);
    await pacs.again();
    expect((await give(ours, ...meanwhile)).status).toBe(200);
    expect(await held(ours, uidOf(before))).toEqual(sent(before));
    const there = study(2);
    await give(pacs, ...there);
    await brought(there);
  });

  test('what is deleted here stays there, and is not brought in again', async () => {
    const files = study(3);
    await give(pacs, ...files);
    await brought(files);
    const answer = await fetch(`${ours.root}/studies/${uidOf(files)}`, {
      method: 'DELETE',
      headers: ours.headers,
    });
    expect(answer.ok).toBe(true);
    await wait(3_000);
    expect(await held(ours, uidOf(files))).toEqual([]);
    expect(await held(pacs, uidOf(files))).toEqual(sent(files));
    const next = study(1);
    await give(pacs, ...next);
    await brought(next);
    expect(await held(ours, uidOf(files))).toEqual([]);
  });

  test(`killed ${KILLS} times while it follows: nothing is lost and nothing doubled`, async () => {
    await end();
    const random = seeded(SEED);
    const studies = Array.from({ length: 20 }, () => study(10, { pixels: 128 }));
    await give(pacs, ...studies.flat());
    const moments: number[] = [];
    for (let round = 0; round < KILLS; round++) {
      // It follows from before it listens.
      const ms = Math.round(1_200 * random());
      moments.push(ms);
      const up = await launch(options());
      await wait(ms);
      await up.stop('SIGKILL');
    }
    await start();
    for (const files of studies) await brought(files);
    const counts = [...ours.log().matchAll(/following\.brought","count":(\d+)/g)];
    const last = counts.reduce((sum, [, count]) => sum + Number(count), 0);
    say(
      `pacs: ${name}, killed ${moments.join(', ')} ms after it listened, seed ${SEED}: ${200 - last} of 200 were in before the last start; 0 lost, 0 doubled`,
    );
    for (const files of studies) {
      const answer = await fetch(
        `${ours.root}/studies?StudyInstanceUID=${uidOf(files)}&includefield=00201208`,
        { headers: ours.headers },
      );
      const [row] = (await answer.json()) as Record<string, { Value: unknown[] }>[];
      expect(row?.['00201208']?.Value).toEqual([10]);
    }
    expect(await fsck('--deep')).toMatchObject({ code: 0, ok: true });
  });

  test('an instance that is altered or deleted there is noticed', async () => {
    const files = study(3);
    const [altered, gone, sound] = files as [MrFile, MrFile, MrFile];
    await give(pacs, ...files);
    await brought(files);
    for (const file of [altered, gone]) await pacs.remove(file);
    const { studyUid, seriesUid, sopUid } = altered;
    const other = mrFile({ studyUid, seriesUid, sopUid, fill: 77, patientName: CANARY });
    expect((await give(pacs, other)).status).toBe(200);
    forgetCopies();
    const read = async (file: MrFile) => {
      const path = `/studies/${studyUid}/series/${seriesUid}/instances/${file.sopUid}`;
      return retrieve(ours, path, AS_KEPT).catch(() => ({ status: 0, parts: [] }));
    };
    expect((await read(sound)).parts.map((part) => part.equals(sound.bytes))).toEqual([true]);
    for (const file of [altered, gone]) {
      const { status, parts } = await read(file);
      expect([status === 200, contents(parts)]).toEqual([false, []]);
    }
    expect(await fsck('--deep')).toMatchObject({ ok: false, counts: { missing: 1, damaged: 1 } });
    // Put right there.
    await pacs.remove(other);
    await give(pacs, altered, gone);
    expect(await held(ours, studyUid)).toEqual(sent(files));
    expect(await fsck('--deep')).toMatchObject({ code: 0, ok: true });
  });

  test('it starts without the PACS, and not with a wrong address', async () => {
    await end();
    await pacs.crash();
    await start();
    await pacs.again();
    const files = study(1);
    await give(pacs, ...files);
    await brought(files);
    await end();
    const wrong = async (more: object) => {
      const failed = await launch(options(more)).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(NotStarted);
      return (failed as Error).message;
    };
    expect(await wrong({ url: pacs.root.replace('/dicom-web', '/nowhere') })).toContain('lists no studies');
    expect(await wrong({ url: 'http://pacs.example.org/dicom-web' })).toContain('must begin with https');
    await start();
  });

  test('without it in the settings the server does not start, and says why', async () => {
    await end();
    const { settings, ...rest } = options();
    const failed = await launch({ ...rest, settings: { ...settings, storage: {} } }).catch((e: unknown) => e);
    expect((failed as Error).message).toContain('images that lie in a PACS');
    const { code, out } = await runCommand(['backup', '--json', '--out', join(engine.folder, 'backup')], {
      ...options(),
    });
    expect(code).toBe(0);
    expect((JSON.parse(out) as { inPacs: number }).inPacs).toBeGreaterThan(20);
    await start();
  });

  test('no name stands in any log', () => {
    logs.push(ours.log());
    const all = logs.join('');
    expect(['Zebrowska', 'Quirina'].filter((name) => all.includes(name))).toEqual([]);
    expect(['following.brought', 'pacs.altered'].filter((event) => !all.includes(event))).toEqual([]);
  });
});

test.runIf(KINDS.length > 0)('a wrong token is told in words', async () => {
  const pacs = await promontoryPacs();
  const folder = mkdtempSync(join(tmpdir(), 'promontory-suite-'));
  try {
    const failed = await launch({
      folder,
      settings: { storage: { pacs: { url: pacs.root } } },
      environment: { PROMONTORY_PACS_TOKEN: 'prm_wrong' },
    }).catch((error: unknown) => error);
    expect((failed as Error).message).toContain('refuses the credentials');
  } finally {
    await pacs.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
