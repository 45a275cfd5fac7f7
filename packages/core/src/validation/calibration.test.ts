import { expect, test } from 'vitest';
import { calibration, expectedError, type Forecast } from './calibration.ts';
import { randomFrom } from './metrics.ts';

const forecasts = (p: readonly number[], truth: readonly number[]): Forecast[] =>
  p.map((q, i) => ({ patient: String(i), p: q, truth: truth[i] === 1 }));

test('slope and intercept are those of an unpenalised logistic regression', () => {
  const p = [0.1, 0.2, 0.35, 0.4, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9, 0.15, 0.85];
  const { slope, intercept } = calibration(forecasts(p, [0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 1]));
  // sklearn.linear_model.LogisticRegression(penalty=None) on the log-odds
  expect(slope).toBeCloseTo(0.8031083809684556, 6);
  expect(intercept).toBeCloseTo(-0.03449225994693465, 6);
});

test('forecasts that are exactly right have slope 1 and the error of chance; sharpened ones have a slope below 1', () => {
  const random = randomFrom(5);
  const p = Array.from({ length: 4000 }, () => 0.05 + 0.9 * random());
  const truth = p.map((q) => Number(random() < q));
  const right = calibration(forecasts(p, truth));
  expect(right.slope).toBeGreaterThan(0.9);
  expect(right.slope).toBeLessThan(1.1);
  expect(right.ece.value).toBeLessThan(1.6 * right.eceOfPerfect);
  const sharp = p.map((q) => q ** 3 / (q ** 3 + (1 - q) ** 3));
  const over = calibration(forecasts(sharp, truth));
  expect(over.slope).toBeLessThan(0.45);
  expect(over.ece.value).toBeGreaterThan(3 * over.eceOfPerfect);
});

test('the expected error by hand; a truth that never differs has no slope', () => {
  expect(expectedError(forecasts([1, 0], [1, 0]))).toBe(0);
  expect(expectedError(forecasts([0.05, 0.05], [1, 1]))).toBeCloseTo(0.95);
  expect(calibration(forecasts([0.5, 0.5], [1, 1])).slope).toBeNaN();
});
