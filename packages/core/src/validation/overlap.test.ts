import { expect, test } from 'vitest';
import type { Grid, Volume } from '../geometry/index.ts';
import { OWN_MASKS } from './labels.ts';
import { compareMasks } from './overlap.ts';
import { SPIDER_MASKS } from './spider.ts';

/** Columns 0.5 mm, rows 0.7 mm, slices 4 mm. */
const grid: Grid = {
  size: [24, 20, 6],
  spacingMm: [0.5, 0.7, 4],
  originMm: [10, -20, 5],
  axes: [
    [0, 1, 0],
    [0, 0, -1],
    [1, 0, 0],
  ],
};

function blob(value: number, cx: number, cy: number, cz: number, r2: number): Volume<Uint8Array> {
  const data = new Uint8Array(24 * 20 * 6);
  data.forEach((_, at) => {
    const [x, y, z] = [at % 24, Math.floor(at / 24) % 20, Math.floor(at / 480)];
    if (((z - cz) * 2) ** 2 + (y - cy) ** 2 + (x - cx) ** 2 <= r2) data[at] = value;
  });
  return { grid, data };
}

const own = blob(124, 10, 9, 2, 36);
const truth = blob(201, 12, 10, 3, 30);

test('overlap and surface distances are those of scipy', () => {
  const { structures } = compareMasks(own, { volume: truth, scheme: SPIDER_MASKS }, [124]);
  // scipy.ndimage: binary_erosion with the 6-neighbourhood, distance_transform_edt with the spacing
  expect(structures).toEqual([
    {
      kind: 'disc',
      number: 1,
      overlap: expect.closeTo(0.608058608058608, 12),
      hd95Mm: expect.closeTo(4.060788100849391, 9),
      assdMm: expect.closeTo(1.439534334556973, 9),
    },
  ]);
});

test('a mask on another grid, turned and shifted, is met at the same places', () => {
  // Slices stored from the other end, one column more in front.
  const size = [25, 20, 6] as const;
  const data = new Uint8Array(25 * 20 * 6);
  truth.data.forEach((v, at) => {
    const [x, y, z] = [at % 24, Math.floor(at / 24) % 20, Math.floor(at / 480)];
    data[x + 1 + 25 * (y + 20 * (5 - z))] = v;
  });
  const turned: Volume<Uint8Array> = {
    data,
    grid: {
      ...grid,
      size,
      originMm: [10 + 5 * 4, -20 - 0.5, 5],
      axes: [grid.axes[0], grid.axes[1], [-1, 0, 0]],
    },
  };
  const straight = compareMasks(own, { volume: truth, scheme: SPIDER_MASKS }, [124]);
  expect(compareMasks(own, { volume: turned, scheme: SPIDER_MASKS }, [124])).toEqual(straight);
});

test('a structure that was not found overlaps by nothing; one that the mask lacks is not judged', () => {
  const { structures, discCentresMm } = compareMasks(
    blob(22, 10, 9, 2, 36),
    { volume: truth, scheme: SPIDER_MASKS },
    [],
  );
  expect(structures).toEqual([{ kind: 'disc', number: 1, overlap: 0 }]);
  expect([...discCentresMm.keys()]).toEqual([1]);
});

test('bodies are numbered by the discs below them; against whole vertebrae the share inside counts', () => {
  const body = blob(24, 10, 9, 2, 20);
  const whole = compareMasks(body, { volume: blob(1, 10, 9, 2, 60), scheme: SPIDER_MASKS }, [124, 123]);
  expect(whole.structures).toEqual([{ kind: 'body', number: 1, overlap: 1 }]);
  const bodies = compareMasks(body, { volume: blob(24, 10, 9, 2, 20), scheme: OWN_MASKS }, [124, 123]);
  expect(bodies.structures).toEqual([{ kind: 'body', number: 1, overlap: 1, hd95Mm: 0, assdMm: 0 }]);
});
