import { describe, expect, test } from 'vitest';
import { type Sequence, signal } from './contrast.ts';

const T1: Sequence = { kind: 'tse', repetitionMs: 600, echoMs: 11, echoTrain: 4, echoSpacingMs: 9 };
const T2: Sequence = { kind: 'tse', repetitionMs: 3600, echoMs: 105, echoTrain: 22, echoSpacingMs: 9 };
const STIR: Sequence = { kind: 'stir', repetitionMs: 4200, echoMs: 60, inversionMs: 160 };

describe('signal equations', () => {
  test('a turbo spin echo by hand', () => {
    const expected = 90 * (1 - Math.exp(-(600 - 36) / 343)) * Math.exp(-11 / 140);
    expect(signal(T1, 90, 343, 140)).toBeCloseTo(expected, 9);
  });

  test('fluid is dark on T1 and bright on T2, fat bright on T1, suppressed by inversion', () => {
    const csf = (s: Sequence) => signal(s, 107, 4000, 1500);
    const fat = (s: Sequence) => signal(s, 90, 300, 140);
    expect(csf(T1)).toBeLessThan(0.3 * fat(T1));
    expect(csf(T2)).toBeGreaterThan(1.2 * fat(T2));
    expect(fat(STIR)).toBeLessThan(0.3 * csf(STIR));
  });

  test('driven equilibrium raises fluid', () => {
    const restored: Sequence = { ...T2, restore: true };
    expect(signal(restored, 107, 4000, 1500)).toBeGreaterThan(1.2 * signal(T2, 107, 4000, 1500));
    expect(signal(restored, 75, 870, 36)).toBeLessThan(1.02 * signal(T2, 75, 870, 36));
  });

  test('the nucleus darkens with its grade', () => {
    const values = [205, 135, 84, 52, 38].map((t2) => signal(T2, 70, 900, t2));
    for (let i = 1; i < values.length; i++) expect(values[i]).toBeLessThan(values[i - 1]);
  });
});
