import { describe, expect, test } from 'vitest';
import type { StudyImages } from '../images/index.ts';
import { planeAlong, stackOf } from './geometry/planes.testing.ts';
import { goToLevel, goToPoint } from './go-to.ts';
import { hangSeries } from './hanging.ts';
import { levelKey } from './level-navigator.tsx';
import { type Source, ViewerStore } from './state.ts';
import { loadingOrder } from './use-frame.ts';

const images = (study = '1.1') => ({ studyInstanceUid: study }) as StudyImages;
const source = (series: Source['series'], study?: string): Source => ({
  images: images(study),
  series,
  kind: study === undefined ? 'own' : 'prior',
});
const sagittal = stackOf(planeAlong([0, 1, 0], [0, 0, -1], { originMm: [-30, -80, 100] }), 15, -4.4, 0, {
  id: 's',
  plane: 'sagittal',
});
const axial = stackOf(planeAlong([1, 0, 0], [0, 1, 0], { originMm: [-80, -80, 60] }), 20, -4.4, 0, {
  id: 'a',
  plane: 'axial',
});
const other = stackOf(planeAlong([0, 1, 0], [0, 0, -1], { originMm: [-30, -80, 100] }), 29, -2.2, 0, {
  id: 't',
  plane: 'sagittal',
});
const disc = {
  label: 'L4/L5' as const,
  place: { centreMm: [0, 0, 20] as const, normal: [0, 0, 1] as const, heightMm: 9 },
};

function hung(): ViewerStore {
  const store = new ViewerStore();
  for (const [n, series] of [sagittal, other, axial].entries()) store.show(n, source(series));
  return store;
}
const indices = (store: ViewerStore): number[] =>
  store
    .get()
    .panes.slice(0, 3)
    .map(({ index }) => index);

describe('linked panes', () => {
  test('scrolling one sagittal series moves the other to the same place, not the axial one', () => {
    const store = hung();
    store.scrollTo(0, 3);
    expect(indices(store)).toEqual([3, 6, 10]);
  });

  test('not where it is switched off, and not in another frame of reference', () => {
    const store = hung();
    store.set({ isSynced: false });
    store.scrollTo(0, 3);
    expect(indices(store)).toEqual([3, 14, 10]);
    store.set({ isSynced: true });
    store.show(1, source({ ...other, frameOfReferenceUid: '7' }));
    store.scrollTo(0, 4);
    expect(indices(store)).toEqual([4, 14, 10]);
  });

  test('a level moves the axial pane to its disc and leaves the sagittal slices to the reader', () => {
    const store = hung();
    store.scrollTo(0, 2);
    goToLevel(store, 'L4/L5', () => disc);
    // 60 − 9 × 4.4 = 20.4.
    expect(indices(store)).toEqual([2, 4, 9]);
  });

  test('a prior goes to its own disc', () => {
    const store = hung();
    const before = stackOf({ ...axial.frames[0].plane, originMm: [-80, -80, 160] }, 20, -4.4, 0, {
      id: 'p',
      plane: 'axial',
    });
    store.show(3, source(before, '1.0'));
    const own = { ...disc, place: { ...disc.place, centreMm: [0, 0, 98] as const } };
    goToLevel(store, 'L4/L5', ({ kind }) => (kind === 'prior' ? own : disc));
    expect(store.get().panes.map(({ index }) => index)[3]).toBe(14);
  });

  test('a point moves every other pane, and only those that it can be told for', () => {
    const store = hung();
    store.show(3, source({ ...axial, id: 'f', frameOfReferenceUid: '7' }));
    goToPoint(store, [-30 + 4 * 4.4, 0, 60 - 2 * 4.4], source(sagittal), 2);
    expect(store.get().panes.map(({ index }) => index)).toEqual([4, 8, 10, 10]);
  });

  test('the ends are the ends', () => {
    const store = hung();
    store.scrollBy(2, -100);
    expect(indices(store)[2]).toBe(0);
    store.scrollTo(2, Number.MAX_SAFE_INTEGER);
    expect(indices(store)[2]).toBe(19);
  });
});

describe('hanging', () => {
  const of = (id: string, role: Source['series']['role'], change = {}) => ({
    ...sagittal,
    id,
    seriesInstanceUid: id,
    role,
    ...change,
  });

  test('sagittal T2 beside T1, axial T2 with them; a derived or repeated series does not come first', () => {
    const series = [
      of('loc', 'localiser'),
      of('t1', 'sagittal-t1'),
      of('sub', 'sagittal-t2', { isDerived: true }),
      of('fs', 'sagittal-t2', { isFatSuppressed: true }),
      of('t2', 'sagittal-t2'),
      of('stir', 'sagittal-stir'),
      of('at1', 'axial-t1', { plane: 'axial' }),
      of('at2', 'axial-t2', { plane: 'axial' }),
    ];
    expect(hangSeries(series, undefined).map(({ id }) => id)).toEqual(['t2', 't1', 'at2']);
  });

  test('STIR where there is no T1; whatever there is where nothing fits', () => {
    expect(
      hangSeries([of('stir', 'sagittal-stir'), of('t2', 'sagittal-t2')], undefined).map(({ id }) => id),
    ).toEqual(['t2', 'stir']);
    expect(hangSeries([of('loc', 'localiser')], undefined).map(({ id }) => id)).toEqual(['loc']);
  });
});

test('slices load outwards, the middle one early', () => {
  const order = loadingOrder(20, 2, 10);
  expect(order.map(({ k }) => k).slice(0, 5)).toEqual([2, 1, 3, 0, 4]);
  expect(order.filter(({ priority }) => priority === 1).map(({ k }) => k)).toEqual([2, 1, 3, 0, 4, 5, 10]);
});

test('keys are the upper vertebra’s number', () => {
  expect(['T12/L1', 'L1/L2', 'L5/S1', 'L6/S1', 'T11/T12'].map(levelKey)).toEqual([
    '0',
    '1',
    '5',
    '6',
    undefined,
  ]);
});
