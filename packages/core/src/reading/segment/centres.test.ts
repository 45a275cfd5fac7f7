import { describe, expect, it } from 'vitest';
import { climb, findPeaks } from './centres.ts';

const SIDE = 200;

/** A centre map with a Gaussian spot at each point, as the network is taught. */
function spots(points: readonly (readonly [number, number, number])[]): Float32Array {
  const map = new Float32Array(SIDE * SIDE);
  for (const [cx, cy, height] of points) {
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const v = height * Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 18);
        map[y * SIDE + x] = Math.max(map[y * SIDE + x], v);
      }
    }
  }
  return map;
}

describe('findPeaks', () => {
  it('finds spots, highest first, and nothing below the threshold', () => {
    const peaks = findPeaks(
      spots([
        [50, 40, 0.6],
        [52, 90, 0.9],
        [150, 150, 0.1],
      ]),
      SIDE,
      SIDE,
      0.2,
      9,
    );
    expect(peaks.map(({ x, y }) => [x, y])).toEqual([
      [52, 90],
      [50, 40],
    ]);
  });

  it('keeps the higher of two that are too near', () => {
    const peaks = findPeaks(
      spots([
        [50, 50, 0.9],
        [56, 50, 0.7],
      ]),
      SIDE,
      SIDE,
      0.2,
      9,
    );
    expect(peaks).toHaveLength(1);
    expect(peaks[0].x).toBeLessThan(54);
  });
});

describe('climb', () => {
  const at = (x: number, y: number) => ({ x, y, score: 1 });

  it('goes up a lordotic spine from a steep lowest disc, and past no gap too wide', () => {
    const discs = [at(120, 180), at(95, 160), at(85, 128), at(82, 96), at(84, 64)];
    const far = at(90, -20);
    const bowel = at(20, 130);
    expect(climb([...discs, far, bowel], discs[0], 1)).toEqual(discs);
  });

  it('turns back for nothing', () => {
    expect(climb([at(50, 50), at(50, 80)], at(50, 50), 1)).toEqual([at(50, 50)]);
  });

  const spine = [at(120, 180), at(95, 160), at(85, 128), at(82, 96), at(84, 64)];

  it('is not led astray by a weak place that is nearer than the next disc', () => {
    const astray = { ...at(131, 158), score: 0.4 };
    expect(climb([astray, ...spine], spine[0], 1)).toEqual(spine);
  });

  it('steps over a weak place in the middle of a body', () => {
    const inBody = { ...at(84, 112), score: 0.3 };
    expect(climb([...spine, inBody], spine[0], 1)).toEqual(spine);
  });

  it('takes a weak disc where one is due', () => {
    const weak = spine.map((p, i) => (i === 2 ? { ...p, score: 0.25 } : p));
    expect(climb(weak, weak[0], 1)).toEqual(weak);
  });
});
