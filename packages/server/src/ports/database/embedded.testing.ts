/** Embedded databases for tests: made once for all, then loaded, which takes a fraction of the time. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPglite } from './pglite.ts';

const NODE_MODULES = fileURLToPath(new URL('../../../../../node_modules', import.meta.url));

function templatePath(): string {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const { version } = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8'));
  return join(NODE_MODULES, '.cache', 'promontory', `pglite-${version}.tar`);
}

async function templateOf(path: string): Promise<Blob> {
  if (!existsSync(path)) {
    const database = await openPglite();
    const dump = await database.pglite.dumpDataDir('none');
    await database.close();
    mkdirSync(dirname(path), { recursive: true });
    // Several test files may begin at once: each writes its own, the last one stays.
    const aside = `${path}.${process.pid}`;
    writeFileSync(aside, Buffer.from(await dump.arrayBuffer()));
    renameSync(aside, path);
  }
  return new Blob([readFileSync(path)]);
}

/** A new, empty database: in memory, or in a folder; what a folder holds already is opened as it is. */
export const openTestPglite = async (folder?: string): ReturnType<typeof openPglite> =>
  folder !== undefined && existsSync(folder)
    ? openPglite(folder)
    : openPglite(folder, await templateOf(templatePath()));
