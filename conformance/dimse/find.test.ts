/** C-FIND by DCMTK, and what a peer may find and fetch. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createDicomFile,
  DataSetBuilder,
  parseDicom,
  Tag,
  withDataSet,
  writeDicom,
} from '@promontory/core/dicom';
import { expect } from 'vitest';
import { newUid } from '../../packages/server/src/archive/archive.testing.ts';
import { listener, OWN_TITLE, PEER } from '../../packages/server/src/dimse/listener.testing.ts';
import { memoryRecords } from '../../packages/server/src/dimse/records.testing.ts';
import { at, check, dimseBench, found, KEY, sopUidOf, studyUidOf } from './bench.ts';
import { filesIn, folder, run } from './dcmtk.ts';

const { listening, studyOf } = dimseBench();

check('findscu: studies, series and images, by value, wildcard, range and list', async () => {
  const { port } = await listening();
  const mine = { PatientID: newUid().slice(-12), PatientName: 'Finder^Anna', StudyDate: '20200229' };
  const first = await studyOf({ ...mine, StudyDescription: 'Lumbar spine' }, 3);
  const second = await studyOf({ ...mine, StudyDate: '20210301' }, 1);
  const patient = `PatientID=${mine.PatientID}`;

  const byId = await found(
    port,
    ['-S'],
    [
      'QueryRetrieveLevel=STUDY',
      patient,
      'StudyInstanceUID',
      'StudyDate',
      'NumberOfStudyRelatedInstances',
      'ModalitiesInStudy',
    ],
  );
  expect(byId, byId.output).toMatchObject({ code: 0 });
  expect(
    byId.answers.map((a) => [
      a.text(Tag.StudyDate),
      a.text(Tag.NumberOfStudyRelatedInstances),
      a.text(Tag.ModalitiesInStudy),
    ]),
  ).toEqual([
    ['20210301', '1', 'MR'],
    ['20200229', '3', 'MR'],
  ]);
  expect(byId.answers[0]?.text(Tag.RetrieveAETitle)).toBe(OWN_TITLE);
  expect(byId.answers[0]?.text(Tag.SpecificCharacterSet)).toBe('ISO_IR 192');
  expect(byId.output).toContain('Find Response 2 (Pending)');

  for (const [keys, count] of [
    [['StudyDate=20200101-20201231'], 1],
    [['StudyDate=-20201231'], 1],
    [['StudyDate=20210301'], 1],
    [['PatientName=finder^a*'], 2],
    [['PatientName=Finder^Ann?'], 2],
    [['PatientName=Nobody*'], 0],
    [[`StudyInstanceUID=${studyUidOf(first[0]!)}\\${studyUidOf(second[0]!)}`], 2],
    [['StudyDescription=Lumbar*'], 1],
    [['ModalitiesInStudy=CT'], 0],
  ] as const) {
    const { answers, output } = await found(port, ['-S'], ['QueryRetrieveLevel=STUDY', patient, ...keys]);
    expect(answers.length, `${keys} ${output}`).toBe(count);
  }

  const series = await found(
    port,
    ['-S'],
    [
      'QueryRetrieveLevel=SERIES',
      `StudyInstanceUID=${studyUidOf(first[0]!)}`,
      'SeriesInstanceUID',
      'Modality',
      'NumberOfSeriesRelatedInstances',
    ],
  );
  expect(
    series.answers.map((a) => [a.text(Tag.Modality), a.text(Tag.NumberOfSeriesRelatedInstances)]),
  ).toEqual([['MR', '3']]);
  const images = await found(
    port,
    ['-P'],
    [
      'QueryRetrieveLevel=IMAGE',
      patient,
      `StudyInstanceUID=${studyUidOf(first[0]!)}`,
      `SeriesInstanceUID=${series.answers[0]?.text(Tag.SeriesInstanceUID)}`,
      'SOPInstanceUID',
      'InstanceNumber',
      'Rows',
    ],
  );
  expect(images.answers.map((a) => a.text(Tag.SOPInstanceUID))).toEqual(first.map(sopUidOf));
  expect(images.answers[2]?.number(Tag.Rows)).toBe(4);

  const patients = await found(
    port,
    ['-P'],
    ['QueryRetrieveLevel=PATIENT', 'PatientName=Finder^Anna', 'PatientID', 'PatientBirthDate'],
  );
  expect(patients.answers.map((a) => a.text(Tag.PatientID))).toEqual([mine.PatientID]);

  const odd = await found(
    port,
    ['-S'],
    ['QueryRetrieveLevel=STUDY', patient, 'StudyInstanceUID', 'StudyComments=x'],
  );
  expect(odd.output).toMatch(/Find Response 1 \(Pending: WarningUnsupportedOptionalKeys/);
  const wrong = await found(port, ['-S'], ['QueryRetrieveLevel=PATIENT', patient]);
  expect(wrong.output).toContain('DataSetDoesNotMatchSOPClass');
});

check('findscu: a request in Latin-1 finds, the answer is in UTF-8', async () => {
  const { port } = await listening();
  const id = newUid().slice(-12);
  await studyOf({ PatientID: id, PatientName: 'Göß^Zoë', SpecificCharacterSet: 'ISO_IR 192' }, 1);
  const query = join(folder(), 'query.dcm');
  const asked = new DataSetBuilder()
    .set(Tag.SpecificCharacterSet, 'ISO_IR 100')
    .set(Tag.QueryRetrieveLevel, 'STUDY', 'CS')
    .set(Tag.PatientName, 'Gö*')
    .set(Tag.PatientID, id)
    .set(Tag.StudyInstanceUID, []);
  const file = createDicomFile(asked.set(Tag.SOPClassUID, '1.2').set(Tag.SOPInstanceUID, '1.2').build());
  const identifier = new DataSetBuilder(file.dataSet)
    .remove(Tag.SOPClassUID)
    .remove(Tag.SOPInstanceUID)
    .build();
  writeFileSync(query, writeDicom(withDataSet(file, identifier)));
  const out = folder();
  const result = await run('findscu', ['-v', '-X', '-S', ...at(port), query], out);
  const [answer] = filesIn(out).map((bytes) => parseDicom(bytes).dataSet);
  expect(answer?.text(Tag.PatientName), result.output).toBe('Göß^Zoë');
  expect(answer?.text(Tag.SpecificCharacterSet)).toBe('ISO_IR 192');
});

check('findscu: C-CANCEL ends answers that would not end', async () => {
  let pages = 0;
  const endless = memoryRecords({
    async search({ limit, offset }) {
      pages += 1;
      const rows = Array.from({ length: limit }, (_, i) => ({
        '0020000D': { vr: 'UI', Value: [`2.25.${offset + i + 1}`] },
      }));
      return { rows, ignored: [], more: true };
    },
  });
  const { port } = await listener({ limits: { maxMatches: Number.POSITIVE_INFINITY } }, () => endless);
  const query = ['QueryRetrieveLevel=STUDY', 'StudyInstanceUID'].flatMap(KEY);
  const result = await run('findscu', ['-v', '-S', '--cancel', '3', ...query, ...at(port)]);
  expect(result.output).toMatch(/Received Final Find Response \(Cancel/);
  expect(pages).toBeLessThan(1_000);
});

check('another project is not found and not fetched', async () => {
  const { port } = await listening({ peers: [{ ...PEER, project: 'elsewhere' }] });
  const files = await studyOf({ PatientName: 'Hidden^Person' });
  const { answers } = await found(
    port,
    ['-S'],
    ['QueryRetrieveLevel=STUDY', `StudyInstanceUID=${studyUidOf(files[0]!)}`],
  );
  expect(answers).toEqual([]);
  const out = folder();
  await run('getscu', [
    '-v',
    '-S',
    '+B',
    '-od',
    out,
    ...KEY('QueryRetrieveLevel=STUDY'),
    ...KEY(`StudyInstanceUID=${studyUidOf(files[0]!)}`),
    ...at(port),
  ]);
  expect(filesIn(out)).toEqual([]);
});
