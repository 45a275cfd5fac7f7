/**
 * Once before all tests: the workbench is built, and an archive made with the demonstration patient, read. Each test
 * file works on a copy of it. Every run has a folder of its own, so that runs beside each other do not meet.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = 'PROMONTORY_E2E_FOLDER';

/** What this run prepared. Only within a run. */
export function prepared(): { readonly data: string; readonly web: string } {
  const folder = process.env[FOLDER];
  if (folder === undefined) throw new Error('Start the tests by `npm run test:e2e`.');
  return { data: join(folder, 'data'), web: join(folder, 'web') };
}

export default async function prepare(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'promontory-e2e-run-'));
  process.env[FOLDER] = folder;
  const { data, web } = prepared();
  execFileSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/vite/bin/vite.js'),
      'build',
      '--config',
      join(ROOT, 'packages/web/vite.config.ts'),
      '--outDir',
      web,
      '--logLevel',
      'error',
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  await demonstrationIn(data);
  return () => rmSync(folder, { recursive: true, force: true });
}

async function demonstrationIn(data: string): Promise<void> {
  const main = join(ROOT, 'packages/server/src/cli/main.ts');
  const options = ['--demo', '--json', '--no-open', '--port', '0', '--data', data];
  const child = spawn(process.execPath, [main, 'serve', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let said = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        said += chunk;
        if (said.includes('{"origin"')) resolve();
      });
    void ended.then(() => reject(new Error(`The archive could not be prepared: ${said}`)));
  });
  child.kill('SIGTERM');
  await ended;
}
