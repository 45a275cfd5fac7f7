import { describe, expect, it } from 'vitest';
import { heightLossPercent } from './body.ts';
import { genantGrade } from './genant.ts';

const whole = { anterior: 28, middle: 27, posterior: 28 };

describe('Genant grade', () => {
  it.each([
    [28, 0, 'none'],
    [22.5, 0, 'none'],
    [22.3, 1, 'wedge'],
    [21, 2, 'wedge'],
    [16.9, 2, 'wedge'],
    [16.7, 3, 'wedge'],
  ] as const)('anterior height %f of 28 is grade %i, %s', (anterior, value, shape) => {
    expect(genantGrade({ ...whole, anterior }, [whole])).toEqual({ value, shape });
  });

  it('a low middle is biconcave', () => {
    expect(genantGrade({ ...whole, middle: 19 }, [])).toEqual({ value: 2, shape: 'biconcave' });
  });

  it('a body low all over is a crush against its neighbours only', () => {
    const low = { anterior: 19, middle: 18.5, posterior: 19 };
    expect(genantGrade(low, [whole, whole])).toEqual({ value: 2, shape: 'crush' });
    expect(genantGrade(low, [])).toEqual({ value: 0, shape: 'none' });
  });

  it('a body that is only low behind, as L5 is, is none', () => {
    expect(genantGrade({ anterior: 29, middle: 26, posterior: 22 }, [whole])).toEqual({
      value: 0,
      shape: 'none',
    });
  });
});

it('height loss compares the lowest with the tallest of the three', () => {
  expect(heightLossPercent({ anterior: 21, middle: 24, posterior: 28 })).toBeCloseTo(25, 12);
});
