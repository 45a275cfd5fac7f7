import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildDataSet, createDicomFile, writeDicom } from '../../dicom/index.ts';
import { isFault } from '../../fault/index.ts';
import { toPatient } from '../../geometry/index.ts';
import { assembleStudy, describeStudy, type SeriesInput } from './index.ts';
import {
  AXIAL,
  asInputs,
  COLUMNS,
  CORONAL,
  codes,
  mrSeries,
  mrSlice,
  NO_CODECS,
  pixelsOf,
  ROWS,
  SAGITTAL,
  T1,
} from './study.testing.ts';

const options = { codecs: NO_CODECS };
const assemble = (inputs: readonly SeriesInput[]) => assembleStudy(inputs, options);
const faultOf = async (promise: Promise<unknown>) => {
  try {
    await promise;
  } catch (error) {
    if (isFault(error)) return error;
    throw error;
  }
  throw new Error('no fault was thrown');
};
const FULL_HEIGHT = { PixelSpacing: [25, 25] };

describe('assembleStudy', () => {
  it('reads a study of two series with patient, roles and sorted volumes', async () => {
    const files = [...mrSeries('1', 5), ...mrSeries('2', 5, T1)];
    const study = await assemble(asInputs(files));
    expect(study).toMatchObject({
      studyInstanceUid: '1.2.3',
      patientSex: 'F',
      patientAgeYears: 45,
      warnings: [],
    });
    expect(study.series.map((s) => s.role)).toEqual(['sagittal-t2', 'sagittal-t1']);
    expect(study.series[1].inputs).toEqual([5, 6, 7, 8, 9]);
    const { volume, present, warnings } = await study.series[0].loadVolume();
    expect(volume.grid.size).toEqual([COLUMNS, ROWS, 5]);
    expect(present).toEqual([true, true, true, true, true]);
    expect(warnings).toEqual([]);
    expect([...volume.data.slice(0, ROWS * COLUMNS)]).toEqual([...pixelsOf(0)]);
    expect(toPatient(volume.grid, [0, 0, 4])).toEqual([-8, -100, 150]);
  });

  it('gives the same volume for every order of the files (property)', async () => {
    const files = mrSeries('1', 7);
    const straight = await (await assemble(asInputs(files))).series[0].loadVolume();
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(files, { minLength: files.length }), async (shuffled) => {
        const study = await assemble(asInputs(shuffled));
        const loaded = await study.series[0].loadVolume();
        expect(loaded).toEqual(straight);
      }),
      { numRuns: 20 },
    );
  });

  it('ignores InstanceNumber where positions are known', async () => {
    const files = [0, 1, 2].map((n) => mrSlice('1', n, { InstanceNumber: 9 - n }));
    const { volume } = await (await assemble(asInputs(files))).series[0].loadVolume();
    expect([...volume.data.slice(0, ROWS * COLUMNS)]).toEqual([...pixelsOf(0)]);
  });

  it('turns a sagittal stack stored feet up and front right', async () => {
    const turned = mrSeries('1', 3, { ImageOrientationPatient: [0, -1, 0, 0, 0, 1] });
    const study = await assemble(asInputs(turned));
    const { volume } = await study.series[0].loadVolume();
    expect(volume.grid.axes).toEqual(
      [
        [0, 1, 0],
        [0, 0, -1],
        [-1, 0, 0],
      ].map((axis) => axis.map((c) => expect.closeTo(c, 9))),
    );
    expect([...volume.data.slice(0, ROWS * COLUMNS)]).toEqual([...pixelsOf(0)].reverse());
  });

  it('squares up a tilted stack', async () => {
    const tilted = [0, 1, 2].map((n) =>
      mrSlice('1', n, { ImagePositionPatient: [-4 * n, -100, 150 - 2.5 * n], PixelSpacing: [2.5, 2.5] }),
    );
    const study = await assemble(asInputs(tilted));
    expect(codes(study.series[0].warnings)).toContain('SLICES_TILTED');
    const { volume } = await study.series[0].loadVolume();
    // Slice 1 lies one pixel lower than the lattice, so its row 0 lands in row 1.
    const slice = volume.data.slice(ROWS * COLUMNS, 2 * ROWS * COLUMNS);
    expect([...slice.slice(COLUMNS, 2 * COLUMNS)]).toEqual([...pixelsOf(1).slice(0, COLUMNS)]);
    expect([...slice.slice(0, COLUMNS)]).toEqual(new Array(COLUMNS).fill(0));
  });

  it('reads the rest around a corrupt slice, and says that one is missing', async () => {
    const files = mrSeries('1', 5, FULL_HEIGHT);
    files[2] = Uint8Array.from({ length: 900 }, (_, i) => (i * 7919) % 251);
    const study = await assemble(asInputs(files));
    expect(study.warnings).toEqual([expect.objectContaining({ subject: 'input 2' })]);
    const [series] = study.series;
    expect(codes(series.warnings)).toContain('SLICES_MISSING');
    expect(series.stacks[0].missingSlices).toEqual([2]);
    expect((await series.loadVolume()).present).toEqual([true, true, false, true, true]);
  });

  it('leaves out a slice whose pixels cannot be decoded', async () => {
    const files = mrSeries('1', 5);
    files[3] = mrSlice('1', 3, { PixelData: new Uint16Array(7) });
    const study = await assemble(asInputs(files));
    const loaded = await study.series[0].loadVolume();
    expect(loaded.present).toEqual([true, true, true, false, true]);
    expect(loaded.warnings).toEqual([
      expect.objectContaining({ code: 'SLICE_UNREADABLE', subject: 'input 3' }),
    ]);
  });

  it('throws where no slice can be decoded', async () => {
    const study = await assemble(asInputs(mrSeries('1', 3, { PixelData: new Uint16Array(7) })));
    expect((await faultOf(study.series[0].loadVolume())).code).toBe('PIXELS_INCONSISTENT');
  });

  it('reads a slice that the file cuts off as unreadable, the others well', async () => {
    const files = mrSeries('1', 4);
    files[1] = files[1].slice(0, files[1].length - 100);
    const loaded = await (await assemble(asInputs(files))).series[0].loadVolume();
    expect(loaded.present).toEqual([true, false, true, true]);
  });

  it('warns of constant slices', async () => {
    const files = mrSeries('1', 3);
    files[0] = mrSlice('1', 0, { PixelData: new Uint16Array(ROWS * COLUMNS).fill(5) });
    expect(codes((await (await assemble(asInputs(files))).series[0].loadVolume()).warnings)).toEqual([
      'SLICE_CONSTANT',
    ]);
  });

  it('drops the same instance given twice', async () => {
    const files = mrSeries('1', 3);
    const study = await assemble(asInputs([...files, files[1]]));
    expect(study.series[0].grid.size[2]).toBe(3);
    expect(codes(study.series[0].warnings)).toContain('SLICES_DUPLICATED');
  });

  it('parts water and fat images of one series', async () => {
    const water = mrSeries('1', 3, { ImageType: ['ORIGINAL', 'PRIMARY', 'W'] });
    const fat = [0, 1, 2].map((n) =>
      mrSlice('1', n, { ImageType: ['ORIGINAL', 'PRIMARY', 'F'], SOPInstanceUID: `1.2.3.8.${n}` }),
    );
    const study = await assemble(asInputs([...water, ...fat]));
    expect(study.series.map((s) => [s.role, s.grid.size[2]])).toEqual([
      ['sagittal-dixon-fat', 3],
      ['sagittal-dixon-water', 3],
    ]);
    expect(new Set(study.series.map((s) => s.seriesInstanceUid)).size).toBe(1);
  });

  it('keeps a single slice as what it is', async () => {
    const study = await assemble(asInputs([mrSlice('1', 0, FULL_HEIGHT)]));
    expect(study.series[0].role).toBe('sagittal-t2');
    expect(codes(study.series[0].warnings)).toContain('SINGLE_SLICE');
  });

  it('calls a few slices in three planes a localiser', async () => {
    const files = [SAGITTAL, AXIAL, CORONAL].flatMap((orientation, p) =>
      [0, 1, 2].map((n) =>
        mrSlice('1', 3 * p + n, {
          ImageOrientationPatient: orientation,
          ImagePositionPatient: [p === 0 ? 20 * n : 0, p === 2 ? 20 * n : 0, p === 1 ? 20 * n : 0],
          SpacingBetweenSlices: 20,
        }),
      ),
    );
    const study = await assemble(asInputs(files));
    expect(study.series).toHaveLength(1);
    expect(study.series[0]).toMatchObject({ role: 'localiser', roleReason: 'few slices in 3 planes' });
    expect(study.series[0].stacks).toHaveLength(3);
    expect((await study.series[0].loadVolume(2)).volume.grid.size[2]).toBe(3);
  });

  it('refuses two studies and lists them, and reads the one chosen', async () => {
    const files = [...mrSeries('1', 3), ...mrSeries('2', 3, { StudyInstanceUID: '1.2.4', PatientID: 'P2' })];
    const fault = await faultOf(assemble(asInputs(files)));
    expect(fault).toMatchObject({ code: 'AMBIGUOUS_STUDY', choices: ['1.2.3', '1.2.4'] });
    const study = await assembleStudy(asInputs(files), { ...options, studyInstanceUid: '1.2.4' });
    expect(study.series.map((s) => s.seriesInstanceUid)).toEqual(['1.2.3.2']);
    const none = await faultOf(assembleStudy(asInputs(files), { ...options, studyInstanceUid: '1.9' }));
    expect(none.code).toBe('NOTHING_FOUND');
  });

  it('refuses one study that names two patients', async () => {
    const files = [...mrSeries('1', 2), ...mrSeries('2', 2, { PatientID: 'P2' })];
    const fault = await faultOf(assemble(asInputs(files)));
    expect(fault.code).toBe('AMBIGUOUS_STUDY');
    expect(fault.message).not.toContain('P2');
  });

  it('refuses what is not MR, and input without images', async () => {
    const ct = mrSlice('1', 0, { SOPClassUID: '1.2.840.10008.5.1.4.1.1.2', Modality: 'CT' });
    expect((await faultOf(assemble(asInputs([ct])))).code).toBe('NOT_MR');
    expect((await faultOf(assemble(asInputs([new TextEncoder().encode('hello')])))).code).toBe(
      'NOTHING_FOUND',
    );
    expect((await faultOf(assemble([]))).code).toBe('NOTHING_FOUND');
  });

  it('keeps ratios and drops millimetres where the spacing cannot be', async () => {
    const seriesWith = async (elements: Parameters<typeof mrSlice>[2]) =>
      (await assemble(asInputs(mrSeries('1', 3, elements)))).series[0];
    // 12 rows of 2.5 mm are 30 mm: no lumbar spine.
    const small = await seriesWith({});
    expect(small.millimetresValid).toBe(false);
    expect(codes(small.warnings)).toEqual(['SPACING_IMPLAUSIBLE']);
    expect(small.workingSpacingMm[1]).toBeCloseTo(290 / ROWS, 9);
    const absent = await seriesWith({ removed: ['PixelSpacing'] });
    expect(codes(absent.warnings)).toEqual(['SPACING_MISSING']);
    expect((await absent.loadVolume()).volume.data.length).toBe(3 * ROWS * COLUMNS);
  });

  it('reads slices without position in the order of their numbers, with a warning', async () => {
    const files = [2, 0, 1].map((n) =>
      mrSlice('1', n, { InstanceNumber: n + 1, removed: ['ImagePositionPatient'] }),
    );
    const [series] = (await assemble(asInputs(files))).series;
    expect(codes(series.warnings)).toContain('POSITION_MISSING');
    const { volume } = await series.loadVolume();
    expect([0, 1, 2].map((k) => volume.data[k * ROWS * COLUMNS])).toEqual([0, 1000, 2000]);
  });

  it('reads an enhanced multi-frame object by its functional groups', async () => {
    const group = (n: number) =>
      buildDataSet({
        PlanePositionSequence: [buildDataSet({ ImagePositionPatient: [8 - 4 * n, -100, 150] })],
        MREchoSequence: [buildDataSet({ EffectiveEchoTime: 100 })],
      });
    const shared = buildDataSet({
      PlaneOrientationSequence: [buildDataSet({ ImageOrientationPatient: SAGITTAL })],
      PixelMeasuresSequence: [
        buildDataSet({ PixelSpacing: [2.5, 2.4], SliceThickness: 3.6, SpacingBetweenSlices: 4 }),
      ],
      MRTimingAndRelatedParametersSequence: [buildDataSet({ RepetitionTime: 3500, RFEchoTrainLength: 20 })],
      MRImageFrameTypeSequence: [
        buildDataSet({ FrameType: ['ORIGINAL', 'PRIMARY', 'VOLUME', 'NONE'], AcquisitionContrast: 'T2' }),
      ],
    });
    const order = [2, 0, 1];
    const pixels = new Uint16Array(3 * ROWS * COLUMNS);
    order.forEach((n, f) => {
      pixels.set(pixelsOf(n), f * ROWS * COLUMNS);
    });
    const bytes = writeDicom(
      createDicomFile(
        buildDataSet({
          SOPClassUID: '1.2.840.10008.5.1.4.1.1.4.1',
          SOPInstanceUID: '1.2.3.7',
          Modality: 'MR',
          StudyInstanceUID: '1.2.3',
          SeriesInstanceUID: '1.2.3.1',
          ImageType: ['ORIGINAL', 'PRIMARY', 'VOLUME', 'NONE'],
          EchoPulseSequence: 'SPIN',
          NumberOfFrames: 3,
          Rows: ROWS,
          Columns: COLUMNS,
          SamplesPerPixel: 1,
          PhotometricInterpretation: 'MONOCHROME2',
          BitsAllocated: 16,
          BitsStored: 16,
          HighBit: 15,
          PixelRepresentation: 0,
          PixelData: pixels,
          SharedFunctionalGroupsSequence: [shared],
          PerFrameFunctionalGroupsSequence: order.map(group),
        }),
      ),
    );
    const study = await assemble(asInputs([bytes]));
    expect(study.series[0]).toMatchObject({ role: 'sagittal-t2', inputs: [0] });
    expect(study.series[0].grid.spacingMm).toEqual([2.4, 2.5, 4]);
    const { volume } = await study.series[0].loadVolume();
    expect([0, 1, 2].map((k) => volume.data[k * ROWS * COLUMNS])).toEqual([0, 1000, 2000]);
  });

  it('takes volumes of other formats, turned to sagittal', async () => {
    const volume = {
      grid: {
        size: [3, 40, 50],
        spacingMm: [4, 6, 6],
        originMm: [0, 0, 0],
        axes: [
          [-1, 0, 0],
          [0, -1, 0],
          [0, 0, 1],
        ],
      },
      data: Uint16Array.from({ length: 6000 }, (_, i) => (i * 31) % 1009),
    } as const;
    const study = await assemble([{ index: 4, volume, spacingKnown: false }]);
    const [series] = study.series;
    expect(series.seriesInstanceUid).toBe('input-4');
    expect(series.role.startsWith('sagittal')).toBe(true);
    expect(series.grid.size).toEqual([40, 50, 3]);
    expect(codes(series.warnings)).toEqual(['SERIES_ROLE_GUESSED', 'SPACING_MISSING']);
    expect((await series.loadVolume()).volume.data[0]).toBe(volume.data[3 * (39 + 40 * 49)]);
  });

  it('sees a label map for what it is', async () => {
    const volume = {
      grid: {
        size: [20, 20, 3],
        spacingMm: [1, 1, 4],
        originMm: [0, 0, 0],
        axes: [
          [0, 1, 0],
          [0, 0, -1],
          [-1, 0, 0],
        ],
      },
      data: Uint8Array.from({ length: 1200 }, (_, i) => i % 7),
    } as const;
    expect((await assemble([{ index: 0, volume }])).series[0].role).toBe('other');
  });
});

describe('describeStudy', () => {
  it('lists series, roles, geometry and problems as plain JSON without absent fields', async () => {
    const study = await assemble(asInputs([...mrSeries('1', 4, FULL_HEIGHT), ...mrSeries('2', 2, T1)]));
    const description = describeStudy(study);
    expect(JSON.parse(JSON.stringify(description))).toEqual(description);
    expect(description.series[0]).toMatchObject({
      seriesInstanceUid: '1.2.3.1',
      role: 'sagittal-t2',
      files: 4,
      echoTimeMs: 100,
      stacks: [{ plane: 'sagittal', slices: 4, sliceStepMm: 4, missingSlices: [] }],
    });
    expect(JSON.stringify(description)).not.toContain('P1');
  });
});
