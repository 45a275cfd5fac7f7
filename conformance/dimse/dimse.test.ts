/** The DIMSE services against DCMTK, both ways, over the real archive on PGlite and files. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
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
import { afterAll, beforeAll, expect } from 'vitest';
import {
  mrFile,
  newUid,
  openTestArchive,
  person,
  type TestArchive,
} from '../../packages/server/src/archive/archive.testing.ts';
import type { InstanceRecord } from '../../packages/server/src/archive/index.ts';
import { type Destination, echo, sendInstances, VERBS } from '../../packages/server/src/dimse/index.ts';
import { listener, OWN_TITLE, PEER } from '../../packages/server/src/dimse/listener.testing.ts';
import { memoryRecords } from '../../packages/server/src/dimse/records.testing.ts';
import { readAll } from '../../packages/server/src/ports/blobs/index.ts';
import { dataFolder, hasCommand, needs, testWith, withoutData } from '../oracle.ts';
import { dataSetsOf, filesIn, folder, freePort, run, storescp, wiretap } from './dcmtk.ts';

const TOOLS = [
  'echoscu',
  'storescu',
  'findscu',
  'movescu',
  'getscu',
  'storescp',
  'dcmconv',
  'dcmcjpeg',
  'dcmcrle',
];
const missing = needs(TOOLS.map((tool) => !hasCommand(tool) && `${tool} is not installed`));
const check = (name: string, body: () => Promise<void>) => testWith(missing, name, body, 60_000);

const IMPLICIT = '1.2.840.10008.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';

let archive: TestArchive;
beforeAll(async () => {
  archive = await openTestArchive();
  for (const project of ['spine', 'elsewhere'])
    await archive.database.query('insert into project (project_id, title) values ($1, $1)', [project]);
}, 120_000);
afterAll(() => archive?.close(), 60_000);

const listening = (given: Parameters<typeof listener>[0] = {}, ports: Parameters<typeof listener>[2] = {}) =>
  listener(given, (identity) => archive.recordsFor(identity), ports);
const at = (port: number) => ['-aet', 'TESTER', '-aec', OWN_TITLE, '127.0.0.1', String(port)];
const destination = (port: number, given: Partial<Destination> = {}): Destination => ({
  aeTitle: 'STORESCP',
  host: '127.0.0.1',
  port,
  tls: false,
  ...given,
});

/** The data set of a Part 10 file whose meta information is regular: 128 + 4, then (0002,0000). */
const bodyOf = (file: Uint8Array): Buffer => {
  const bytes = Buffer.from(file);
  return bytes.subarray(132 + 12 + bytes.readUInt32LE(140));
};
const sopUidOf = (file: Uint8Array) => parseDicom(file).dataSet.text(Tag.SOPInstanceUID) as string;

/** A study of several series and images, put into the archive from within. */
async function studyOf(values: Parameters<typeof mrFile>[0] = {}, images = 2): Promise<Uint8Array[]> {
  const [StudyInstanceUID, SeriesInstanceUID] = [newUid(), newUid()];
  const files = Array.from({ length: images }, (_, i) =>
    mrFile({ StudyInstanceUID, SeriesInstanceUID, InstanceNumber: String(i + 1), ...values }),
  );
  await keep(files);
  return files;
}

async function keep(files: readonly Uint8Array[]): Promise<void> {
  const parts = (async function* () {
    for (const file of files)
      yield (async function* () {
        yield file;
      })();
  })();
  const outcomes = await archive.recordsFor(person('technician', 'spine')).store(parts);
  expect(outcomes.every(({ status }) => status !== 'failed')).toBe(true);
}

async function heldBytes(studyUid: string): Promise<Map<string, Uint8Array>> {
  const records = archive.recordsFor(person('radiologist', 'spine'));
  const held = new Map<string, Uint8Array>();
  for (const instance of await records.instances({ studyUid }, 'retrieve'))
    held.set(instance.sopUid, await readAll(await records.open(instance)));
  return held;
}

const studyUidOf = (file: Uint8Array) => parseDicom(file).dataSet.text(Tag.StudyInstanceUID) as string;

check('echoscu is answered; a stranger is rejected', async () => {
  const { port, audited } = await listening();
  expect(await run('echoscu', at(port))).toMatchObject({ code: 0 });
  const stranger = await run('echoscu', ['-aet', 'STRANGER', '-aec', OWN_TITLE, '127.0.0.1', String(port)]);
  expect(stranger.code).not.toBe(0);
  expect(stranger.output).toContain('Calling AE Title Not Recognized');
  const wrong = await run('echoscu', ['-aet', 'TESTER', '-aec', 'OTHER', '127.0.0.1', String(port)]);
  expect(wrong.output).toContain('Called AE Title Not Recognized');
  expect(audited.map(({ outcome }) => outcome)).toEqual(['success', 'refused', 'refused']);
});

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

const KEY = (key: string) => ['-k', key];
/** Answers of findscu, read by our parser from the files that it writes. */
async function found(port: number, args: readonly string[], keys: readonly string[]) {
  const out = folder();
  const result = await run('findscu', ['-v', '-X', ...args, ...keys.flatMap(KEY), ...at(port)], out);
  return { ...result, answers: filesIn(out).map((bytes) => parseDicom(bytes).dataSet) };
}

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

check('movescu: to storescp, as kept; and to itself', async () => {
  const scp = await storescp();
  const own = await freePort();
  const { port, audited } = await listening({
    destinations: [destination(scp.port), destination(own, { aeTitle: 'TESTER' })],
  });
  const files = await studyOf({}, 5);
  const study = studyUidOf(files[0]!);
  const keys = [...KEY('QueryRetrieveLevel=STUDY'), ...KEY(`StudyInstanceUID=${study}`)];
  const moved = await run('movescu', ['-v', '-S', '-aem', 'STORESCP', ...keys, ...at(port)]);
  expect(moved, moved.output).toMatchObject({ code: 0 });
  expect(moved.output).toContain('Success');
  expect(audited).toContainEqual({
    action: 'export',
    outcome: 'success',
    actor: 'peer:TESTER',
    address: '127.0.0.1',
    studyUid: study,
    detail: { destination: 'STORESCP', host: '127.0.0.1', instances: 5 },
  });
  const received = filesIn(scp.received);
  expect(new Map(received.map((f) => [sopUidOf(f), bodyOf(f).toString('hex')]))).toEqual(
    new Map(files.map((f) => [sopUidOf(f), bodyOf(f).toString('hex')])),
  );

  // With +B movescu writes into the working folder, whatever -od says.
  const out = folder();
  const one = [
    ...KEY('QueryRetrieveLevel=IMAGE'),
    ...KEY(`StudyInstanceUID=${study}`),
    ...KEY(`SeriesInstanceUID=${parseDicom(files[0]!).dataSet.text(Tag.SeriesInstanceUID)}`),
    ...KEY(`SOPInstanceUID=${sopUidOf(files[1]!)}\\${sopUidOf(files[3]!)}`),
  ];
  const self = await run(
    'movescu',
    ['-v', '-S', '+B', '-aem', 'TESTER', '+P', String(own), ...one, ...at(port)],
    out,
  );
  expect(self, self.output).toMatchObject({ code: 0 });
  expect(filesIn(out).map(sopUidOf).sort(), self.output).toEqual(
    [sopUidOf(files[1]!), sopUidOf(files[3]!)].sort(),
  );
});

check('movescu: a patient; an unknown or forbidden destination; one that is not there; nothing', async () => {
  const scp = await storescp();
  const { port, audited } = await listening({
    peers: [{ ...PEER, movesTo: ['STORESCP', 'GONE'] }],
    destinations: [
      destination(scp.port),
      destination(await freePort(), { aeTitle: 'GONE' }),
      destination(scp.port, { aeTitle: 'FORBIDDEN' }),
    ],
  });
  const id = newUid().slice(-12);
  const files = [...(await studyOf({ PatientID: id }, 2)), ...(await studyOf({ PatientID: id }, 2))];
  const move = (to: string, ...keys: string[]) =>
    run('movescu', ['-d', '-P', '-aem', to, ...keys.flatMap(KEY), ...at(port)]);
  const patient = ['QueryRetrieveLevel=PATIENT', `PatientID=${id}`];
  for (const to of ['NOWHERE', 'FORBIDDEN']) expect((await move(to, ...patient)).output).toMatch(/0xa801/i);
  expect(audited.filter(({ action }) => action === 'refusal')).toHaveLength(2);
  const gone = await move('GONE', ...patient);
  expect(gone.output).toMatch(/0xa702/i);
  expect(gone.output).toMatch(/NumberOfFailed\w+ *: 4|Failed Suboperations *: 4/i);
  expect((await move('STORESCP', 'QueryRetrieveLevel=PATIENT', 'PatientID=none-such')).output).toMatch(
    /0x0000/,
  );
  expect((await move('STORESCP', 'QueryRetrieveLevel=STUDY')).output).toMatch(/0xa900/i);
  expect(filesIn(scp.received)).toEqual([]);
  expect(await move('STORESCP', ...patient)).toMatchObject({ code: 0 });
  expect(filesIn(scp.received).map(sopUidOf).sort()).toEqual(files.map(sopUidOf).sort());
});

check('movescu: what the destination does not take as kept goes uncompressed, or fails by name', async () => {
  const path = folder();
  const plain = await studyOf(
    { Rows: 16, Columns: 16, PixelData: Uint16Array.from({ length: 256 }, (_, i) => i) },
    1,
  );
  writeFileSync(
    join(path, 'in.dcm'),
    mrFile({
      StudyInstanceUID: studyUidOf(plain[0]!),
      Rows: 16,
      Columns: 16,
      PixelData: Uint16Array.from({ length: 256 }, (_, i) => 3 * i),
    }),
  );
  expect(await run('dcmcrle', [join(path, 'in.dcm'), join(path, 'rle.dcm')])).toMatchObject({ code: 0 });
  const rle = readFileSync(join(path, 'rle.dcm'));
  await keep([rle]);
  const keys = [...KEY('QueryRetrieveLevel=STUDY'), ...KEY(`StudyInstanceUID=${studyUidOf(plain[0]!)}`)];

  const implicitOnly = await storescp(['+xi']);
  const { port } = await listening({ destinations: [destination(implicitOnly.port)] });
  const moved = await run('movescu', ['-d', '-S', '-aem', 'STORESCP', ...keys, ...at(port)]);
  expect(moved.output).toMatch(/0xb000/i);
  const [received, ...others] = filesIn(implicitOnly.received);
  expect(others).toEqual([]);
  expect(parseDicom(received!).transferSyntaxUid).toBe(IMPLICIT);
  expect(parseDicom(received!).dataSet.bytes(Tag.PixelData)).toEqual(
    Buffer.from(parseDicom(plain[0]!).dataSet.bytes(Tag.PixelData)!),
  );

  const rleToo = await storescp(['+xr']);
  const asked: string[] = [];
  const other = await listening(
    { destinations: [destination(implicitOnly.port), destination(rleToo.port, { aeTitle: 'RLE' })] },
    {
      // Stands for the product's transcoder: DCMTK's own decoder.
      async transcode(bytes, transferSyntax) {
        asked.push(transferSyntax);
        writeFileSync(join(path, 'kept.dcm'), bytes);
        await run('dcmdrle', ['+ti', join(path, 'kept.dcm'), join(path, 'out.dcm')]);
        return readFileSync(join(path, 'out.dcm'));
      },
    },
  );
  const again = await run('movescu', ['-d', '-S', '-aem', 'STORESCP', ...keys, ...at(other.port)]);
  expect(again, again.output).toMatchObject({ code: 0 });
  expect(asked).toEqual([IMPLICIT, IMPLICIT]);
  expect(filesIn(implicitOnly.received)).toHaveLength(2);

  await run('movescu', ['-S', '-aem', 'RLE', ...keys, ...at(other.port)]);
  expect(
    filesIn(rleToo.received)
      .map((f) => bodyOf(f).toString('hex'))
      .sort(),
  ).toEqual([rle, plain[0]!].map((f) => bodyOf(f).toString('hex')).sort());
  expect(asked).toHaveLength(2);
});

check('getscu: a study over the same association, as kept', async () => {
  const { port } = await listening();
  const files = await studyOf({}, 4);
  for (const model of ['-S', '-P']) {
    const out = folder();
    const got = await run('getscu', [
      '-v',
      model,
      '+B',
      '-od',
      out,
      ...KEY('QueryRetrieveLevel=STUDY'),
      ...KEY(`PatientID=P-1`),
      ...KEY(`StudyInstanceUID=${studyUidOf(files[0]!)}`),
      ...at(port),
    ]);
    expect(got, got.output).toMatchObject({ code: 0 });
    const received = filesIn(out);
    expect(new Map(received.map((f) => [sopUidOf(f), bodyOf(f).toString('hex')]))).toEqual(
      new Map(files.map((f) => [sopUidOf(f), bodyOf(f).toString('hex')])),
    );
  }
});

check('send and echo as user; a destination that refuses our title', async () => {
  const scp = await storescp();
  const files = await studyOf({}, 3);
  const records = archive.recordsFor(person('radiologist', 'spine'));
  const instances: InstanceRecord[] = await records.instances({ studyUid: studyUidOf(files[0]!) }, 'move');
  const options = { aeTitle: OWN_TITLE, open: (instance: InstanceRecord) => records.open(instance) };
  expect(await echo(destination(scp.port), options)).toBe(true);
  const outcomes = await sendInstances(destination(scp.port), instances, options);
  expect(outcomes).toEqual(instances.map(({ sopUid }) => ({ sopUid, outcome: 'completed', status: 0 })));
  expect(filesIn(scp.received)).toHaveLength(3);
  await expect(echo(destination(await freePort()), options)).rejects.toMatchObject({ code: 'unreachable' });
  const { port } = await listening();
  await expect(echo(destination(port, { aeTitle: OWN_TITLE }), options)).rejects.toMatchObject({
    code: 'rejected',
  });
  expect(await echo(destination(port, { aeTitle: OWN_TITLE }), { ...options, aeTitle: 'TESTER' })).toBe(true);
});

check('over TLS, both ways, with certificates of both sides', async () => {
  const path = folder();
  const file = (name: string) => join(path, name);
  const openssl = async (...args: string[]) =>
    expect(await run('openssl', args, path)).toMatchObject({ code: 0 });
  await openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-subj',
    '/CN=Test CA',
    '-days',
    '2',
  );
  writeFileSync(file('san.txt'), 'subjectAltName=IP:127.0.0.1\n');
  for (const name of ['own', 'peer']) {
    await openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    );
    await openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.crt`,
      '-days',
      '2',
      '-extfile',
      'san.txt',
    );
  }
  const text = (name: string) => readFileSync(file(name), 'utf8');
  const tls = {
    key: text('own.key'),
    cert: text('own.crt'),
    ca: text('ca.crt'),
    requireClientCertificate: true,
  };
  const peerTls = ['+tls', file('peer.key'), file('peer.crt'), '+cf', file('ca.crt')];
  const scp = await storescp(peerTls);
  const { port } = await listening({ tls });
  expect(await run('echoscu', [...peerTls, ...at(port)])).toMatchObject({ code: 0 });
  expect((await run('echoscu', at(port))).code).not.toBe(0);
  expect((await run('echoscu', ['+tla', '+cf', file('ca.crt'), ...at(port)])).code).not.toBe(0);
  const files = await studyOf({}, 2);
  writeFileSync(file('new.dcm'), mrFile());
  expect(await run('storescu', [...peerTls, ...at(port), file('new.dcm')])).toMatchObject({ code: 0 });
  const records = archive.recordsFor(person('radiologist', 'spine'));
  const instances = await records.instances({ studyUid: studyUidOf(files[0]!) }, 'move');
  const sent = await sendInstances(destination(scp.port, { tls: true }), instances, {
    aeTitle: OWN_TITLE,
    tls,
    open: (instance) => records.open(instance),
  });
  expect(sent.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
  expect(filesIn(scp.received)).toHaveLength(2);
  expect(await echo(destination(port, { aeTitle: OWN_TITLE, tls: true }), { aeTitle: 'TESTER', tls })).toBe(
    true,
  );
  // A peer whose certificate nobody signed is not sent to.
  await expect(
    echo(destination(scp.port, { tls: true }), { aeTitle: OWN_TITLE, tls: { key: tls.key, cert: tls.cert } }),
  ).rejects.toMatchObject({ code: 'unreachable' });
});

check('every verb stands in the audit of the archive under the peer', async () => {
  const { port } = await listening({ peers: [{ ...PEER, verbs: VERBS }] });
  await run('findscu', ['-S', ...KEY('QueryRetrieveLevel=STUDY'), ...KEY('PatientID=none'), ...at(port)]);
  const rows = await archive.database.query<{ action: string }>(
    "select distinct action from audit_event where actor = 'peer:TESTER' order by action",
  );
  expect(rows.map(({ action }) => action)).toEqual(expect.arrayContaining(['read', 'search', 'store']));
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
