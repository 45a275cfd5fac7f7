import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generateSafePrivate, readRows, SOURCE, TARGET } from './generate-safe-private.ts';

const rows = readRows(readFileSync(SOURCE, 'utf8'));

test('the committed table is what the generator makes', () => {
  expect(readFileSync(TARGET, 'utf8')).toBe(generateSafePrivate(rows));
});

test('rows that do not fit, stand twice or were confirmed by too few are refused', () => {
  const row = '0019,0c\tSIEMENS MR HEADER\tIS\t1\tB Value\tSLG\n';
  expect(readRows(`# a comment\n${row}`)).toHaveLength(1);
  for (const bad of [
    row.replace('SLG', 'SG'),
    row.replace('SLG', 'SSS'),
    row.replace('0019', '0018'),
    row.replace('\tIS\t', '\tUT\t'),
    row.replace('\t1\t', '\t1-n\t'),
    row + row,
  ])
    expect(() => readRows(bad), bad).toThrow('row');
});

const DCMTK_DICTIONARY = '/usr/share/libdcmtk17/private.dic';
test.skipIf(!existsSync(DCMTK_DICTIONARY))('VRs are those of DCMTK where it knows the attribute', () => {
  const known = new Map<string, string>();
  for (const line of readFileSync(DCMTK_DICTIONARY, 'latin1').split('\n')) {
    const match = /^\(([0-9a-f]{4}),"([^"]+)",([0-9a-f]{2})\)\t(\w+)/i.exec(line);
    if (match !== null) known.set(`${match[1]} ${match[3]} ${match[2]}`.toLowerCase(), match[4]!);
  }
  const compared = rows.filter((row) => {
    const vr = known.get(`${row.group} ${row.element} ${row.creator}`.toLowerCase());
    if (vr !== undefined) expect([row, vr]).toEqual([row, row.vr]);
    return vr !== undefined;
  });
  expect(compared.length).toBeGreaterThan(40);
});
