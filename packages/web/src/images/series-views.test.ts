import { buildDataSet, type DataSet, Tag } from '@promontory/core/dicom';
import { describe, expect, test } from 'vitest';
import { dataSetOf } from './json-data-set.ts';
import { pixelFrame } from './pixel-frame.ts';
import { seriesViews, studyFacts } from './series-views.ts';

const MR = '1.2.840.10008.5.1.4.1.1.4';
const SAGITTAL = [0, 1, 0, 0, 0, -1];
const AXIAL = [1, 0, 0, 0, 1, 0];

function slice(
  sop: number,
  place: readonly number[],
  change: Parameters<typeof buildDataSet>[0] = {},
): DataSet {
  return buildDataSet({
    SOPClassUID: MR,
    SOPInstanceUID: `1.2.3.${sop}`,
    SeriesInstanceUID: '1.2.3',
    SeriesNumber: 4,
    SeriesDescription: 'T2 TSE',
    Modality: 'MR',
    Rows: 4,
    Columns: 3,
    InstanceNumber: sop,
    EchoTime: 100,
    RepetitionTime: 3500,
    ScanningSequence: 'SE',
    ImagePositionPatient: place,
    ImageOrientationPatient: SAGITTAL,
    PixelSpacing: [0.5, 0.75],
    SliceThickness: 4,
    FrameOfReferenceUID: '1.9',
    ...change,
  });
}

describe('series', () => {
  test('sagittal slices run from the patient’s right to the left, whatever order they come in', async () => {
    const { series } = await seriesViews([slice(1, [8.8, 0, 0]), slice(2, [0, 0, 0]), slice(3, [4.4, 0, 0])]);
    expect(series).toHaveLength(1);
    expect(series[0]).toMatchObject({ plane: 'sagittal', role: 'sagittal-t2', frameOfReferenceUid: '1.9' });
    expect(series[0].stepMm).toBeCloseTo(4.4, 6);
    expect(series[0].frames.map(({ plane }) => plane.originMm[0])).toEqual([0, 4.4, 8.8]);
    expect(series[0].frames[0].plane).toMatchObject({
      spacingMm: [0.75, 0.5],
      thicknessMm: 4,
      isLocated: true,
    });
  });

  test('axial slices run from head to foot, blocks of different angle in one series', async () => {
    const lower = [1, 0, 0, 0, 0.9848, -0.1736];
    const { series } = await seriesViews([
      slice(1, [0, 0, -50], { ImageOrientationPatient: lower }),
      slice(2, [0, 0.76, -45.7], { ImageOrientationPatient: lower }),
      slice(3, [0, 0, 0], { ImageOrientationPatient: AXIAL }),
      slice(4, [0, 0, 4.4], { ImageOrientationPatient: AXIAL }),
    ]);
    expect(series.map(({ plane }) => plane)).toEqual(['axial']);
    expect(series[0].frames.map(({ plane }) => plane.originMm[2])).toEqual([4.4, 0, -45.7, -50]);
    expect(series[0].stepMm).toBeUndefined();
  });

  test('a localiser comes apart by its planes; a repeated slice is not lost', async () => {
    const { series } = await seriesViews([
      slice(1, [0, 0, 0]),
      slice(2, [5, 0, 0]),
      slice(3, [0, 0, 0], { ImageOrientationPatient: AXIAL }),
      slice(4, [5, 0, 0]),
    ]);
    expect(series.map(({ id, plane, frames }) => [id, plane, frames.length])).toEqual([
      ['1.2.3', 'sagittal', 2],
      ['1.2.3/1', 'axial', 1],
      ['1.2.3/2', 'sagittal', 1],
    ]);
  });

  test('reports and segmentations are no images', async () => {
    const report = buildDataSet({
      SOPInstanceUID: '1.5',
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.33',
      Modality: 'SR',
    });
    const { series, otherCount } = await seriesViews([
      slice(1, [0, 0, 0]),
      report,
      slice(2, [0, 0, 0], { Modality: 'SEG' }),
    ]);
    expect([series.length, otherCount]).toEqual([1, 2]);
  });

  test('without a place the order is that of the instance numbers, and the place is nominal', async () => {
    const bare = (n: number) =>
      slice(n, [], {
        ImagePositionPatient: undefined,
        ImageOrientationPatient: undefined,
        PixelSpacing: undefined,
      });
    const { series } = await seriesViews([bare(2), bare(1)]);
    expect(series[0].frames.map(({ instanceNumber }) => instanceNumber)).toEqual([1, 2]);
    expect(series[0].frames[0].plane).toMatchObject({ isLocated: false, isSpacingKnown: false });
  });
});

const group = (keyword: Parameters<typeof buildDataSet>[0]) => [buildDataSet(keyword)];
const enhanced = buildDataSet({
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.4.1',
  SOPInstanceUID: '1.7',
  SeriesInstanceUID: '1.6',
  Modality: 'MR',
  Rows: 2,
  Columns: 2,
  NumberOfFrames: 2,
  BitsAllocated: 16,
  BitsStored: 12,
  HighBit: 11,
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  SharedFunctionalGroupsSequence: group({
    PlaneOrientationSequence: group({ ImageOrientationPatient: SAGITTAL }),
    PixelMeasuresSequence: group({ PixelSpacing: [1, 1], SliceThickness: 3 }),
  }),
  PerFrameFunctionalGroupsSequence: [8, 4].map((x, k) =>
    buildDataSet({
      PlanePositionSequence: group({ ImagePositionPatient: [x, 0, 0] }),
      PixelValueTransformationSequence: group({ RescaleSlope: k + 1, RescaleIntercept: -10 * k }),
      FrameVOILUTSequence: group({ WindowCenter: 100 * (k + 1), WindowWidth: 50 }),
    }),
  ),
});

describe('enhanced multi-frame objects', () => {
  test('each frame has its own place and window', async () => {
    const [{ frames }] = (await seriesViews([enhanced])).series;
    expect(frames.map(({ frame, plane }) => [frame, plane.originMm[0], plane.thicknessMm])).toEqual([
      [2, 4, 3],
      [1, 8, 3],
    ]);
    expect(frames.map(({ window }) => window?.low)).toEqual([175, 75]);
  });

  test('each frame has its own slope and intercept', async () => {
    const bytes = new Uint8Array(new Uint16Array([0, 1, 2, 4095]).buffer);
    expect([...(await pixelFrame(enhanced, bytes, 1)).values]).toEqual([0, 1, 2, 4095]);
    expect(await pixelFrame(enhanced, bytes, 2)).toMatchObject({ min: -10, max: 8180, isInverted: false });
  });
});

describe('pixels', () => {
  const plain = (change: Parameters<typeof buildDataSet>[0]) =>
    slice(1, [0, 0, 0], {
      Rows: 1,
      Columns: 2,
      BitsAllocated: 16,
      BitsStored: 16,
      HighBit: 15,
      SamplesPerPixel: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      ...change,
    });

  test('signed values keep their sign; MONOCHROME1 keeps its values and is told', async () => {
    const bytes = new Uint8Array(new Int16Array([-5, 300]).buffer);
    const frame = await pixelFrame(
      plain({ PixelRepresentation: 1, PhotometricInterpretation: 'MONOCHROME1' }),
      bytes,
      1,
    );
    expect(frame).toMatchObject({ min: -5, max: 300, isInverted: true });
    expect([...frame.values]).toEqual([-5, 300]);
  });

  test('colour keeps its colours and has a brightness', async () => {
    const bytes = Uint8Array.of(255, 0, 0, 0, 0, 255);
    const frame = await pixelFrame(
      plain({
        BitsAllocated: 8,
        BitsStored: 8,
        HighBit: 7,
        SamplesPerPixel: 3,
        PhotometricInterpretation: 'RGB',
      }),
      bytes,
      1,
    );
    expect([...(frame.rgb ?? [])]).toEqual([255, 0, 0, 0, 0, 255]);
    expect([...frame.values]).toEqual([76, 29]);
  });

  test('too few bytes are a fault, not a picture', async () => {
    await expect(pixelFrame(plain({}), new Uint8Array(2), 1)).rejects.toMatchObject({
      code: 'PIXELS_INCONSISTENT',
    });
  });
});

test('the JSON model: names, numbers, sequences; what does not fit is left out', () => {
  const dataSet = dataSetOf({
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Jörg', Ideographic: '王^明' }] },
    '00280010': { vr: 'US', Value: [512] },
    '00200032': { vr: 'DS', Value: [-12.5, 3, 1e-7] },
    '00280030': { vr: 'DS', Value: ['none'] },
    '7FE00010': { vr: 'OW', BulkDataURI: 'http://x' },
    '00091001': { vr: 'LO', Value: ['private'] },
    '52009229': {
      vr: 'SQ',
      Value: [{ '00189114': { vr: 'SQ', Value: [{ '00180081': { vr: 'DS', Value: [90] } }] } }],
    },
  });
  expect(studyFacts(dataSet).patientName).toBe('Müller^Jörg=王^明');
  expect(dataSet.number(Tag.Rows)).toBe(512);
  expect(dataSet.numbers(Tag.ImagePositionPatient)).toEqual([-12.5, 3, 1e-7]);
  expect(dataSet.has(Tag.PixelData)).toBe(false);
  const [shared] = dataSet.items(Tag.SharedFunctionalGroupsSequence);
  expect(shared.items(Tag.MREchoSequence)[0].number(Tag.EchoTime)).toBe(90);
});
