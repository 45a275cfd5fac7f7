import { describe, expect, test } from 'vitest';
import { buildDataSet, DataSetBuilder, parseDicom, Tag, TransferSyntax, writeDicom } from '../dicom/index.ts';
import { deidentify, type Retained } from './index.ts';
import {
  accepted,
  asRead,
  bytesHold,
  CANARY,
  changed,
  keyedHash,
  mrImage,
  written,
} from './object.fixture.ts';

describe('the basic profile', () => {
  test('removes, empties and replaces what identifies, and says so of itself', () => {
    const result = written(accepted(mrImage()));
    expect(result.text(Tag.PatientName)).toMatch(/^P[0-9A-F]{16}$/);
    expect(result.text(Tag.PatientID)).toBe(result.text(Tag.PatientName));
    for (const tag of [Tag.PatientBirthDate, Tag.PatientSex, Tag.StudyDate, Tag.AccessionNumber]) {
      expect(result.get(tag)?.bytes.length).toBe(0);
    }
    for (const tag of [Tag.InstitutionName, Tag.SeriesDescription, Tag.PatientAge, Tag.SeriesDate]) {
      expect(result.has(tag)).toBe(false);
    }
    expect(result.text(Tag.PatientIdentityRemoved)).toBe('YES');
    expect(result.text(Tag.LongitudinalTemporalInformationModified)).toBe('REMOVED');
    expect(result.items(Tag.DeidentificationMethodCodeSequence).map((i) => i.text(Tag.CodeValue))).toEqual([
      '113100',
    ]);
    expect(result.numbers(Tag.Rows)).toEqual([4]);
    expect([...result.bytes(Tag.PixelData)!]).toEqual([...mrImage().bytes(Tag.PixelData)!]);
  });

  test('the report tells of every attribute and holds no value', () => {
    const { report } = accepted(mrImage());
    const told = new Map(report.attributes.map(({ keyword, done }) => [keyword, done]));
    for (const element of mrImage().elements()) {
      const [name] = Object.entries(Tag).find(([, tag]) => tag === element.tag)!;
      expect(told.has(name as never), name).toBe(true);
    }
    expect(told.get('PatientName')).toBe('replaced');
    expect(told.get('SOPInstanceUID')).toBe('mapped');
    const text = JSON.stringify(report);
    for (const value of [CANARY, '4711', 'Quentin', '19550607', 'Nowhere', '7230010']) {
      expect(text).not.toContain(value);
    }
  });

  test('file meta information is made anew', () => {
    const original = asRead(mrImage());
    const meta = new DataSetBuilder(original.meta)
      .set(Tag.SourceApplicationEntityTitle, CANARY, 'AE')
      .set(Tag.PrivateInformationCreatorUID, '1.2.3.4', 'UI')
      .set(
        Tag.PrivateInformation,
        Uint8Array.from(CANARY, (c) => c.charCodeAt(0)),
        'OB',
      )
      .build();
    const preamble = new Uint8Array(128).fill(0x4d);
    const outcome = deidentify({ ...original, meta, preamble }, { keyedHash });
    if (outcome.outcome === 'refused') throw new Error(outcome.reason);
    const file = parseDicom(outcome.bytes);
    expect(file.preamble).toEqual(new Uint8Array(128));
    expect([...file.meta.elements()].map(({ tag }) => tag & 0xffff)).toEqual([0, 1, 2, 3, 0x10, 0x12, 0x13]);
    expect(file.meta.text(Tag.MediaStorageSOPInstanceUID)).toBe(file.dataSet.text(Tag.SOPInstanceUID));
  });

  test('overlays, curves, group lengths, private, unknown and trailing elements go', () => {
    const original = changed(mrImage(), (b) =>
      b
        .set(0x60003000, new Uint8Array(4), 'OW')
        .set(0x60000010, 4, 'US')
        .set(0x60021500, CANARY, 'LO')
        .set(0x50000030, CANARY, 'SH')
        .setPrivate(0x0029, CANARY, 0x10, CANARY, 'LO')
        .set(0x00189abc, CANARY, 'LO')
        .set(0x0019_0001 + 0x10000, CANARY, 'LO')
        .set(Tag.DataSetTrailingPadding, new Uint8Array(8), 'OB'),
    );
    const outcome = accepted(original);
    const groups = new Set([...written(outcome).elements()].map(({ tag }) => tag >>> 16));
    expect([...groups].filter((group) => group % 2 === 1 || group >= 0x5000)).toEqual([0x7fe0]);
    expect(bytesHold(outcome.bytes, CANARY)).toBe(false);
    expect(outcome.report.attributes.filter(({ because }) => because === 'private')).toEqual([
      expect.objectContaining({ path: '(0029,xxxx)', done: 'removed', count: 2 }),
    ]);
  });

  test('a value that contradicts its VR is removed', () => {
    const original = changed(mrImage(), (b) =>
      b
        .set(
          Tag.EchoTime,
          Uint8Array.from('95 for ANN', (c) => c.charCodeAt(0)),
          'UN',
        )
        .set(Tag.FlipAngle, 'ninety', 'LO'),
    );
    const result = written(accepted(original));
    expect(result.has(Tag.EchoTime)).toBe(false);
    expect(result.has(Tag.FlipAngle)).toBe(false);
  });

  test('texts that the table does not list lose the patient and keep the rest', () => {
    const original = mrImage({
      ManufacturerModelName: `Model ${CANARY.toUpperCase()} 3T`,
      SoftwareVersions: ['VE11', 'born 07.06.1955', 'ID-4711-X'],
      SequenceName: 'qzyxwvutskyx',
    });
    const result = written(accepted(original));
    expect(result.text(Tag.ManufacturerModelName)).toBe('Model 3T');
    expect(result.texts(Tag.SoftwareVersions)).toEqual(['VE11', 'born', '']);
    expect(result.text(Tag.SequenceName)).toBeUndefined();
  });

  test.each([
    TransferSyntax.ImplicitVRLittleEndian,
    TransferSyntax.ExplicitVRBigEndian,
    TransferSyntax.DeflatedExplicitVRLittleEndian,
  ])('%s', (transferSyntaxUid) => {
    const outcome = deidentify(asRead(mrImage(), transferSyntaxUid), { keyedHash });
    if (outcome.outcome === 'refused') throw new Error(outcome.reason);
    expect(bytesHold(outcome.bytes, CANARY)).toBe(false);
    const file = parseDicom(outcome.bytes);
    expect(file.warnings).toEqual([]);
    expect(file.transferSyntaxUid).toBe(
      transferSyntaxUid === TransferSyntax.DeflatedExplicitVRLittleEndian
        ? TransferSyntax.ExplicitVRLittleEndian
        : transferSyntaxUid,
    );
    expect(file.dataSet.number(Tag.Rows)).toBe(4);
  });
});

describe('UIDs', () => {
  test('are mapped alike in all places and all objects, those of the standard not at all', () => {
    const other = mrImage({
      SOPInstanceUID: '1.2.276.0.7230010.3.1.4.1002',
      ReferencedImageSequence: [
        buildDataSet({
          ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
          ReferencedSOPInstanceUID: '1.2.276.0.7230010.3.1.4.1001',
        }),
      ],
      CreatorVersionUID: '1.2.276.0.7230010.3.1.9.5',
    });
    const one = written(accepted(mrImage()));
    const two = written(accepted(other));
    const [reference] = two.items(Tag.ReferencedImageSequence);
    expect(reference!.text(Tag.ReferencedSOPInstanceUID)).toBe(one.text(Tag.SOPInstanceUID));
    expect(reference!.text(Tag.ReferencedSOPClassUID)).toBe('1.2.840.10008.5.1.4.1.1.4');
    expect(two.text(Tag.StudyInstanceUID)).toBe(one.text(Tag.StudyInstanceUID));
    expect(two.text(Tag.SOPInstanceUID)).not.toBe(one.text(Tag.SOPInstanceUID));
    expect(one.uid(Tag.SOPInstanceUID)).toMatch(/^2\.25\.\d{30,39}$/);
    expect(two.text(Tag.CreatorVersionUID)).toMatch(/^2\.25\./);
  });

  test('and people are others under another key', () => {
    const other = accepted(mrImage(), { keyedHash: (text) => keyedHash(`another ${text}`) });
    expect(written(other).text(Tag.PatientID)).not.toBe(written(accepted(mrImage())).text(Tag.PatientID));
    expect(other.file.dataSet.text(Tag.SOPInstanceUID)).not.toBe(
      accepted(mrImage()).file.dataSet.text(Tag.SOPInstanceUID),
    );
  });
});

describe('options', () => {
  const retaining = (...retain: Retained[]) => written(accepted(mrImage(), { retain }));
  test('dates', () => {
    const result = retaining('dates');
    expect(result.text(Tag.StudyDate)).toBe('20240229');
    expect(result.text(Tag.AcquisitionDateTime)).toBe('20240301101500.5+0100');
    expect(result.text(Tag.PatientBirthDate)).toBeUndefined();
    expect(result.text(Tag.LongitudinalTemporalInformationModified)).toBe('UNMODIFIED');
  });
  test('modified dates keep intervals and times', () => {
    const result = retaining('modified-dates');
    const [study, series] = [Tag.StudyDate, Tag.SeriesDate].map((tag) => {
      const text = result.text(tag)!;
      return Date.UTC(Number(text.slice(0, 4)), Number(text.slice(4, 6)) - 1, Number(text.slice(6)));
    });
    expect(series! - study!).toBe(86_400_000);
    expect(study).toBeLessThan(Date.UTC(2024, 1, 29));
    expect(result.text(Tag.StudyTime)).toBe('101112');
    expect(result.text(Tag.AcquisitionDateTime)).toBe(`${result.text(Tag.SeriesDate)}101500.5+0100`);
    expect(result.text(Tag.LongitudinalTemporalInformationModified)).toBe('MODIFIED');
  });
  test('characteristics, with ages above 89 as 90', () => {
    expect(retaining('characteristics').text(Tag.PatientAge)).toBe('068Y');
    expect(retaining('characteristics').text(Tag.PatientSex)).toBe('F');
    const old = accepted(mrImage({ PatientAge: '097Y' }), { retain: ['characteristics'] });
    expect(written(old).text(Tag.PatientAge)).toBe('090Y');
  });
  test('device, institution, UIDs', () => {
    const original = mrImage({ StationName: 'MRC1', DeviceSerialNumber: '998877' });
    const result = written(accepted(original, { retain: ['device', 'institution', 'uids'] }));
    expect(result.text(Tag.StationName)).toBe('MRC1');
    expect(result.text(Tag.DeviceSerialNumber)).toBe('998877');
    expect(result.text(Tag.InstitutionName)).toBe('Hospital of Nowhere');
    expect(result.text(Tag.SOPInstanceUID)).toBe('1.2.276.0.7230010.3.1.4.1001');
    expect(result.items(Tag.DeidentificationMethodCodeSequence)).toHaveLength(4);
  });
  test('clean descriptors keeps known words only', () => {
    const original = mrImage({
      SeriesDescription: `t2_tse_sag L5/S1 ${CANARY} for Mr. Jones tel 0151 4mm`,
      StudyDescription: 'MRI lumbar spine',
    });
    const result = written(accepted(original, { cleanDescriptors: true }));
    expect(result.text(Tag.SeriesDescription)).toBe('t2 tse sag L5 S1 for Mr 4mm');
    expect(result.text(Tag.StudyDescription)).toBe('MRI lumbar spine');
  });
  test('safe private keeps what the standard lists and nothing beside it', () => {
    const original = changed(mrImage(), (b) =>
      b
        .setPrivate(0x0019, 'SIEMENS MR HEADER', 0x0c, '1000', 'IS')
        .setPrivate(0x0019, 'SIEMENS MR HEADER', 0x0f, CANARY, 'SH')
        .setPrivate(0x0029, 'SIEMENS CSA HEADER', 0x10, CANARY, 'LO'),
    );
    const result = written(accepted(original, { retain: ['safe-private'] }));
    expect(result.number(0x0019100c)).toBe(1000);
    expect(result.privateCreator(0x0019100c)).toBe('SIEMENS MR HEADER');
    expect(result.has(0x0019100f)).toBe(false);
    expect(result.has(0x00290010)).toBe(false);
  });
  test('structured content keeps numbers and codes, and of texts known words', () => {
    const report = (options = {}) =>
      deidentify(
        asRead(
          mrImage({
            SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.33',
            PixelData: undefined,
            ContentSequence: [
              buildDataSet({ ValueType: 'TEXT', TextValue: 'L5 disc of Mrs Miller herniation' }),
              buildDataSet({ ValueType: 'TEXT', TextValue: 'Miller' }),
              buildDataSet({ ValueType: 'PNAME', PersonName: 'Miller^Ann' }),
              buildDataSet({
                ValueType: 'NUM',
                MeasuredValueSequence: [buildDataSet({ NumericValue: 7.5 })],
              }),
            ],
          }),
        ),
        { keyedHash, ...options },
      );
    expect(report()).toMatchObject({ outcome: 'refused', reason: 'STRUCTURED_REPORT' });
    const outcome = report({ cleanStructured: true });
    if (outcome.outcome === 'refused') throw new Error(outcome.reason);
    const [text, name, person, number] = written(outcome).items(Tag.ContentSequence);
    expect(text!.text(Tag.TextValue)).toBe('L5 disc of herniation');
    expect(name!.text(Tag.TextValue)).toBe('REMOVED');
    expect(person!.text(Tag.PersonName)).toBe('ANONYMOUS');
    expect(number!.items(Tag.MeasuredValueSequence)[0]!.number(Tag.NumericValue)).toBe(7.5);
  });
  test('dates cannot be kept and moved at once', () => {
    expect(() => accepted(mrImage(), { retain: ['dates', 'modified-dates'] })).toThrow('not both');
  });
});

test('what is de-identified comes out the same again', () => {
  const first = accepted(mrImage());
  expect([...accepted(mrImage()).bytes]).toEqual([...first.bytes]);
  const again = deidentify(parseDicom(first.bytes), { keyedHash });
  expect(again.outcome).toBe('deidentified');
  expect(writeDicom(first.file)).toEqual(first.bytes);
});
