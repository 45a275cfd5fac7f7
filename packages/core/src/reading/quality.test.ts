import { describe, expect, it } from 'vitest';
import type { DiscLabel, Polygon, SpineMeasurements, VertebraLabel } from '../spine/index.ts';
import { judgeQuality } from './quality.ts';
import type { PlaneReading } from './segment/index.ts';

const box = (u: number, v: number, width: number, height: number): Polygon => [
  [u, v],
  [u + width, v],
  [u + width, v + height],
  [u, v + height],
];

const VERTEBRAE: readonly VertebraLabel[] = ['L1', 'L2', 'L3', 'L4', 'L5', 'S1'];
const DISCS: readonly DiscLabel[] = ['T12/L1', 'L1/L2', 'L2/L3', 'L3/L4', 'L4/L5', 'L5/S1'];

/** A straight spine; the sac stands at `sacU`, discs at steps of `step` mm but for one. */
function spine(sacU: number, oneStep = 36): PlaneReading {
  const tops = DISCS.map((_, i) => i * 36 + (i > 2 ? oneStep - 36 : 0));
  const bodies = VERTEBRAE.map((label, i) => ({
    label,
    outline: box(50, tops[i] + 9, 36, 26),
    cutByImageEdge: false,
  }));
  const discs = DISCS.map((label, i) => ({ label, outline: box(50, tops[i], 36, 8), cutByImageEdge: false }));
  const n = 4;
  return {
    scores: {
      lattice: { columns: 2, rows: 2 },
      classes: Float32Array.from({ length: 5 * n }, (_, i) => Number(i < n * 2 && i >= n)),
    },
    structures: {
      bodyParts: new Uint8Array(n).fill(1),
      discParts: new Uint8Array(n),
      s1: new Uint8Array(n),
      sac: new Uint8Array(n),
    },
    levels: { numbering: { confidence: 0.8, alternatives: [], evidence: [] } },
    outline: { bodies, discs, sac: box(sacU, 0, 14, 230), millimetresValid: true },
  } as unknown as PlaneReading;
}

const measured = { vertebrae: [] } as unknown as SpineMeasurements;
const judge = (plane: PlaneReading) => judgeQuality(plane, measured, { seriesInstanceUid: '1.2' });

describe('judgeQuality', () => {
  it('lets a plausible spine pass', () => {
    const { outOfDistribution, refuse, warnings } = judge(spine(90));
    expect(outOfDistribution.reasons).toEqual([]);
    expect(refuse).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it('withholds grades where the canal lies in front of the bodies', () => {
    const { outOfDistribution, refuse } = judge(spine(30));
    expect(outOfDistribution.reasons).toEqual([expect.stringContaining('may be mirrored')]);
    expect(refuse).toBe('out-of-distribution');
  });

  it('withholds grades where the bodies have no adult’s size, and warns where they hardly have', () => {
    const plane = spine(90);
    const scaled = (factor: number, millimetresValid = true): PlaneReading => ({
      ...plane,
      outline: {
        ...plane.outline,
        millimetresValid,
        bodies: plane.outline.bodies.map((b) => ({
          ...b,
          outline: b.outline.map(([u, v]) => [factor * u, factor * v] as const),
        })),
      },
    });
    expect(judge(scaled(0.5)).outOfDistribution.reasons).toEqual([
      expect.stringContaining('pixel size may be wrong'),
    ]);
    const small = judge(scaled(0.6));
    expect(small.refuse).toBeUndefined();
    expect(small.warnings.map((w) => w.code)).toEqual(['SPACING_IMPLAUSIBLE']);
    // Where the pixel size is not believed anyway, nothing is to be said of it.
    expect(judge(scaled(0.5, false)).warnings).toEqual([]);
  });

  it('withholds grades where the image seems to be stored the wrong way round', () => {
    const verdict = judgeQuality(spine(90), measured, { seriesInstanceUid: '1.2' }, 'upside down');
    expect(verdict.refuse).toBe('out-of-distribution');
    expect(verdict.outOfDistribution.reasons).toEqual([expect.stringContaining('upside down')]);
  });

  it('withholds grades where the discs lie at uneven distances', () => {
    expect(judge(spine(90, 95)).outOfDistribution.reasons).toEqual([expect.stringContaining('uneven')]);
  });
});
