import { gzipSync, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { writeNifti, writeNiftiGz } from './nifti-write.ts';
import { writePng } from './png-write.ts';
import { sniff } from './sniff.ts';

const text = (s: string) => new TextEncoder().encode(s);
const volume = {
  grid: {
    size: [2, 1, 1],
    spacingMm: [1, 1, 1],
    originMm: [0, 0, 0],
    axes: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  },
  data: new Uint8Array(2),
} as const;

test('each kind is told by its content', () => {
  const dicom = new Uint8Array(140);
  dicom.set(text('DICM'), 128);
  expect(sniff(dicom)).toBe('dicom');
  expect(sniff(writeNifti(volume))).toBe('nifti');
  expect(sniff(writeNiftiGz(volume))).toBe('nifti-gz');
  expect(sniff(gzipSync(writeNifti(volume), { filename: 'x'.repeat(200) }))).toBe('nifti-gz');
  expect(sniff(gzipSync(text('hello')))).toBe('gzip');
  expect(sniff(text('ObjectType = Image\nNDims = 3\n'))).toBe('metaimage');
  expect(sniff(writePng({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) }))).toBe('png');
  expect(sniff(zipSync({ a: text('b') }))).toBe('zip');
});

test('data sets without preamble', () => {
  expect(sniff(Uint8Array.of(8, 0, 5, 0, 0x43, 0x53, 10, 0, 0x49, 0x53, 0x4f, 0x5f))).toBe('dicom');
  expect(sniff(Uint8Array.of(8, 0, 5, 0, 10, 0, 0, 0, 0x49, 0x53, 0x4f, 0x5f))).toBe('dicom');
  expect(sniff(Uint8Array.of(0, 8, 0, 5, 0x43, 0x53, 0, 10, 0x49, 0x53, 0x4f, 0x5f))).toBe('dicom');
});

test('anything else is unknown', () => {
  for (const bytes of [
    new Uint8Array(0),
    new Uint8Array(4000),
    text('hello, world, a text'),
    Uint8Array.of(0x1f, 0x8b),
  ]) {
    expect(sniff(bytes)).toBe('unknown');
  }
});
