/** A PostgreSQL of the suite's own, to be stopped and started; Debian's or any `initdb` in PATH. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './orthanc.ts';

const DEBIAN = '/usr/lib/postgresql';
/** It refuses to run as root. */
const USER = 'postgres';

function binaries(): string | undefined {
  const places = existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, 'bin')) : [];
  return [...places.toSorted().toReversed(), ...(process.env.PATH ?? '').split(':')].find((place) =>
    existsSync(join(place, 'initdb')),
  );
}

export interface OwnPostgres {
  readonly url: string;
  start(): void;
  /** `fast` ends sessions in order; `immediate` as a crash does. */
  stop(how: 'fast' | 'immediate'): void;
  remove(): void;
}

/** @returns undefined where there is none on this machine */
export async function ownPostgres(): Promise<OwnPostgres | undefined> {
  const bin = binaries();
  if (bin === undefined) return undefined;
  const root = process.getuid?.() === 0;
  if (root && spawnSync('id', [USER]).status !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'promontory-postgres-'));
  chmodSync(folder, 0o755);
  if (root) execFileSync('chown', [USER, folder]);
  const port = await freePort();
  const run = (program: string, args: readonly string[]) => {
    const command = [join(bin, program), ...args];
    const [first, ...rest] = root ? ['runuser', '-u', USER, '--', ...command] : command;
    execFileSync(first as string, rest, { stdio: 'ignore', cwd: folder });
  };
  const data = join(folder, 'data');
  run('initdb', ['-D', data, '-A', 'trust', '-U', USER, '--no-sync']);
  const start = () =>
    run('pg_ctl', [
      '-D',
      data,
      '-l',
      join(folder, 'log'),
      '-o',
      `-p ${port} -k ${folder} -h 127.0.0.1`,
      '-w',
      'start',
    ]);
  const stop = (how: 'fast' | 'immediate') => run('pg_ctl', ['-D', data, '-m', how, '-w', 'stop']);
  start();
  return {
    url: `postgres://${USER}@127.0.0.1:${port}/postgres`,
    start,
    stop,
    remove() {
      try {
        stop('immediate');
      } catch {
        // It is stopped already.
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
