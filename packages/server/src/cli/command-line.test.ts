/** The command line as a process: how it starts, what it says, how it ends. */
import { type SpawnOptions, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { BIN, newFolder, promontory, removeFolders } from './command-line.testing.ts';
import { exitTable } from './exit-codes.ts';
import { HELP } from './help.ts';
import { showFile } from './show-file.ts';

afterAll(removeFolders);

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** Starts a process; `during` may act on it before it ends. */
function start(
  args: readonly string[],
  during: (pid: number) => Promise<void> = async () => {},
  options: SpawnOptions = {},
): Promise<Ended> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
    during(child.pid!).catch(reject);
  });
}

const version = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'),
).version;

/** Makes a process believe that it is an old Node. */
const AS_NODE_18 = [
  '--import',
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"18.19.1"}})',
];

describe('the program', () => {
  test('--version and --help, without any noise', async () => {
    expect(await start([BIN, '--version'])).toEqual({ code: 0, signal: null, out: `${version}\n`, err: '' });
    expect(await start([BIN, 'analyze', '--help'])).toMatchObject({ code: 0, out: HELP.analyze, err: '' });
  });

  test('an old Node hands over to the one installed with the project, with all that it was given', async () => {
    expect(await start([...AS_NODE_18, BIN, '--version'])).toMatchObject({
      code: 0,
      out: `${version}\n`,
      err: '',
    });
    expect(await start([...AS_NODE_18, BIN, 'analyze', 'no such path', '--out', 'x'])).toMatchObject({
      code: 3,
    });
  });

  test('an old Node alone says in one line what to do', async () => {
    const alone = join(newFolder(), 'bin', 'promontory.mjs');
    mkdirSync(dirname(alone));
    cpSync(BIN, alone);
    const ended = await start([...AS_NODE_18, alone, '--version']);
    expect(ended.code).toBe(1);
    expect(ended.err).toMatch(/^promontory: Node\.js 18\.19\.1 is too old\. [^\n]*22\.18[^\n]*\n$/);
  });
});

describe('interrupted', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s in the middle of the work leaves nothing', async (signal) => {
    const folder = newFolder();
    const out = join(folder, 'deep', 'out');
    const ended = await start([BIN, 'phantom', '--out', out], async (pid) => {
      await sleep(1500);
      process.kill(pid, signal);
    });
    expect(ended.signal).toBe(signal);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('SIGINT through an old Node reaches the one that works', async () => {
    const folder = newFolder();
    const ended = await start([...AS_NODE_18, BIN, 'phantom', '--out', join(folder, 'out')], async (pid) => {
      await sleep(1500);
      process.kill(pid, 'SIGINT');
    });
    expect(ended.signal).toBe('SIGINT');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a signal while results are written finds all or nothing', async () => {
    const folder = newFolder();
    const publish = new URL('../ports/files/publish.ts', import.meta.url).href;
    const script = `import { publish } from ${JSON.stringify(publish)};
      const files = Array.from({ length: 400 }, (_, i) => ({ path: 'd/' + i, bytes: new Uint8Array(1000) }));
      publish(${JSON.stringify(join(folder, 'out'))}, files, { force: false });`;
    const ended = await start(['--input-type=module', '-e', script], async (pid) => {
      while (readdirSync(folder).length === 0) await sleep(1);
      process.kill(pid, 'SIGINT');
    });
    expect(ended.err).toBe('');
    expect(readdirSync(folder)).toEqual(['out']);
    expect(readdirSync(join(folder, 'out', 'd'))).toHaveLength(400);
  });
});

describe('usage', () => {
  test.each([
    [[]],
    [['frobnicate']],
    [['analyze']],
    [['analyze', 'x']],
    [['analyze', 'x', '--out']],
    [['analyze', 'x', '--out', 'y', '--lumbar', '7']],
    [['analyze', 'x', '--out', 'y', '--spacing', '-1']],
    [['analyze', 'x', '--out', 'y', '--spacing', 'DOE']],
    [['analyze', 'x', '--out', 'y', '--DOE']],
    [['phantom', 'DOE', '--out', 'y']],
    [['phantom', '--out', 'y', '--age', '7.5']],
    [['phantom', '--out', 'y', '--pathology', 'L5/S1:DOE']],
    [['phantom', '--out', 'y', '--pathology', 'L6/S1:slip=4']],
    [['phantom', '--out', 'y', '--pathology', 'L5/S1:constructor=4']],
  ])('%j is refused in one line that repeats nothing', async (typed) => {
    const args = typed.map((arg) => (arg === 'y' ? join(newFolder(), 'y') : arg));
    const { code, out, err } = await promontory(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^promontory: [^\n]+--help\.\n$/);
    expect(err).not.toContain('DOE');
    const json = await promontory([...args, '--json']);
    if (args.length > 0) expect(JSON.parse(json.out).error.code).toBe('USAGE');
  });

  test('every command has help with examples', async () => {
    for (const name of ['analyze', 'demo', 'phantom', 'inspect']) {
      const { code, out } = await promontory([name, '--help']);
      expect(code).toBe(0);
      expect(out).toContain(`Usage: promontory ${name}`);
      expect(out).toContain('Examples:');
    }
    expect((await promontory(['--help'])).out).toContain('Exit codes:');
  });

  test('the exit codes are told apart and documented', () => {
    const rows = exitTable();
    expect(new Set(rows.map(([code]) => code)).size).toBe(rows.length);
    const docs = readFileSync(
      fileURLToPath(new URL('../../../../docs/command-line.md', import.meta.url)),
      'utf8',
    );
    for (const [code, faults, meaning] of rows)
      expect(docs).toContain(`| ${code} | ${faults} | ${meaning} |`);
  });
});

describe('phantom', () => {
  test('makes the patient that was asked for, the same for the same seed', async () => {
    const args = ['--seed', '5', '--age', '66', '--sex', 'F', '--stature', '160', '--json'];
    const wishes = ['lumbar=6', 'L6/S1:pfirrmann=4', 'L5/L6:slip=6', 'L1:fracture=wedge', 'only'];
    const asked = [...args, ...wishes.flatMap((wish) => ['--pathology', wish])];
    const [one, two] = [join(newFolder(), 'a'), join(newFolder(), 'b')];
    const made = await promontory(['phantom', '--out', one, ...asked]);
    expect(JSON.parse(made.out)).toMatchObject({
      seed: 5,
      ageYears: 66,
      sex: 'F',
      statureCm: 160,
      lumbarCount: 6,
    });
    await promontory(['phantom', '--out', two, ...asked]);
    for (const name of ['truth.json', 'labels.nii.gz', 'T2_SAG/IM0008.dcm']) {
      expect(readFileSync(join(one, name)).equals(readFileSync(join(two, name))), name).toBe(true);
    }
    const truth = JSON.parse(readFileSync(join(one, 'truth.json'), 'utf8'));
    const disc = truth.discs.find((d: { label: string }) => d.label === 'L6/S1');
    expect(disc.grades.pfirrmann.value).toBe(4);
    // Asked for along the endplate, measured between the corners.
    expect(truth.discs.find((d: { label: string }) => d.label === 'L5/L6').slipMm).toBeGreaterThan(5);
  });
});

test('a report is opened only where there is a display, and never in CI or from afar', () => {
  const path = join(newFolder(), 'report.html');
  for (const env of [{}, { CI: 'true', DISPLAY: ':0' }, { SSH_CONNECTION: '1 2 3 4', DISPLAY: ':0' }]) {
    if (process.platform === 'linux' || 'CI' in env || 'SSH_CONNECTION' in env) {
      expect(showFile(path, env)).toBe(false);
    }
  }
  expect(existsSync(path)).toBe(false);
});
