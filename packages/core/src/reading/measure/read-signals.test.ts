import { describe, expect, it } from 'vitest';
import { boundsOf, containsPoint, type InPlaneGrid, type Polygon2 } from '../../geometry/index.ts';
import { facingBodies, measureSpine, type PlanePoint, spineShapes, tubeAxis } from '../../spine/index.ts';
import { drawSpine } from '../../spine/measure/drawn-spine.testing.ts';
import type { PlaneMap } from '../contours/index.ts';
import { endplateBands, modicRule } from './endplate-bands.ts';
import { bodyCore } from './marrow.ts';
import { readSignals } from './read-signals.ts';

const { outline } = drawSpine();
const shapes = spineShapes(outline);

type Tissue = 'csf' | 'marrow' | 'disc' | 'background';
type Levels = Readonly<Record<Tissue, number>>;
const inPlane: InPlaneGrid = { columns: 180, rows: 420, spacingMm: [0.6, 0.6], originMm: [-20, 20] };
const places = Array.from(
  { length: inPlane.columns * inPlane.rows },
  (_, at): PlanePoint => [
    inPlane.originMm[0] + (at % inPlane.columns) * 0.6,
    inPlane.originMm[1] + Math.floor(at / inPlane.columns) * 0.6,
  ],
);
const inside = (polygon: Polygon2): ((p: PlanePoint) => boolean) => {
  const { min, max } = boundsOf(polygon)!;
  return (p) =>
    p[0] >= min[0] && p[0] <= max[0] && p[1] >= min[1] && p[1] <= max[1] && containsPoint(polygon, p);
};
const inSac = inside(outline.sac!);
const inBody = outline.bodies.map((b) => inside(b.outline));
const inDisc = outline.discs.map((d) => inside(d.outline));
const tissues = places.map((p): Tissue => {
  if (inSac(p)) return 'csf';
  if (inBody.some((has) => has(p))) return 'marrow';
  return inDisc.some((has) => has(p)) ? 'disc' : 'background';
});

/** A picture of the drawn spine with even tissues, coil shading along the body, fine noise, and whatever is painted last. */
function picture(levels: Levels, paint: (p: PlanePoint) => number | undefined = () => undefined): PlaneMap {
  let state = 7;
  const noise = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296 - 0.5;
  };
  const data = Float32Array.from(
    places,
    (p, at) => ((paint(p) ?? levels[tissues[at]]) + 6 * noise()) * (1 + 0.001 * p[1]),
  );
  return { inPlane, data };
}

const T2 = { marrow: 120, disc: 90, csf: 300, background: 60 };
const T1 = { marrow: 160, disc: 90, csf: 50, background: 100 };
const near = (centre: PlanePoint, mm: number, p: PlanePoint): boolean =>
  Math.hypot(p[0] - centre[0], p[1] - centre[1]) < mm;
const level = 'L4/L5';
const facing = facingBodies(shapes, level)!;
const inAbove = inside(facing.above.outline);
const discPlace = (share: number): PlanePoint => {
  const mid = (a: PlanePoint, b: PlanePoint): PlanePoint => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const front = mid(facing.above.corners.inferiorAnterior, facing.below.corners.superiorAnterior);
  const back = mid(facing.above.corners.inferiorPosterior, facing.below.corners.superiorPosterior);
  return [front[0] + share * (back[0] - front[0]), front[1] + share * (back[1] - front[1])];
};

describe('disc signal over CSF', () => {
  const signals = readSignals(outline, { t2: picture(T2) });
  it('is the ratio of the tissues, shading cancelled', () => {
    for (const [, disc] of signals.discs) {
      if (!('found' in disc.signalRatio)) throw new Error(disc.signalRatio.reason);
      const { value, uncertainty } = disc.signalRatio.found;
      expect(Math.abs(value - 0.3)).toBeLessThan(0.012);
      expect(uncertainty).toBeGreaterThan(0);
      expect(uncertainty).toBeLessThan(0.05);
    }
  });

  it('does not depend on the scale of the image', () => {
    const t2 = picture(T2);
    const brighter: PlaneMap = { ...t2, data: Float32Array.from(t2.data as Float32Array, (x) => 3.7 * x) };
    const one = readSignals(outline, { t2 }).discs.get(level)!.signalRatio;
    const other = readSignals(outline, { t2: brighter }).discs.get(level)!.signalRatio;
    if (!('found' in one && 'found' in other)) throw new Error('no ratio');
    expect(other.found.value).toBeCloseTo(one.found.value, 5);
  });

  it('needs T2, a sac, and a disc inside the image', () => {
    const none = readSignals(outline, { t1: picture(T1) }).discs.get(level)!;
    expect(none.signalRatio).toEqual({ reason: 'needs-T2' });
    expect(none.highIntensityZone).toEqual({ reason: 'needs-T2' });
    const { sac: _, ...sacless } = outline;
    expect(readSignals(sacless, { t2: picture(T2) }).discs.get(level)!.signalRatio).toEqual({
      reason: 'no-reference-signal',
    });
    const cut = {
      ...outline,
      discs: outline.discs.map((d) => (d.label === level ? { ...d, cutByImageEdge: true } : d)),
    };
    expect(readSignals(cut, { t2: picture(T2) }).discs.get(level)!.signalRatio).toEqual({
      reason: 'cut-by-image-edge',
    });
  });
});

describe('share of CSF in the sac', () => {
  const fractionOf = (t2: PlaneMap): number => {
    const outcome = readSignals(outline, { t2 }).discs.get(level)!.csfFraction;
    if (!('found' in outcome)) throw new Error(outcome.reason);
    return outcome.found.value;
  };
  it('is one where the sac is all CSF', () => {
    expect(fractionOf(picture(T2))).toBeGreaterThan(0.95);
  });
  it('is a half where roots fill its back half', () => {
    const axis = tubeAxis(outline.sac!)!;
    const roots = picture(T2, (p) => {
      if (!inSac(p)) return undefined;
      const nearest = axis.points.reduce((a, b) =>
        Math.hypot(b[0] - p[0], b[1] - p[1]) < Math.hypot(a[0] - p[0], a[1] - p[1]) ? b : a,
      );
      return p[0] > nearest[0] ? 110 : 300;
    });
    expect(Math.abs(fractionOf(roots) - 0.5)).toBeLessThan(0.08);
  });
});

describe('marrow over CSF on T1', () => {
  it('is the ratio of the tissues, against the CSF beside L3', () => {
    const signals = readSignals(outline, { t1: picture(T1) });
    const l3 = signals.vertebrae.get('L3')!;
    if (!('found' in l3)) throw new Error(l3.reason);
    expect(Math.abs(l3.found.value - 3.2)).toBeLessThan(0.12);
    expect(l3.found.unit).toBe('ratio');
  });
  it('needs T1, and L3', () => {
    expect(readSignals(outline, { t2: picture(T2) }).vertebrae.get('L3')).toEqual({ reason: 'needs-T1' });
    const without = { ...outline, bodies: outline.bodies.filter((b) => b.label !== 'L3') };
    expect(readSignals(without, { t1: picture(T1) }).vertebrae.get('L2')).toEqual({
      reason: 'no-reference-signal',
    });
  });
});

describe('high-intensity zone', () => {
  const zoneOf = (paint: (p: PlanePoint) => number | undefined): unknown =>
    readSignals(outline, { t2: picture({ ...T2, disc: 60 }, paint) }).discs.get(level)!.highIntensityZone;
  it('is a bright spot in the posterior annulus', () => {
    const spot = discPlace(0.92);
    expect(zoneOf((p) => (near(spot, 1.3, p) ? 260 : undefined))).toEqual({ found: true });
  });
  it('is not a bright nucleus, nor a dark disc, nor brightness that runs out of the disc', () => {
    const nucleus = discPlace(0.5);
    expect(zoneOf((p) => (near(nucleus, 6, p) ? 260 : undefined))).toEqual({ found: false });
    expect(zoneOf(() => undefined)).toEqual({ found: false });
    const line = discPlace(0.85);
    const all = (p: PlanePoint): number | undefined =>
      Math.abs(p[0] - line[0]) < 9 && Math.abs(p[1] - line[1]) < 9 ? 260 : undefined;
    expect(zoneOf(all)).toEqual({ found: false });
  });
});

describe('endplate bands', () => {
  const bandsWith = (t1Level: number, t2Level: number) => {
    const { inferiorAnterior: a, inferiorPosterior: b } = facing.above.corners;
    const inBand = (p: PlanePoint): boolean => {
      const t = ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / 34.5 ** 2;
      const deep = ((p[0] - a[0]) * (b[1] - a[1]) - (p[1] - a[1]) * (b[0] - a[0])) / 34.5;
      return t > 0 && t < 0.5 && deep > 0 && deep < 9;
    };
    const paint = (level: number) => (p: PlanePoint) => (inBand(p) && inAbove(p) ? level : undefined);
    return endplateBands(shapes, level, {
      t1: picture(T1, paint(t1Level)),
      t2: picture(T2, paint(t2Level)),
    })!;
  };
  it.each([
    [90, 200, 1],
    [240, 150, 2],
    [240, 121, 2],
    [70, 60, 3],
    [160, 120, 0],
  ])('T1 %i of 160 and T2 %i of 120 are Modic %i', (t1, t2, type) => {
    const bands = bandsWith(t1, t2);
    expect(modicRule(bands.above)).toBe(type);
    expect(modicRule(bands.below)).toBe(0);
  });
  it('without both images there is no type', () => {
    const bands = endplateBands(shapes, level, { t2: picture(T2) })!;
    expect(bands.above.t1).toBeUndefined();
    expect(modicRule(bands.above)).toBeUndefined();
  });
  it('the core lies inside its body', () => {
    for (const p of bodyCore(facing.above)) expect(containsPoint(facing.above.outline, p)).toBe(true);
  });
});

describe('conus and end of the sac', () => {
  const axis = tubeAxis(outline.sac!)!;
  const lowest = shapes.bodies.get('L2')!;
  const tipV = (lowest.corners.superiorPosterior[1] + lowest.corners.inferiorPosterior[1]) / 2;
  const cord = (p: PlanePoint): number | undefined => {
    if (!inSac(p) || p[1] > tipV) return undefined;
    const nearest = axis.points.reduce((a, b) =>
      Math.hypot(b[0] - p[0], b[1] - p[1]) < Math.hypot(a[0] - p[0], a[1] - p[1]) ? b : a,
    );
    const half = Math.min(3.5, 2 + 0.1 * (tipV - p[1]));
    return Math.hypot(p[0] - nearest[0], p[1] - nearest[1]) < half ? 120 : undefined;
  };
  it('the conus lies where the dark band ends', () => {
    const { conus } = readSignals(outline, { t2: picture(T2, cord) });
    if (!('found' in conus)) throw new Error(conus.reason);
    expect(conus.found.level).toBe('L2');
    expect(Math.abs(conus.found.place[1] - tipV)).toBeLessThan(5);
  });
  it('is not invented where no band is seen, nor on T1', () => {
    expect(readSignals(outline, { t2: picture(T2) }).conus).toEqual({ reason: 'not-seen' });
    expect(readSignals(outline, { t1: picture(T1) }).conus).toEqual({ reason: 'needs-T2' });
  });
  it('is the tip of the cord where it is outlined', () => {
    const outlined = {
      ...outline,
      cord: [
        [80, 30],
        [86, 30],
        [axis.points[20][0], tipV],
      ] as PlanePoint[],
    };
    const { conus } = readSignals(outlined, { t2: picture(T2) });
    if (!('found' in conus)) throw new Error(conus.reason);
    expect(conus.found.level).toBe('L2');
  });
  it('the sac ends beside or below the sacrum, unless the image ends first', () => {
    const { sacEnd } = readSignals(outline, { t2: picture(T2) });
    if (!('found' in sacEnd)) throw new Error(sacEnd.reason);
    expect(sacEnd.found.level).toMatch(/S1/);
    const t2 = picture(T2);
    const rows = Math.ceil((sacEnd.found.place[1] - 20) / 0.6);
    const short: PlaneMap = { inPlane: { ...t2.inPlane, rows }, data: t2.data };
    expect(readSignals(outline, { t2: short }).sacEnd).toEqual({ reason: 'cut-by-image-edge' });
  });
});

it('signals stand in the findings beside the geometry', () => {
  const signals = readSignals(outline, { t1: picture(T1), t2: picture(T2) });
  const result = measureSpine(outline, { signals });
  const disc = result.discs.find((d) => d.label === level)!;
  expect(disc.signalRatio?.value).toBeCloseTo(0.3, 1);
  expect(disc.highIntensityZone).toEqual({ present: false, experimental: true });
  expect(result.canal.find((c) => c.level === level)!.csfFraction?.unit).toBe('ratio');
  expect(result.vertebrae.find((v) => v.label === 'L3')!.signalToSac?.value).toBeCloseTo(3.2, 0);
  expect(result.alignment.notMeasured.conusLevel).toBe('not-seen');
  expect(result.alignment.sacEnd?.experimental).toBe(true);
});

it('without valid millimetres ratios stay and what hangs on size does not', () => {
  const signals = readSignals({ ...outline, millimetresValid: false }, { t2: picture(T2) });
  const disc = signals.discs.get(level)!;
  expect('found' in disc.signalRatio).toBe(true);
  expect(disc.highIntensityZone).toEqual({ reason: 'spacing-implausible' });
  expect(signals.conus).toEqual({ reason: 'spacing-implausible' });
});
