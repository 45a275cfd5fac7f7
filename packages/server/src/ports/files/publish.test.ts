import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isFault } from '@promontory/core/fault';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { publish } from './publish.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'promontory-publish-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const files = [
  { path: 'findings.json', bytes: '{}' },
  { path: 'key-images/mid-sagittal.png', bytes: Uint8Array.of(1, 2, 3) },
];
const isOurs = (path: string) => path.startsWith('key-images/disc-');
const content = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name).slice(folder.length + 1))
    .sort();
const faultOf = (act: () => void) => {
  try {
    act();
  } catch (error) {
    if (isFault(error)) return error;
    throw error;
  }
  throw new Error('no fault was thrown');
};

test('makes the folder and its parents, and leaves nothing beside it', () => {
  publish(join(root, 'a/b/c'), files, { force: false });
  expect(content(root)).toEqual(['a/b/c/findings.json', 'a/b/c/key-images/mid-sagittal.png']);
  expect(readdirSync(join(root, 'a/b'))).toEqual(['c']);
  expect([...readFileSync(join(root, 'a/b/c/key-images/mid-sagittal.png'))]).toEqual([1, 2, 3]);
});

test('an existing empty folder is taken', () => {
  publish(root, files, { force: false });
  expect(content(root)).toEqual(['findings.json', 'key-images/mid-sagittal.png']);
});

test('a folder that holds something is refused without force', () => {
  writeFileSync(join(root, 'mine.txt'), 'mine');
  expect(faultOf(() => publish(root, files, { force: false })).code).toBe('OUTPUT_REFUSED');
  expect(content(root)).toEqual(['mine.txt']);
});

test('a file is no folder', () => {
  writeFileSync(join(root, 'file'), '');
  for (const path of ['file', 'file/below']) {
    expect(faultOf(() => publish(join(root, path), files, { force: true })).code).toBe('OUTPUT_REFUSED');
  }
  expect(content(root)).toEqual(['file']);
});

test('force replaces earlier results, stale ones included, and leaves other files alone', () => {
  mkdirSync(join(root, 'key-images'));
  for (const name of ['findings.json', 'notes.txt', 'key-images/disc-L5-S1.png', 'key-images/mine.png']) {
    writeFileSync(join(root, name), 'old');
  }
  publish(root, files, { force: true, isOurs });
  expect(content(root)).toEqual([
    'findings.json',
    'key-images/mid-sagittal.png',
    'key-images/mine.png',
    'notes.txt',
  ]);
  expect(readFileSync(join(root, 'findings.json'), 'utf8')).toBe('{}');
  expect(readFileSync(join(root, 'notes.txt'), 'utf8')).toBe('old');
});

test('a move that fails takes back those before it', () => {
  mkdirSync(join(root, 'key-images/mid-sagittal.png'), { recursive: true });
  writeFileSync(join(root, 'findings.json'), 'old');
  writeFileSync(join(root, 'key-images/disc-L5-S1.png'), 'old');
  const fault = faultOf(() => publish(root, files, { force: true, isOurs }));
  expect(fault).toMatchObject({ code: 'OUTPUT_REFUSED', message: expect.stringContaining('in the way') });
  expect(content(root)).toEqual(['findings.json', 'key-images/disc-L5-S1.png']);
  expect(readFileSync(join(root, 'findings.json'), 'utf8')).toBe('old');
});

test('a folder that cannot be written is refused, and no parents remain', (context) => {
  if (process.getuid?.() === 0 || process.platform === 'win32') {
    // For root nothing is forbidden: a path beyond the system's limits fails instead.
    const long = join(root, 'new', 'x'.repeat(300));
    expect(faultOf(() => publish(long, files, { force: false })).code).toBe('OUTPUT_REFUSED');
    expect(existsSync(join(root, 'new'))).toBe(false);
    void context;
    return;
  }
  chmodSync(root, 0o500);
  expect(faultOf(() => publish(join(root, 'a/b'), files, { force: false })).code).toBe('OUTPUT_REFUSED');
  chmodSync(root, 0o700);
  expect(content(root)).toEqual([]);
});
