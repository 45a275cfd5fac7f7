/** The same key gives the same: by the command and by the archive's export, in every run, across the studies of a patient. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildDataSet,
  type DataSet,
  DataSetBuilder,
  parseDicom,
  Tag,
  withDataSet,
  writeDicom,
} from '@promontory/core/dicom';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  mrFile,
  newUid,
  openTestArchive,
  partsOf,
  person,
  type TestArchive,
} from '../archive/archive.testing.ts';
import { DEID_WORKER, exportStudies } from '../exports/index.ts';
import { readAll } from '../ports/blobs/index.ts';
import { UntrustedPool } from '../ports/untrusted/index.ts';
import { filesBelow, folderWith, newFolder, promontory, removeFolders } from './command-line.testing.ts';

const REPORT_CLASS = '1.2.840.10008.5.1.4.1.1.88.22';
const KEY = new Uint8Array(32).fill(9);
const study = { first: newUid(), later: newUid(), other: newUid() };
const image = newUid();

const of = (StudyInstanceUID: string, PatientID: string, extra = {}) =>
  mrFile({ StudyInstanceUID, PatientID, PatientName: 'Zyxwvutsky^Jane', AccessionNumber: '', ...extra });

/** A report of its study, without pixels, that points at an image in its content and in its evidence. */
function report(studyUid: string, PatientID: string): Uint8Array {
  const file = parseDicom(of(studyUid, PatientID, { SOPClassUID: REPORT_CLASS, StudyDate: '20240301' }));
  const reference = buildDataSet({
    ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
    ReferencedSOPInstanceUID: image,
  });
  const builder = new DataSetBuilder(file.dataSet)
    .set(Tag.ContentSequence, [
      buildDataSet({ RelationshipType: 'CONTAINS', ValueType: 'IMAGE', ReferencedSOPSequence: [reference] }),
    ])
    .set(Tag.CurrentRequestedProcedureEvidenceSequence, [
      buildDataSet({
        StudyInstanceUID: studyUid,
        ReferencedSeriesSequence: [
          buildDataSet({ SeriesInstanceUID: '1.2.3.4.5.6.7.8', ReferencedSOPSequence: [reference] }),
        ],
      }),
    ]);
  for (const tag of [Tag.PixelData, Tag.Rows, Tag.Columns, Tag.BitsAllocated, Tag.BitsStored, Tag.HighBit])
    builder.remove(tag);
  return writeDicom(withDataSet(file, builder.build()));
}

const objects = [
  of(study.first, 'PAT-1234', {
    SOPInstanceUID: image,
    StudyDate: '20240229',
    FrameOfReferenceUID: '1.2.3.4.5.6.7',
  }),
  of(study.first, 'PAT-1234', { StudyDate: '20240229', FrameOfReferenceUID: '1.2.3.4.5.6.7' }),
  report(study.first, 'PAT-1234'),
  of(study.later, 'PAT-1234', { StudyDate: '20250110' }),
  of(study.other, 'PAT-5678', { StudyDate: '20240229' }),
];

let archive: TestArchive;
let pool: UntrustedPool;
beforeAll(async () => {
  archive = await openTestArchive();
  pool = new UntrustedPool({ module: DEID_WORKER, workers: 1 });
  await archive.recordsFor(person('technician', 'default')).store(partsOf(objects));
});
afterAll(async () => {
  await pool.close();
  await archive.close();
  removeFolders();
});

/** Objects by their paths, without the report. */
type Results = ReadonlyMap<string, Uint8Array>;

async function exported(studyUids: readonly string[], key: Uint8Array = KEY): Promise<Results> {
  const { bytes } = await exportStudies(
    person('researcher', 'default'),
    { studyUids, scope: 'research', wishes: { retain: ['modified-dates'], cleanStructured: true } },
    {
      database: archive.database,
      recordsFor: archive.recordsFor,
      consents: { permits: async () => true },
      pool,
      key,
      version: '0.0.0-test',
      now: () => new Date('2026-11-23T12:00:00Z'),
    },
  );
  return new Map(Object.entries(unzipSync(await readAll(bytes))).filter(([path]) => path.endsWith('.dcm')));
}

async function commanded(files: readonly Uint8Array[]): Promise<Results> {
  const key = join(newFolder(), 'key');
  writeFileSync(key, `${Buffer.from(KEY).toString('hex')}\n`, { mode: 0o600 });
  const out = join(newFolder(), 'out');
  const input = folderWith(Object.fromEntries(files.map((bytes, i) => [`${i}.dcm`, bytes])));
  const { code, err } = await promontory([
    ...['deidentify', input, '--out', out, '--key-file', key, '--quiet'],
    ...['--retain', 'modified-dates', '--clean-structured'],
  ]);
  expect([code, err]).toEqual([0, '']);
  const paths = filesBelow(out).filter((path) => path.endsWith('.dcm'));
  return new Map(paths.map((path) => [path, new Uint8Array(readFileSync(join(out, path)))]));
}

const sorted = (results: Results) => [...results.keys()].sort();
const read = (results: Results): DataSet[] => [...results.values()].map((bytes) => parseDicom(bytes).dataSet);
const dayOf = (dataSet: DataSet) => {
  const text = dataSet.text(Tag.StudyDate)!;
  return Date.parse(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}T00:00:00Z`) / 86_400_000;
};

test('the command and the export give the same files, byte for byte', async () => {
  const byExport = await exported(Object.values(study));
  const byCommand = await commanded(objects);
  expect(byExport.size).toBe(objects.length);
  expect(sorted(byCommand)).toEqual(sorted(byExport));
  for (const [path, bytes] of byExport) expect(Buffer.from(byCommand.get(path)!).equals(bytes)).toBe(true);
});

test('studies exported one by one are those exported together, and another key gives others', async () => {
  const together = await exported(Object.values(study));
  const apart = new Map<string, Uint8Array>();
  for (const uid of Object.values(study))
    for (const [path, bytes] of await exported([uid])) apart.set(path, bytes);
  expect(sorted(apart)).toEqual(sorted(together));
  for (const [path, bytes] of together) expect(Buffer.from(apart.get(path)!).equals(bytes)).toBe(true);
  const others = await exported(Object.values(study), new Uint8Array(32).fill(8));
  expect(sorted(others).filter((path) => together.has(path))).toEqual([]);
});

describe('within an export', () => {
  let all: DataSet[];
  beforeAll(async () => {
    all = read(await exported(Object.values(study)));
  });
  const studyWith = (count: number, patient?: string) => {
    const byStudy = Map.groupBy(all, (dataSet) => dataSet.text(Tag.StudyInstanceUID));
    const found = [...byStudy.values()].filter(
      (group) =>
        group.length === count && (patient === undefined || group[0]!.text(Tag.PatientID) === patient),
    );
    expect(found).toHaveLength(1);
    return found[0]!;
  };

  test('a patient has one name in all studies, and others have others', () => {
    const patients = Map.groupBy(all, (dataSet) => dataSet.text(Tag.PatientID));
    expect([...patients.values()].map((group) => group.length).sort()).toEqual([1, 4]);
    for (const dataSet of all) expect(dataSet.text(Tag.PatientName)).toBe(dataSet.text(Tag.PatientID));
  });

  test("a patient's dates are moved by one number of days", () => {
    const patient = studyWith(3)[0]!.text(Tag.PatientID)!;
    const first = studyWith(3).filter((dataSet) => dataSet.text(Tag.SOPClassUID) !== REPORT_CLASS);
    const [later] = studyWith(1, patient);
    const day = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;
    expect(new Set(first.map(dayOf)).size).toBe(1);
    expect(dayOf(later!) - dayOf(first[0]!)).toBe(day('2025-01-10') - day('2024-02-29'));
    const [foreign] = all.filter((dataSet) => dataSet.text(Tag.PatientID) !== patient);
    expect(dayOf(foreign!)).not.toBe(dayOf(first[0]!));
  });

  test('a report points at the image that it pointed at', () => {
    const [report] = all.filter((dataSet) => dataSet.text(Tag.SOPClassUID) === REPORT_CLASS);
    const images = new Set(studyWith(3).map((dataSet) => dataSet.text(Tag.SOPInstanceUID)));
    const [content] = report!.items(Tag.ContentSequence);
    const [evidence] = report!.items(Tag.CurrentRequestedProcedureEvidenceSequence);
    const [series] = evidence!.items(Tag.ReferencedSeriesSequence);
    const [inContent] = content!.items(Tag.ReferencedSOPSequence);
    const [inEvidence] = series!.items(Tag.ReferencedSOPSequence);
    const uid = inContent!.text(Tag.ReferencedSOPInstanceUID);
    expect(images).toContain(uid);
    expect(uid).not.toBe(report!.text(Tag.SOPInstanceUID));
    expect(inEvidence!.text(Tag.ReferencedSOPInstanceUID)).toBe(uid);
    expect(evidence!.text(Tag.StudyInstanceUID)).toBe(report!.text(Tag.StudyInstanceUID));
  });

  test('images share their frame of reference', () => {
    const frames = studyWith(3).map((dataSet) => dataSet.text(Tag.FrameOfReferenceUID));
    expect(new Set(frames.filter((uid) => uid !== undefined)).size).toBe(1);
  });
});
