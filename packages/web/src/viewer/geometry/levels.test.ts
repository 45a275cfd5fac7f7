import { dot } from '@promontory/core/geometry';
import type { Findings, SpineOutline } from '@promontory/core/spine';
import { expect, test } from 'vitest';
import { levelsOf } from './levels.ts';

const disc = (label: string, z: number, y = 0) => ({ label, centroidMm: [2, y, z], heights: {} });
const findings = {
  discs: [disc('T11/T12', 120), disc('L4/L5', -20), disc('L5/S1', -55, 12)],
  vertebrae: [
    { label: 'L4', centroidMm: [2, 0, 0] },
    { label: 'L5', centroidMm: [2, 0, -40] },
  ],
} as unknown as Findings;

test('levels run from head to foot; those above T12 are left out; none has an invented direction', () => {
  const levels = levelsOf(findings, undefined);
  expect(levels.map(({ label }) => label)).toEqual(['L4/L5', 'L5/S1']);
  expect(levels[0].place.normal).toEqual([0, 0, 1]);
  // Only L5 is known: from the disc to it, upwards.
  expect(levels[1].place.normal[1]).toBeLessThan(0);
});

test('with an outline the normal stands on the disc’s longest axis, in the measured plane, towards the head', () => {
  const tilt = (25 * Math.PI) / 180;
  const corner = (u: number, v: number) => [
    u * Math.cos(tilt) - v * Math.sin(tilt),
    u * Math.sin(tilt) + v * Math.cos(tilt),
  ];
  const outline = {
    plane: { originMm: [2, 0, 0], uAxis: [0, 1, 0], vAxis: [0, 0, -1] },
    discs: [{ label: 'L5/S1', outline: [corner(-18, -4), corner(18, -4), corner(18, 4), corner(-18, 4)] }],
  } as unknown as SpineOutline;
  const { normal } = levelsOf(findings, outline)[1].place;
  expect(dot(normal, [0, Math.cos(tilt), -Math.sin(tilt)])).toBeCloseTo(0, 9);
  expect(normal[2]).toBeCloseTo(Math.cos(tilt), 9);
});
