import { describe, expect, it, test } from 'vitest';
import { largestPart, partition, partsWithin, seedsAt } from './partition.ts';

/** `.` nothing, `#` mask. */
const mask = (...rows: string[]) => Uint8Array.from(rows.join(''), (c) => (c === '#' ? 1 : 0));

describe('partition', () => {
  it('gives each pixel to the seed that reaches it first within the mask', () => {
    const seeds = new Uint8Array(7);
    seeds[0] = 1;
    seeds[6] = 2;
    expect([...partition(mask('#######'), seeds, 7, 1)]).toEqual([1, 1, 1, 1, 2, 2, 2]);
  });

  it('does not cross gaps, not even corner to corner', () => {
    const seeds = new Uint8Array(6);
    seeds[0] = 3;
    expect([...partition(mask('##.', '..#'), seeds, 3, 2)]).toEqual([3, 3, 0, 0, 0, 0]);
  });

  it('goes no farther than it may', () => {
    const seeds = new Uint8Array(7);
    seeds[0] = 1;
    expect([...partition(mask('#######'), seeds, 7, 1, 2)]).toEqual([1, 1, 1, 0, 0, 0, 0]);
  });

  it('ignores seeds outside the mask', () => {
    expect([...partition(mask('.#'), Uint8Array.from([1, 0]), 2, 1)]).toEqual([0, 0]);
  });
});

describe('seedsAt', () => {
  it('labels a disc about each point, cut at the border', () => {
    const seeds = seedsAt([{ x: 0, y: 0 }], 1, 3, 3);
    expect([...seeds]).toEqual([1, 1, 0, 1, 0, 0, 0, 0, 0]);
  });
});

describe('largestPart', () => {
  it('keeps the largest connected part alone', () => {
    expect([...largestPart(mask('#.##', '..#.'), 4, 2)]).toEqual([0, 0, 1, 1, 0, 0, 1, 0]);
    expect([...largestPart(mask('....'), 4, 1)]).toEqual([0, 0, 0, 0]);
  });
});

test('partsWithin leaves out specks and what is too large', () => {
  const parts = mask('#.##.####', '........#');
  expect([...partsWithin([2, 4], parts, 9, 2)]).toEqual([...mask('..##.....', '.........')]);
  expect([...partsWithin([1, 9], parts, 9, 2)]).toEqual([...parts]);
});
