import { describe, expect, it } from 'vitest';
import type { Measurement } from '../findings.ts';
import { gradeSlip } from './slip.ts';

const mm = (value: number, uncertainty = 1.5): Measurement => ({ value, unit: 'mm', uncertainty });
const percent = (value: number): Measurement => ({ value, unit: 'percent', uncertainty: 4 });

describe('a slip', () => {
  it('is reported from 3 mm on', () => {
    expect(gradeSlip(mm(2.9), percent(8.5))).toEqual({ direction: 'none', meyerding: 0 });
    expect(gradeSlip(mm(3), percent(8.8))).toEqual({ direction: 'anterolisthesis', meyerding: 1 });
    expect(gradeSlip(mm(-3.4), percent(-10))).toEqual({ direction: 'retrolisthesis', meyerding: 1 });
  });

  it('is not reported within its own uncertainty', () => {
    expect(gradeSlip(mm(3.5, 3.6), percent(10))).toEqual({ direction: 'none', meyerding: 0 });
  });

  it.each([
    [25, 1],
    [25.1, 2],
    [50, 2],
    [75, 3],
    [99, 4],
    [100, 4],
    [101, 5],
  ])('of %f percent is Meyerding %i', (share, grade) => {
    expect(gradeSlip(mm(share / 3), percent(share)).meyerding).toBe(grade);
  });
});
