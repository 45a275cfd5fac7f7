import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDataSet, createDicomFile, writeDicom } from '@promontory/core/dicom';
import { isFault } from '@promontory/core/fault';
import { writeNifti, writePng } from '@promontory/core/formats';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { collectInput } from './collect-input.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'promontory-collect-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const instance = (n: number): Uint8Array =>
  writeDicom(
    createDicomFile(
      buildDataSet({
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
        SOPInstanceUID: `1.2.3.${n}`,
        Modality: 'MR',
      }),
    ),
  );
const nifti = writeNifti({
  grid: {
    size: [2, 2, 2],
    spacingMm: [1, 1, 1],
    originMm: [0, 0, 0],
    axes: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  },
  data: new Uint8Array(8),
});
const png = writePng({ width: 2, height: 2, channels: 1, data: Uint8Array.of(1, 2, 3, 4) });
const put = (name: string | Buffer, bytes: Uint8Array) =>
  writeFileSync(
    typeof name === 'string' ? join(root, name) : Buffer.concat([Buffer.from(`${root}/`), name]),
    bytes,
  );
const faultOf = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (isFault(error)) return error;
  throw error ?? new Error('no fault was thrown');
};

describe('collectInput', () => {
  test('numbers files in the order of their paths, whatever order they are given in', async () => {
    put('b', instance(2));
    put('a', instance(1));
    const forth = await collectInput([join(root, 'a'), join(root, 'b')]);
    const back = await collectInput([join(root, 'b'), join(root, 'a'), root]);
    const uids = (c: typeof forth) => c.inputs.map((i) => 'file' in i && i.file.dataSet.text(0x00080018));
    expect(uids(forth)).toEqual(['1.2.3.1', '1.2.3.2']);
    expect(uids(back)).toEqual(uids(forth));
  });

  test('reads files whose names are no valid text', async () => {
    put(Buffer.from([0xff, 0xfe, 0x41]), instance(1));
    expect((await collectInput([root])).inputs).toHaveLength(1);
  });

  test('hashes the stored bytes, independent of order and of compression in a ZIP', async () => {
    put('1', instance(1));
    put('2', instance(2));
    const plain = await collectInput([root]);
    expect(plain.hashOf([0, 1])).toMatch(/^[0-9a-f]{64}$/);
    expect(plain.hashOf([1, 0])).toBe(plain.hashOf([0, 1]));
    expect(plain.hashOf([0])).not.toBe(plain.hashOf([1]));
    put('z.zip', zipSync({ b: instance(1), a: instance(2) }));
    const zipped = await collectInput([join(root, 'z.zip')]);
    expect(zipped.hashOf([0, 1])).toBe(plain.hashOf([0, 1]));
  });

  test('leaves out other formats that lie beside DICOM, not those that were named', async () => {
    put('a.dcm', instance(1));
    put('b.nii', nifti);
    put('c.png', png);
    const folder = await collectInput([root]);
    expect(folder.inputs).toHaveLength(1);
    expect(folder.warnings).toEqual([
      {
        code: 'FILE_SKIPPED',
        message: 'Skipped 2: volumes or pictures of other formats lie beside the DICOM images.',
      },
    ]);
    expect((await collectInput([join(root, 'a.dcm'), join(root, 'b.nii')])).inputs).toHaveLength(2);
  });

  test('a PNG has millimetres only where its pixel size is given', async () => {
    put('c.png', png);
    const [unknown] = (await collectInput([root])).inputs;
    expect(unknown).toMatchObject({ spacingKnown: false });
    const [known] = (await collectInput([root], { pngSpacingMm: 0.6 })).inputs;
    expect(known).toMatchObject({ spacingKnown: true, volume: { grid: { spacingMm: [0.6, 0.6, 4] } } });
  });

  test('the caps on files, on one file and on all together', async () => {
    for (let n = 0; n < 5; n++) put(String(n), instance(n));
    put('z.zip', zipSync({ a: instance(7), b: instance(8), c: instance(9) }));
    const limits = { maxFiles: 100, maxFileBytes: 1 << 20, maxTotalBytes: 1 << 20 };
    expect((await collectInput([root], { limits })).inputs).toHaveLength(8);
    const refused = async (lower: Partial<typeof limits>) =>
      (await faultOf(collectInput([root], { limits: { ...limits, ...lower } }))).code;
    expect(await refused({ maxFiles: 4 })).toBe('LIMIT_EXCEEDED');
    expect(await refused({ maxFiles: 7 })).toBe('LIMIT_EXCEEDED');
    expect(await refused({ maxTotalBytes: 2 * instance(0).length })).toBe('LIMIT_EXCEEDED');
    expect(await refused({ maxFileBytes: 10 })).toBe('NOTHING_FOUND');
  });

  test('pipes and devices are not opened, links to files are followed', async () => {
    put('a', instance(1));
    symlinkSync('/dev/zero', join(root, 'zero'));
    symlinkSync('a', join(root, 'again'));
    symlinkSync('nowhere', join(root, 'broken'));
    expect((await collectInput([root])).inputs).toHaveLength(2);
    expect((await faultOf(collectInput(['/dev/zero']))).code).toBe('NOTHING_FOUND');
  });

  test('an archive within an archive, and an encrypted entry, are counted and skipped', async () => {
    put('z.zip', zipSync({ 'inner.zip': zipSync({ a: instance(1) }), b: instance(2) }));
    const { inputs, warnings } = await collectInput([root]);
    expect(inputs).toHaveLength(1);
    expect(warnings).toEqual([{ code: 'FILE_SKIPPED', message: expect.stringMatching(/^Skipped 1: /) }]);
  });
});
