import { describe, expect, it } from 'vitest';
import { isFault } from '../../fault/index.ts';
import { assembleStudy, selectSeries } from './index.ts';
import { AXIAL, asInputs, codes, type Elements, mrSeries, NO_CODECS, STIR, T1 } from './study.testing.ts';

/** Big enough to be a spine: 12 rows of 25 mm would be implausible pixels, so rows are many and narrow. */
const SPINE = { Rows: 160, Columns: 4, PixelSpacing: [2, 2], PixelData: new Uint16Array(640) };
const series = (uid: string, elements: Elements = {}, count = 5) =>
  mrSeries(uid, count, { ...SPINE, ...elements });
const select = async (...files: Uint8Array[][]) =>
  selectSeries(await assembleStudy(asInputs(files.flat()), { codecs: NO_CODECS }));

describe('selectSeries', () => {
  it('gives the grid to T2 and takes T1 beside it, with a reason for each', async () => {
    const { grid, t1, t2, choices, warnings } = await select(
      series('1', T1),
      series('2'),
      series('3', { ImageOrientationPatient: AXIAL }, 1),
    );
    expect(grid.seriesInstanceUid).toBe('1.2.3.2');
    expect(t2).toBe(grid);
    expect(t1?.seriesInstanceUid).toBe('1.2.3.1');
    expect(choices.map((c) => c.used)).toEqual([true, true, false]);
    for (const choice of choices) expect(choice.reason.length).toBeGreaterThan(10);
    expect(warnings).toEqual([]);
  });

  it('falls back to SPACE, STIR, T1', async () => {
    const space = series('1', { MRAcquisitionType: '3D' });
    expect((await select(space, series('2', STIR), series('3', T1))).grid.role).toBe('sagittal-space');
    const stir = await select(series('2', STIR), series('3', T1));
    expect(stir.grid.role).toBe('sagittal-stir');
    expect(stir.t2).toBeUndefined();
    expect(codes(stir.warnings)).toEqual(['T2_MISSING']);
    const only = await select(series('3', T1));
    expect(only.grid).toBe(only.t1);
    expect(codes((await select(series('2'))).warnings)).toEqual(['T1_MISSING']);
  });

  it('prefers trusted millimetres, then no fat suppression, then finer pixels', async () => {
    const fine = { PixelSpacing: [1, 1] };
    expect(
      (await select(series('1', { PixelSpacing: [0.01, 0.01] }), series('2'))).grid.seriesInstanceUid,
    ).toBe('1.2.3.2');
    expect(
      (await select(series('1', { ScanOptions: 'FS', ...fine }), series('2'))).grid.seriesInstanceUid,
    ).toBe('1.2.3.2');
    expect((await select(series('1'), series('2', fine))).grid.seriesInstanceUid).toBe('1.2.3.2');
    expect(
      (await select(series('1', { SeriesDescription: 'T2 sag HWS', ...fine }), series('2'))).grid
        .seriesInstanceUid,
    ).toBe('1.2.3.2');
  });

  it('does not pair a T1 that shows another place', async () => {
    const { t1, choices } = await select(
      series('1'),
      series('2', { ...T1, ImagePositionPatient: [300, -100, 150] }, 1),
    );
    expect(t1).toBeUndefined();
    expect(choices[1].reason).toContain('lies elsewhere');
  });

  it('refuses a study with axial series only', async () => {
    await expect(select(series('1', { ImageOrientationPatient: AXIAL }, 1))).rejects.toSatisfy((e) =>
      isFault(e, 'NO_SAGITTAL_SERIES'),
    );
  });
});
