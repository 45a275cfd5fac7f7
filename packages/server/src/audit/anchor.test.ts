import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AnchorTooNear, anchorLine, keepAnchor, latestAnchor, NoAnchor, parseAnchor } from './anchor.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchor-'));
  mkdirSync(join(folder, 'data'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = '2026-03-01T08:00:00.000Z';
const anchor = (seq: number) => ({ seq, hash: 'a'.repeat(64), at });

test('an anchor is one line, and read back', () => {
  expect(anchorLine(anchor(7))).toBe(`{"seq":7,"hash":"${'a'.repeat(64)}","at":"${at}"}\n`);
  expect(parseAnchor(anchorLine(anchor(7)))).toEqual(anchor(7));
});

test.each(['', 'x', '{}', 'null', '{"seq":-1,"hash":"","at":""}', '{"seq":1,"hash":"A","at":""}'])(
  '%s is none',
  (line) => expect(() => parseAnchor(line)).toThrow(NoAnchor),
);

test('anchors gather in a file outside the data folder, only its owner reads it', async () => {
  const file = join(folder, 'elsewhere', 'anchors');
  expect(await keepAnchor(anchor(3), file, join(folder, 'data'))).toBeUndefined();
  await keepAnchor(anchor(9), file, join(folder, 'data'));
  await keepAnchor(anchor(5), file, join(folder, 'data'));
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(4);
  expect(statSync(file).mode & 0o077).toBe(0);
  expect(await latestAnchor(file)).toEqual(anchor(9));
});

test('within the data folder it is refused, by links and dots too', async () => {
  const data = join(folder, 'data');
  symlinkSync(data, join(folder, 'link'));
  for (const file of [
    join(data, 'anchors'),
    join(data, 'deep', 'anchors'),
    join(folder, 'link', 'anchors'),
    `${folder}/x/../data/anchors`,
  ])
    await expect(keepAnchor(anchor(1), file, data)).rejects.toThrow(AnchorTooNear);
  await keepAnchor(anchor(1), join(folder, 'data-beside'), data);
});
