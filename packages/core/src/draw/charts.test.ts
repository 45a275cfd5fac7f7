import { describe, expect, test } from 'vitest';
import { buildFindings } from '../report/findings.fixture.ts';
import { readLevels } from '../report/index.ts';
import { rangeBar } from './range-bar.ts';
import { spineStrip } from './spine-strip.ts';

const number = (svg: string, pattern: RegExp): number => Number(pattern.exec(svg)?.[1]);

describe('rangeBar', () => {
  test('a value inside the range lies inside the band, one above lies right of it', () => {
    const parts = (value: number) => {
      const { markup } = rangeBar({ value, uncertainty: 3, low: 10.9, high: 62.7, label: 'x' });
      const left = number(markup, /<rect x="([\d.]+)"/);
      return {
        left,
        right: left + number(markup, /<rect [^>]*width="([\d.]+)"/),
        at: number(markup, /cx="([\d.]+)"/),
      };
    };
    const inside = parts(40);
    expect(inside.at).toBeGreaterThan(inside.left);
    expect(inside.at).toBeLessThan(inside.right);
    const above = parts(80);
    expect(above.at).toBeGreaterThan(above.right);
    expect(above.at).toBeLessThan(240);
  });

  test('a range without an upper bound is open to the edge', () => {
    const { markup } = rangeBar({ value: 17, uncertainty: 1, low: 14.5, label: 'x' });
    expect(number(markup, /<rect x="([\d.]+)"/) + number(markup, /<rect [^>]*width="([\d.]+)"/)).toBe(240);
  });

  test('zero width of everything does not divide by zero', () => {
    expect(rangeBar({ value: 0, uncertainty: 0, low: 0, high: 0, label: 'x' }).markup).not.toMatch(
      /NaN|Infinity/,
    );
  });
});

test('the spine strip tells its content in words', () => {
  const findings = buildFindings();
  const readings = readLevels(findings);
  const headFirst = findings.discs.flatMap((d) => readings.find((r) => r.disc === d) ?? []);
  const { markup } = spineStrip(headFirst);
  expect(markup).toContain('L2/L3 not graded');
  expect(markup).toContain('Standing out: L4/L5 and L5/S1.');
  expect(markup.match(/<rect/g)).toHaveLength(7);
});
