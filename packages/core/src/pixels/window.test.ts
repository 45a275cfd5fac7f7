import { expect, test } from 'vitest';
import { buildDataSet } from '../dicom/index.ts';
import { toGrey, windowFromData, windowFromTags } from './window.ts';

test('the window of the tags is that of the standard', () => {
  const window = windowFromTags(buildDataSet({ WindowCenter: '2048', WindowWidth: '4096' }), 0)!;
  expect(window).toEqual({ low: 0, high: 4095 });
  expect([...toGrey([0, 4095, -5, 9000], window)]).toEqual([0, 255, 0, 255]);
});

test('the window of the frame goes before that of the object', () => {
  const voi = (centre: string) =>
    buildDataSet({ FrameVOILUTSequence: [buildDataSet({ WindowCenter: centre, WindowWidth: '11' })] });
  const object = buildDataSet({
    WindowCenter: '1',
    WindowWidth: '3',
    PerFrameFunctionalGroupsSequence: [voi('100'), buildDataSet({})],
  });
  expect(windowFromTags(object, 0)).toEqual({ low: 94.5, high: 104.5 });
  expect(windowFromTags(object, 1)).toEqual({ low: -0.5, high: 1.5 });
});

test('no window, a width of zero', () => {
  expect(windowFromTags(buildDataSet({}), 0)).toBeUndefined();
  expect(windowFromTags(buildDataSet({ WindowCenter: '5', WindowWidth: '0' }), 0)).toBeUndefined();
});

test('percentiles leave outliers out; constants and empty images have no range', () => {
  const values = Float32Array.from({ length: 1001 }, (_, i) => (i === 500 ? 1e9 : i));
  const { low, high } = windowFromData(values);
  expect(low).toBe(10);
  expect(high).toBeGreaterThan(990);
  expect(high).toBeLessThan(1001);
  expect(windowFromData(Int16Array.of(4, 4, 4))).toEqual({ low: 4, high: 4 });
  expect(windowFromData([])).toEqual({ low: 0, high: 0 });
  expect(windowFromData([Number.NaN, 2])).toEqual({ low: 2, high: 2 });
  expect([...toGrey([3, 4, 5], { low: 4, high: 4 })]).toEqual([0, 0, 255]);
});
