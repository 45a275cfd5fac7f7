import { describe, expect, it } from 'vitest';
import { intersectLines, lineThrough, offsetFromLine, rotate2, turnDeg } from './plane2.ts';

describe('lines in a plane', () => {
  it('meet where both pass', () => {
    const meeting = intersectLines(lineThrough([0, 0], [10, 10]), lineThrough([0, 8], [8, 0]));
    expect(meeting?.[0]).toBeCloseTo(4, 12);
    expect(meeting?.[1]).toBeCloseTo(4, 12);
  });

  it('do not meet when parallel', () => {
    expect(intersectLines(lineThrough([0, 0], [1, 2]), lineThrough([5, 0], [6, 2]))).toBeUndefined();
  });

  it('have their positive side where the first axis turns to the second', () => {
    expect(offsetFromLine([3, 2], lineThrough([0, 0], [1, 0]))).toBeCloseTo(2, 12);
    expect(offsetFromLine([3, 2], lineThrough([1, 0], [0, 0]))).toBeCloseTo(-2, 12);
  });

  it('turn by signed angles', () => {
    expect(turnDeg([1, 0], rotate2([1, 0], Math.PI / 6))).toBeCloseTo(30, 10);
    expect(turnDeg([0, 5], [3, 0])).toBeCloseTo(-90, 10);
  });
});
