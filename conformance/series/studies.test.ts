/** Roles and geometry of real studies: roles as known, numbers as pydicom reads them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFault } from '@promontory/core/fault';
import { isIdentity, toPatient, type Vec3 } from '@promontory/core/geometry';
import { assembleStudy, describeStudy, selectSeries } from '@promontory/core/reading/series';
import { createNodeCodecs } from '@promontory/server/src/ports/codecs/index.ts';
import { describe, expect, test } from 'vitest';
import { dataFolder, geometryByPydicom, missing, type PydicomSeries, readInputs } from './studies.ts';

const absent = missing();

if (absent !== undefined) {
  test('the series suite can run', (context) => {
    if (process.env.CI === 'true') throw new Error(absent);
    context.skip(`skipped: ${absent}`);
  });
}

/**
 * Roles in the order of the roles' names. spider-7 and sct-t2 are 3-D turbo spin echo (0.9 and 1 mm slices, echo
 * trains of 60 and 72), though their attributes say 2D.
 */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  ivd_20: ['sagittal-t2'],
  musclemap: ['axial-t2'],
  'sct-t2': ['sagittal-space'],
  'spider-10': ['sagittal-t1', 'sagittal-t2'],
  'spider-100': ['sagittal-t1', 'sagittal-t2'],
  'spider-12': ['sagittal-t1', 'sagittal-t2'],
  'spider-30': ['sagittal-t1', 'sagittal-t2'],
  'spider-4': ['sagittal-t1', 'sagittal-t2'],
  'spider-7': ['sagittal-space', 'sagittal-t1'],
  vb1_02: ['sagittal-t1'],
  vb1_12: ['sagittal-t2'],
  vb2_08: ['sagittal-t2'],
};

describe.skipIf(absent !== undefined)('real studies', () => {
  const codecs = createNodeCodecs();
  let oracle: Map<string, PydicomSeries> | undefined;

  test.for(Object.entries(ROLES))('%s has its roles, geometry and pixels', async ([name, roles]) => {
    oracle ??= geometryByPydicom();
    const inputs = readInputs('dicom', name);
    const study = await assembleStudy(inputs, { codecs });
    expect(study.series.map((s) => s.role).sort()).toEqual(roles);
    for (const series of study.series) {
      expect(series.roleGuessed).toBe(false);
      const theirs = oracle.get(series.seriesInstanceUid)!;
      expect(series.grid.size).toEqual(theirs.size);
      expect(series.grid.spacingMm[0]).toBeCloseTo(theirs.spacing[0], 9);
      expect(series.grid.spacingMm[1]).toBeCloseTo(theirs.spacing[1], 9);
      // These are stored as sagittal and axial images are shown, so nothing is turned.
      expect(isIdentity(series.stacks[0].mapping)).toBe(true);
      theirs.origins.forEach((origin, k) => {
        const ours = toPatient(series.grid, [0, 0, k]);
        for (let c = 0; c < 3; c++) expect(ours[c]).toBeCloseTo(origin[c], 4);
      });
      series.grid.axes.forEach((axis: Vec3, a) => {
        for (let c = 0; c < 3; c++) expect(axis[c]).toBeCloseTo(theirs.axes[a][c], 6);
      });
      const { volume, present, warnings } = await series.loadVolume();
      expect(present.every(Boolean)).toBe(true);
      expect(warnings.filter((w) => w.code === 'SLICE_UNREADABLE')).toEqual([]);
      expect(Math.max(...volume.data.subarray(0, 100_000))).toBeGreaterThanOrEqual(0);
    }
    const reversed = [...inputs].reverse();
    const again = describeStudy(await assembleStudy(reversed, { codecs }));
    expect(again).toEqual(describeStudy(study));
  });

  test('the axial study has nothing to select from', async () => {
    const study = await assembleStudy(readInputs('dicom', 'musclemap'), { codecs });
    expect(() => selectSeries(study)).toThrow(expect.toSatisfy((e) => isFault(e, 'NO_SAGITTAL_SERIES')));
  });

  test('all studies at once are ambiguous, and any of them can be chosen', async () => {
    const inputs = readInputs('dicom');
    const fault = await assembleStudy(inputs, { codecs }).catch((e: unknown) => e);
    if (!isFault(fault, 'AMBIGUOUS_STUDY')) throw fault;
    expect(fault.choices).toHaveLength(Object.keys(ROLES).length);
    const study = await assembleStudy(inputs, { codecs, studyInstanceUid: fault.choices![3] });
    expect(study.studyInstanceUid).toBe(fault.choices![3]);
  });
});

describe.skipIf(absent !== undefined)('MR files of the corpus', () => {
  const codecs = createNodeCodecs();
  const corpus = (...folder: string[]) => readInputs('dicom-corpus', 'test_files', ...folder);
  const readCorpus = (name: string) =>
    new Uint8Array(readFileSync(join(dataFolder!, 'dicom-corpus', 'test_files', name)));
  /** Roles of all series below one folder of the corpus's DICOMDIR, which mixes studies. */
  const rolesBelow = async (folder: string) => {
    const inputs = corpus('dicomdirtests', '98892003', folder);
    const fault = await assembleStudy(inputs, { codecs }).catch((e: unknown) => e);
    if (!isFault(fault, 'AMBIGUOUS_STUDY')) throw fault;
    const studies = fault.choices!.map((uid) => assembleStudy(inputs, { codecs, studyInstanceUid: uid }));
    return (await Promise.all(studies)).flatMap((study) => study.series);
  };

  test('localisers and projections are told by their attributes', async () => {
    for (const folder of ['MR1', 'MR2']) {
      const roles = (await rolesBelow(folder)).map((series) => series.role);
      expect(new Set(roles)).toEqual(new Set(['localiser']));
    }
    const projections = await assembleStudy(corpus('dicomdirtests', '98892003', 'MR700'), { codecs });
    expect(projections.series.map((series) => series.derived)).toEqual([true]);
    expect(() => selectSeries(projections)).toThrow(
      expect.toSatisfy((e) => isFault(e, 'NO_SAGITTAL_SERIES')),
    );
  });

  test('one axial slice in every encoding is an axial slice, never a localiser', async () => {
    const names = [
      '',
      '_RLE',
      '_bigendian',
      '_implicit',
      '_jp2klossless',
      '_jpeg_ls_lossless',
      '_padded',
      '_expb',
    ];
    for (const name of names) {
      const bytes = readCorpus(`MR_small${name}.dcm`);
      const study = await assembleStudy([{ index: 0, bytes }], { codecs });
      expect(study.series[0].role).toBe('axial-t2');
      const { volume } = await study.series[0].loadVolume();
      expect([0, 63, 63 * 64, 64 * 64 - 1].map((i) => volume.data[i])).toEqual([905, 328, 378, 862]);
    }
  });

  test('the whole corpus has a verdict, and a CT is not MR', async () => {
    const verdict = await assembleStudy(corpus(), { codecs }).catch((e: unknown) => e);
    expect(isFault(verdict, 'AMBIGUOUS_STUDY')).toBe(true);
    const ct = [{ index: 0, bytes: readCorpus('CT_small.dcm') }];
    const notMr = await assembleStudy(ct, { codecs }).catch((e: unknown) => e);
    expect(isFault(notMr, 'NOT_MR')).toBe(true);
  });
});
