/** What we write, read by others: a built MR image, and every uncompressed corpus file in the other syntaxes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  buildDataSet,
  createDicomFile,
  type DicomFile,
  isUncompressed,
  parseDicom,
  Tag,
  TransferSyntax,
  toDicomJson,
  writeDicom,
} from '@promontory/core/dicom';
import { afterAll, describe, expect, test } from 'vitest';
import { compareWithJson, compareWithPydicom } from './compare.ts';
import { corpusFiles, corpusFolder, mapSome, messages, missing, output, readWithPydicom } from './oracles.ts';

const absent = missing();

if (absent !== undefined) {
  test('what we write can be judged', (context) => {
    if (process.env.CI === 'true') throw new Error(absent);
    context.skip(`skipped: ${absent}`);
  });
}

const image = buildDataSet({
  SpecificCharacterSet: 'ISO_IR 192',
  ImageType: ['ORIGINAL', 'PRIMARY', 'M', 'SE'],
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
  SOPInstanceUID: '2.25.1.1.1',
  StudyDate: '20250101',
  SeriesDate: '20250101',
  StudyTime: '101112',
  AccessionNumber: '',
  Modality: 'MR',
  Manufacturer: 'Promontory',
  ReferringPhysicianName: '',
  ReferencedImageSequence: [
    buildDataSet({
      ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
      ReferencedSOPInstanceUID: '2.25.1.1.2',
    }),
  ],
  PatientName: 'Phantom^Lümbar=腰椎',
  PatientID: 'P1',
  PatientBirthDate: '',
  PatientSex: 'F',
  ScanningSequence: 'SE',
  SequenceVariant: 'NONE',
  ScanOptions: '',
  MRAcquisitionType: '2D',
  SliceThickness: 4,
  RepetitionTime: 3500,
  EchoTime: 100,
  EchoTrainLength: 16,
  PatientPosition: 'HFS',
  StudyInstanceUID: '2.25.1',
  SeriesInstanceUID: '2.25.1.1',
  StudyID: '1',
  SeriesNumber: 1,
  InstanceNumber: 1,
  Laterality: '',
  ImagePositionPatient: [-1 / 3, 10.5, 200],
  ImageOrientationPatient: [0, 1, 0, 0, 0, -1],
  FrameOfReferenceUID: '2.25.2',
  PositionReferenceIndicator: '',
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  Rows: 4,
  Columns: 6,
  PixelSpacing: [0.7, 0.7],
  BitsAllocated: 16,
  BitsStored: 12,
  HighBit: 11,
  PixelRepresentation: 0,
  PixelData: Uint16Array.from({ length: 24 }, (_, i) => i * 100),
});

describe.skipIf(absent !== undefined)('what we write', () => {
  const folder = mkdtempSync(join(tmpdir(), 'promontory-dicom-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const written = (name: string, file: DicomFile, transferSyntaxUid?: string): string => {
    const path = join(folder, name);
    writeFileSync(path, writeDicom(file, transferSyntaxUid === undefined ? {} : { transferSyntaxUid }));
    return path;
  };

  test.each([
    TransferSyntax.ExplicitVRLittleEndian,
    TransferSyntax.ImplicitVRLittleEndian,
    TransferSyntax.ExplicitVRBigEndian,
    TransferSyntax.DeflatedExplicitVRLittleEndian,
  ])(
    'a built MR image in %s is valid to dciodvfy, and pydicom and dcmdump read it',
    async (transferSyntaxUid) => {
      const path = written(`${transferSyntaxUid}.dcm`, createDicomFile(image, { transferSyntaxUid }));
      expect(await output('dcmdump', ['-q', path])).toContain('(7fe0,0010)');
      const [theirs] = readWithPydicom([path]);
      const ours = parseDicom(new Uint8Array(readFileSync(path)));
      expect(compareWithPydicom(ours.meta, theirs.meta)).toEqual([]);
      expect(compareWithPydicom(ours.dataSet, theirs.dataset)).toEqual([]);
      expect(theirs.dataset.find(([tag]) => tag === '00100010')?.[3]).toEqual(['Phantom^Lümbar=腰椎']);
      expect(theirs.dataset.find(([tag]) => tag === '00200032')?.[3]).toEqual([-0.3333333333333, 10.5, 200]);
      // Debian's dciodvfy is built without zlib.
      if (transferSyntaxUid === TransferSyntax.DeflatedExplicitVRLittleEndian) return;
      const said = await messages('dciodvfy', [path]);
      expect(said).toContain('MRImage');
      expect(said.split('\n').filter((line) => line.startsWith('Error'))).toEqual([]);
    },
  );

  test('uncompressed files of the corpus in every other uncompressed syntax, as pydicom reads them', async () => {
    const cases = corpusFiles(corpusFolder!).flatMap((name) => {
      try {
        const file = parseDicom(new Uint8Array(readFileSync(join(corpusFolder!, name))));
        // Encapsulated pixel data in a syntax that does not say so cannot be written as anything else.
        const native = file.pixelData?.fragments === undefined;
        const directory = file.dataSet.has(Tag.DirectoryRecordSequence);
        if (!isUncompressed(file.transferSyntaxUid) || !native || directory || file.meta.size === 0)
          return [];
        return [
          TransferSyntax.ExplicitVRLittleEndian,
          TransferSyntax.ImplicitVRLittleEndian,
          TransferSyntax.ExplicitVRBigEndian,
        ]
          .filter((target) => target !== file.transferSyntaxUid)
          .map((target) => ({
            name,
            target,
            original: file,
            path: written(`${name.replaceAll('/', '_')}-${target}`, file, target),
          }));
      } catch {
        return []; // refused: the corpus test judges that
      }
    });
    expect(cases.length).toBeGreaterThan(200);
    const theirs = readWithPydicom(cases.map(({ path }) => path));
    const wrong = cases.flatMap(({ name, target, path, original }, i) => {
      if (theirs[i].error !== undefined) return [`${name} → ${target}: ${theirs[i].error}`];
      const ours = parseDicom(new Uint8Array(readFileSync(path)));
      const differences = [
        ...compareWithPydicom(ours.meta, theirs[i].meta),
        ...compareWithPydicom(ours.dataSet, theirs[i].dataset),
        // Implicit VR forgets the VR of private elements; otherwise nothing may change.
        ...(original.encoding.explicitVr && ours.encoding.explicitVr
          ? compareWithJson(toDicomJson(ours.dataSet), toDicomJson(original.dataSet))
          : []),
        ...ours.warnings.map(({ code }) => ({ path: code, what: 'warning' })),
      ];
      return differences.map((difference) => `${name} → ${target} ${difference.path}: ${difference.what}`);
    });
    expect(wrong.filter((line) => !line.startsWith('test_files/badVR.dcm'))).toEqual([]);
    const unreadable = await mapSome(
      cases.filter((_, i) => i % 16 === 0),
      async ({ path }) => ((await output('dcmdump', ['-q', path])) === undefined ? [path] : []),
    );
    expect(unreadable.flat()).toEqual([]);
  });
});
