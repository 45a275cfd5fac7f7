import { describe, expect, it } from 'vitest';
import type { PlanePoint } from '../outline.ts';
import { tubeAxis, tubeDiameter } from './sac.ts';

/** A band of even width along an arc of a circle, from `a0` to `a1` radians. */
function bent(radius: number, width: number, a0: number, a1: number): PlanePoint[] {
  const at = (r: number, a: number): PlanePoint => [r * Math.cos(a), r * Math.sin(a)];
  const steps = Array.from({ length: 121 }, (_, i) => a0 + ((a1 - a0) * i) / 120);
  return [
    ...steps.map((a) => at(radius - width / 2, a)),
    ...[...steps].reverse().map((a) => at(radius + width / 2, a)),
  ];
}

describe('diameter of a tube', () => {
  it('is taken perpendicular to a straight, leaning one', () => {
    // 12 mm wide across its axis, leaning by 30°: 13.86 mm along a level line.
    const lean = Math.PI / 6;
    const place = (along: number, side: number): PlanePoint => [
      along * Math.sin(lean) + side * Math.cos(lean),
      along * Math.cos(lean) - side * Math.sin(lean),
    ];
    const tube = [place(0, -6), place(0, 6), place(150, 6), place(150, -6)];
    const axis = tubeAxis(tube)!;
    expect(tubeDiameter(tube, axis, place(75, 0))).toBeCloseTo(12, 1);
  });

  it('follows a bend', () => {
    const tube = bent(120, 13, -0.6, 0.6);
    const axis = tubeAxis(tube)!;
    for (const a of [-0.3, 0, 0.25]) {
      const place: PlanePoint = [100 * Math.cos(a), 100 * Math.sin(a)];
      expect(Math.abs(tubeDiameter(tube, axis, place)! - 13)).toBeLessThan(0.2);
    }
  });

  it('sees a narrowing at its level and not beside it', () => {
    const front = Array.from({ length: 101 }, (_, i): PlanePoint => {
      const v = i * 1.5;
      return [5 * Math.exp(-(((v - 75) / 5) ** 2)), v];
    });
    const tube: PlanePoint[] = [...front, [14, 150], [14, 0]];
    const axis = tubeAxis(tube)!;
    expect(Math.abs(tubeDiameter(tube, axis, [0, 75])! - 9)).toBeLessThan(0.4);
    expect(Math.abs(tubeDiameter(tube, axis, [0, 110])! - 14)).toBeLessThan(0.1);
  });

  it('is absent beyond the ends', () => {
    const tube = bent(120, 13, -0.3, 0.3);
    expect(tubeDiameter(tube, tubeAxis(tube)!, [110, 90])).toBeUndefined();
    expect(tubeAxis([[0, 0]])).toBeUndefined();
  });
});
