/** C-STORE from DCMTK: what it said is what is kept. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildDataSet,
  createDicomFile,
  DataSetBuilder,
  parseDicom,
  Tag,
  withDataSet,
  writeDicom,
} from '@promontory/core/dicom';
import { expect } from 'vitest';
import { mrFile } from '../../packages/server/src/archive/archive.testing.ts';
import { listener, PEER } from '../../packages/server/src/dimse/listener.testing.ts';
import { memoryRecords } from '../../packages/server/src/dimse/records.testing.ts';
import { readAll } from '../../packages/server/src/ports/blobs/index.ts';
import { dataFolder, needs, testWith, withoutData } from '../oracle.ts';
import { at, bodyOf, check, dimseBench, EXPLICIT, IMPLICIT, missing, studyUidOf } from './bench.ts';
import { dataSetsOf, folder, run, wiretap } from './dcmtk.ts';

const { listening, heldBytes } = dimseBench();

/** What other data-set layers lose: private elements, nested ones, odd VRs, unknown VRs, empty values, other sets. */
function strangeFile(): Uint8Array {
  const builder = new DataSetBuilder(parseDicom(mrFile({ PatientName: 'Müller^Jörg' })).dataSet)
    .setPrivate(
      0x0029,
      'ACME HEADER',
      0x10,
      Uint8Array.from({ length: 333 }, (_, i) => i),
      'OB',
    )
    .setPrivate(0x0029, 'ACME HEADER', 0x11, [1.5, -2.5e-300], 'FD')
    .setPrivate(0x0029, 'ACME HEADER', 0x12, Uint8Array.of(1, 2, 3, 4), 'UN')
    .setPrivate(0x0029, 'ACME HEADER', 0x13, [buildDataSet({ SeriesDescription: 'inner' })], 'SQ')
    .set(Tag.ImageComments, '', 'LT')
    .set(Tag.ContentQualification, [], 'CS')
    .set(Tag.ReferencedImageSequence, [
      buildDataSet({ ReferencedSOPInstanceUID: '1.2.3' }),
      buildDataSet({}),
    ]);
  const file = createDicomFile(builder.build());
  return writeDicom(withDataSet(file, file.dataSet));
}

check(
  'storescu: what it said is what is kept, byte for byte, in every uncompressed transfer syntax',
  async () => {
    const { port } = await listening();
    const path = join(folder(), 'strange.dcm');
    for (const [form, option, transferSyntax] of [
      ['+te', '-xe', EXPLICIT],
      ['+ti', '-xi', IMPLICIT],
      ['+tb', '-xb', '1.2.840.10008.1.2.2'],
      ['+td', '-xd', '1.2.840.10008.1.2.1.99'],
    ] as const) {
      const tap = await wiretap(port);
      const file = strangeFile();
      writeFileSync(path, file);
      expect(await run('dcmconv', [form, path, path])).toMatchObject({ code: 0 });
      const sent = await run('storescu', ['-v', option, ...at(tap.port), path]);
      expect(sent, sent.output).toMatchObject({ code: 0 });
      expect(sent.output).toContain('Received Store Response (Success)');
      const [kept] = (await heldBytes(studyUidOf(file))).values();
      const [said] = dataSetsOf(Buffer.concat(tap.said));
      expect(bodyOf(kept!).equals(said!), option).toBe(true);
      const parsed = parseDicom(kept!);
      expect(parsed.transferSyntaxUid).toBe(transferSyntax);
      expect(parsed.dataSet.text(Tag.PatientName)).toBe('Müller^Jörg');
      expect(kept!.subarray(0, 128).every((byte) => byte === 0)).toBe(true);
    }
  },
);

check('storescu: compressed instances, many in one association, a resend and a conflict', async () => {
  const { port } = await listening();
  const path = folder();
  const file = mrFile({ Rows: 16, Columns: 16, PixelData: Uint16Array.from({ length: 256 }, (_, i) => i) });
  writeFileSync(join(path, 'plain.dcm'), file);
  for (const [tool, name] of [
    ['dcmcjpeg', 'jpeg.dcm'],
    ['dcmcrle', 'rle.dcm'],
  ] as const) {
    writeFileSync(
      join(path, 'one.dcm'),
      mrFile({
        StudyInstanceUID: studyUidOf(file),
        Rows: 16,
        Columns: 16,
        PixelData: Uint16Array.from({ length: 256 }, (_, i) => i),
      }),
    );
    expect(await run(tool, [join(path, 'one.dcm'), join(path, name)])).toMatchObject({ code: 0 });
  }
  // Once, and again: a resend of the same bytes succeeds.
  for (const [option, name] of [
    ['-xs', 'jpeg.dcm'],
    ['-xr', 'rle.dcm'],
    ['-xs', 'jpeg.dcm'],
  ] as const) {
    const sent = await run('storescu', [
      '-v',
      option,
      ...at(port),
      join(path, 'plain.dcm'),
      join(path, name),
    ]);
    expect(sent.output.match(/Store Response \(Success\)/g), sent.output).toHaveLength(2);
  }
  const held = [...(await heldBytes(studyUidOf(file))).values()].map(
    (bytes) => parseDicom(bytes).transferSyntaxUid,
  );
  expect(held.sort()).toEqual([EXPLICIT, '1.2.840.10008.1.2.4.70', '1.2.840.10008.1.2.5'].sort());
  const other = withDataSet(
    parseDicom(file),
    new DataSetBuilder(parseDicom(file).dataSet).set(Tag.PatientName, 'Other^Person').build(),
  );
  writeFileSync(join(path, 'plain.dcm'), writeDicom(other));
  const conflict = await run('storescu', ['-v', ...at(port), join(path, 'plain.dcm')]);
  expect(conflict.output).toMatch(/Unknown Status: 0x110/);
});

check('a peer without the verb store has its contexts refused', async () => {
  const { port } = await listening({ peers: [{ ...PEER, verbs: ['echo', 'find'] }] });
  const path = join(folder(), 'a.dcm');
  writeFileSync(path, mrFile());
  const sent = await run('storescu', [...at(port), path]);
  expect(sent.code).not.toBe(0);
  expect(sent.output).toContain('No Acceptable Presentation Contexts');
});

testWith(
  needs([missing, withoutData]),
  'storescu: a public corpus, private elements, odd VRs and all: kept as it was said',
  async () => {
    const files: Buffer[] = [];
    const recorder = memoryRecords({
      async store(parts) {
        for await (const part of parts) files.push(Buffer.from(await readAll(part)));
        return [{ status: 'stored', warnings: [] }];
      },
    });
    const { port } = await listener({}, () => recorder);
    const tap = await wiretap(port);
    const corpus = join(dataFolder as string, 'dicom-corpus');
    const sent = await run('storescu', ['-v', '-R', '-nh', '+sd', '+r', ...at(tap.port), corpus]);
    const said = dataSetsOf(Buffer.concat(tap.said));
    expect(said.length, sent.output.slice(-3_000)).toBeGreaterThan(100);
    expect(files.length).toBeGreaterThan(said.length - 10);
    const heard = new Set(said.map((dataSet) => createHash('sha256').update(dataSet).digest('hex')));
    for (const file of files)
      expect(heard).toContain(createHash('sha256').update(bodyOf(file)).digest('hex'));
  },
);
