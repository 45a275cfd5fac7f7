import { describe, expect, test } from 'vitest';
import { phantomShape, samplePatient, truthOf } from '../phantom/index.ts';
import { measureSpine } from './measure/index.ts';
import { readSpineOutline } from './outline-schema.ts';

const { outline } = truthOf(phantomShape(samplePatient({ seed: 7 })));
const file = (): object => JSON.parse(JSON.stringify(outline));

test('what was written is read as it was, and measures the same', () => {
  const read = readSpineOutline(file());
  expect(read).toEqual(file());
  expect(measureSpine(read)).toEqual(measureSpine(outline));
});

describe('refused', () => {
  const { plane, bodies, discs } = outline;
  const first = <T>(items: readonly T[], change: object): T[] => [
    { ...items[0], ...change },
    ...items.slice(1),
  ];
  const damage: [string, object][] = [
    ['a plane of another scale', { plane: { ...plane, uAxis: [2, 0, 0] } }],
    ['a plane that is none', { plane: { ...plane, uAxis: plane.vAxis } }],
    ['no pixel size', { pixelMm: 0 }],
    ['an unknown vertebra', { bodies: first(bodies, { label: 'C5' }) }],
    ['an unknown disc', { discs: first(discs, { label: 'L4-L5' }) }],
    ['a vertebra twice', { bodies: first(bodies, { label: bodies[1].label }) }],
    ['a place beyond any image', { sac: [[1e300, 0]] }],
    ['no number', { sac: [[null, 0]] }],
    ['too many points', { sac: Array.from({ length: 30_000 }, () => [0, 0]) }],
    [
      'an outline that goes to and fro for metres',
      { sac: Array.from({ length: 5000 }, (_, i) => [i % 2 === 0 ? 0 : 500, 0]) },
    ],
    ['a field that nobody knows', { patientName: 'x' }],
  ];
  test.each(damage)('%s', (_, change) => {
    expect(() => readSpineOutline({ ...file(), ...change })).toThrow();
  });
});
