/** What the build adds for the page that reads in the browser alone: the models, and the list of what is kept for offline use. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Plugin } from 'vite';

/** One file of the built folder, as the service worker knows it. */
export interface OfflineAsset {
  readonly path: string;
  /** Hex SHA-256. */
  readonly hash: string;
  readonly bytes: number;
  /** Fetched before it is asked for: what reading without a connection needs. */
  readonly ahead: boolean;
}

/** Only for graphics processors, and larger than all the rest: kept once it has been used. */
const ON_USE = /asyncify/;
const TEXT = /\.(html|js|mjs|css|json|webmanifest)$/;

/** Models and their cards, beside the page. */
export const models = (folder: string): Plugin => ({
  name: 'promontory-models',
  apply: 'build',
  generateBundle() {
    for (const name of readdirSync(folder).filter((each) => /^[a-z0-9-]+\.(onnx|json)$/.test(each))) {
      this.emitFile({ type: 'asset', fileName: `models/${name}`, source: readFileSync(join(folder, name)) });
    }
  },
});

/**
 * Writes the list of assets into the service worker. Its bytes change with any of them, which is how browsers see a new
 * version. From the disk, for other plugins change files until they are written.
 */
export const offlineAssets = (): Plugin => ({
  name: 'promontory-offline-assets',
  apply: 'build',
  writeBundle: {
    order: 'post',
    sequential: true,
    handler({ dir }) {
      if (dir === undefined) throw new Error('The build has no folder.');
      const worker = join(dir, WORKER);
      const code = readFileSync(worker, 'utf8');
      if (!code.includes(PLACE)) throw new Error('The service worker takes no list.');
      writeFileSync(
        worker,
        code.replace(PLACE, () => JSON.stringify(assetsOf(filesOf(dir)))),
      );
    },
  },
});

const WORKER = 'sw.js';
const PLACE = '__ASSETS__';

function filesOf(folder: string): ReadonlyMap<string, Uint8Array> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  return new Map(
    paths.filter((path) => path !== WORKER).map((path) => [path, readFileSync(join(folder, path))]),
  );
}

function assetsOf(files: ReadonlyMap<string, Uint8Array>): OfflineAsset[] {
  const ahead = neededBy('alone.html', files);
  return [...files]
    .map(([path, bytes]) => ({
      path,
      hash: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
      ahead: ahead.has(path),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** All that a page names, and what that names in turn; models are named by their cards' ids alone, so all are taken. */
function neededBy(page: string, files: ReadonlyMap<string, Uint8Array>): ReadonlySet<string> {
  const needed = new Set<string>([...files.keys()].filter((path) => path.startsWith('models/')));
  const open = [page];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const bytes = files.get(path);
    if (bytes === undefined || needed.has(path) || ON_USE.test(path)) continue;
    needed.add(path);
    if (!TEXT.test(path)) continue;
    const text = Buffer.from(bytes).toString();
    for (const other of files.keys()) {
      if (!other.endsWith('.html') && text.includes(other.slice(other.lastIndexOf('/') + 1)))
        open.push(other);
    }
  }
  return needed;
}
