import type { PlanePoint } from '../spine/index.ts';
import type { Anatomy } from './anatomy.ts';
import { smoothStep } from './arithmetic.ts';
import { behind, type CanalShape } from './canal-shape.ts';
import { resample, type SpineShape } from './spine-shape.ts';

/** Lines from head to feet that part the soft tissues; u as a function of v, mm, at `stepMm` from `topV`. */
export interface SoftShape {
  readonly topV: number;
  readonly stepMm: number;
  /** Tips of the spinous processes, fascia, skin of the back. */
  readonly fascia: Float64Array;
  readonly skin: Float64Array;
  /** Fronts and backs of the bodies, and the belly. */
  readonly front: Float64Array;
  readonly rear: Float64Array;
  readonly belly: Float64Array;
}

export const TOP_V = -340;
export const BOTTOM_V = 220;

export function softShape(anatomy: Anatomy, spine: SpineShape, canal: CanalShape): SoftShape {
  const tips: PlanePoint[] = [];
  for (let k = spine.bodies.length - 1; k >= 0; k--) {
    const i = canal.lowerAt[k] + 4;
    tips.push(behind(canal, i, canal.back[Math.round(i)] + 4 + spine.bodies[k].anatomy.spinousLengthMm));
  }
  const crest = [15, 10, 6, 4, 3];
  canal.sacralAt.forEach((i, k) => {
    tips.push(behind(canal, i + 8, canal.back[Math.min(canal.back.length - 1, i + 8)] + crest[k]));
  });
  tips.push(behind(canal, canal.line.length - 1, 5));
  const fronts: PlanePoint[] = [];
  for (let k = spine.bodies.length - 1; k >= 0; k--)
    fronts.push(...spine.bodies[k].shape.front.filter((_, i) => i % 6 === 2));
  for (const s of spine.sacrum) fronts.push(...s.shape.front.filter((_, i) => i % 6 === 2));
  const n = BOTTOM_V - TOP_V + 1;
  const fascia = asFunction(tips, n, 22);
  const front = asFunction(fronts, n, 7);
  const rear = asFunction(canal.line, n, 3);
  const skin = new Float64Array(n);
  const belly = new Float64Array(n);
  const l4 = spine.bodies[1].centre[1];
  for (let i = 0; i < n; i++) {
    const v = TOP_V + i;
    const share = 0.5 + 0.5 * smoothStep(v, l4 - 130, l4) + 0.25 * smoothStep(v, l4, l4 + 70);
    skin[i] = fascia[i] + 3 + anatomy.subcutaneousFatMm * share;
    const bulge = (v + 30) / 260;
    // The wall of the belly keeps its distance where the spine comes forward.
    belly[i] = Math.min(-anatomy.bellyMm * (1 - 0.35 * bulge * bulge), front[i] - 0.55 * anatomy.bellyMm);
  }
  return { topV: TOP_V, stepMm: 1, fascia, skin, front, rear, belly };
}

/** Points sorted by v as u(v), linear between, held beyond the ends, eased over `radius` mm. */
function asFunction(points: readonly PlanePoint[], n: number, radius: number): Float64Array {
  const sorted = resample(
    [...points].sort((a, b) => a[1] - b[1]),
    200,
  ).sort((a, b) => a[1] - b[1]);
  const raw = new Float64Array(n);
  let j = 0;
  for (let i = 0; i < n; i++) {
    const v = TOP_V + i;
    while (j < sorted.length - 2 && sorted[j + 1][1] < v) j++;
    const [au, av] = sorted[j];
    const [bu, bv] = sorted[j + 1];
    const t = bv > av ? Math.min(1.0, Math.max(0, (v - av) / (bv - av))) : 0;
    raw[i] = au + (bu - au) * t;
  }
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    let count = 0;
    for (let k = Math.max(0, i - radius); k <= Math.min(n - 1, i + radius); k++) {
      sum += raw[k];
      count++;
    }
    out[i] = sum / count;
  }
  return out;
}

/** The lines are eased over centimetres: a corner every 4 mm is smooth. */
const BAND_STEP = 4;

/** The band between two such lines, closed. */
export function between(
  near: (i: number) => number,
  far: (i: number) => number,
  fromV = TOP_V,
  toV = BOTTOM_V,
): PlanePoint[] {
  const a: PlanePoint[] = [];
  const b: PlanePoint[] = [];
  for (let v = Math.max(TOP_V, Math.round(fromV)); v <= Math.min(BOTTOM_V, Math.round(toV)); v += BAND_STEP) {
    a.push([near(v - TOP_V), v]);
    b.push([far(v - TOP_V), v]);
  }
  return [...a, ...b.reverse()];
}
