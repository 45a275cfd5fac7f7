import type { PlanePoint } from '../spine/index.ts';
import type { Anatomy } from './anatomy.ts';
import { bump, clamp, smoothStep } from './arithmetic.ts';
import { along, distance2, unit } from './polygon.ts';
import { resample, type SpineShape } from './spine-shape.ts';

/*
 * Everything in the canal is described along one curve, the smoothed line of the backs of the bodies, sampled every
 * millimetre from head to feet: at sample s a structure lies so many mm behind the curve.
 */
export interface CanalShape {
  readonly line: readonly PlanePoint[];
  /** Unit directions backwards. */
  readonly normal: readonly PlanePoint[];
  /** Furthest back of bone, disc or herniation, in the mid-sagittal plane. */
  readonly front: Float64Array;
  /** Bony back of the canal. */
  readonly back: Float64Array;
  /** Dural sac: front and back; equal where there is none. */
  readonly sacFront: Float64Array;
  readonly sacBack: Float64Array;
  /** Half the width of canal and sac. */
  readonly halfWidth: Float64Array;
  readonly sacHalfWidth: Float64Array;
  /** Half the thickness of the cord; 0 below the conus. */
  readonly cordHalf: Float64Array;
  /** Samples beside the upper back corner, the lower back corner of each body (lowest lumbar first), and of S1, S2, …. */
  readonly upperAt: readonly number[];
  readonly lowerAt: readonly number[];
  readonly sacralAt: readonly number[];
  readonly conusAt: number;
  readonly sacEndAt: number;
}

const NEAR_MM = 14;

/** Usual front-to-back diameter of the sac, mm. */
const SAC_MM = { thoracic: 14, upper: 14.5, lower: 12.8, sacral: 11 } as const;

export function canalShape(anatomy: Anatomy, spine: SpineShape): CanalShape {
  const corners: PlanePoint[] = [];
  for (const body of [...spine.bodies].reverse())
    corners.push(body.shape.corners.upperBack, body.shape.corners.lowerBack);
  for (const segment of spine.sacrum)
    corners.push(segment.shape.corners.upperBack, segment.shape.corners.lowerBack);
  // One body length more above the highest, so that the canal leaves the picture.
  const [first, second] = corners;
  corners.unshift(along(first, unit(second, first), 60));
  let length = 0;
  for (let i = 1; i < corners.length; i++) length += distance2(corners[i - 1], corners[i]);
  const count = Math.round(length);
  const line = smooth(resample(corners, count), 6);
  const normal = line.map((_, i): PlanePoint => {
    const [du, dv] = unit(line[Math.max(0, i - 1)], line[Math.min(count, i + 1)]);
    return [dv, -du];
  });
  const at = (p: PlanePoint): number => {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i <= count; i++) {
      const d = (line[i][0] - p[0]) * (line[i][0] - p[0]) + (line[i][1] - p[1]) * (line[i][1] - p[1]);
      if (d < least) {
        least = d;
        best = i;
      }
    }
    return best;
  };
  const upperAt = spine.bodies.map((b) => at(b.shape.corners.upperBack));
  const lowerAt = spine.bodies.map((b) => at(b.shape.corners.lowerBack));
  const sacralAt = spine.sacrum.map((b) => at(b.shape.corners.upperBack));

  const n = count + 1;
  const front = frontOf(line, normal, spine);
  const dura = envelope(front);
  const back = new Float64Array(n);
  const halfWidth = new Float64Array(n);
  // Depth and width of the canal between the upper bodies of the levels.
  const stops: { s: number; depth: number; width: number }[] = [];
  for (let k = spine.bodies.length - 1; k >= 0; k--) {
    const v = spine.bodies[k].anatomy;
    stops.push({
      s: upperAt[k] + 0.25 * (lowerAt[k] - upperAt[k]),
      depth: v.canalDepthMm,
      width: v.canalWidthMm,
    });
  }
  const sacral = [1, 0.72, 0.5, 0.34, 0.2];
  spine.sacrum.forEach((_, i) => {
    stops.push({
      s: sacralAt[i] + 3,
      depth: anatomy.sacralCanalDepthMm * sacral[i],
      width: anatomy.sacralCanalWidthMm * (0.4 + 0.6 * sacral[i]),
    });
  });
  for (let i = 0; i < n; i++) {
    let j = 0;
    while (j < stops.length - 2 && stops[j + 1].s < i) j++;
    const t = smoothStep(i, stops[j].s, stops[j + 1].s);
    back[i] = stops[j].depth + (stops[j + 1].depth - stops[j].depth) * t;
    halfWidth[i] = (stops[j].width + (stops[j + 1].width - stops[j].width) * t) / 2;
  }

  const lumbar = anatomy.lumbarCount;
  // Between the laminae the roof is higher: the recess of the dorsal fat.
  for (let k = 0; k < lumbar && k < spine.bodies.length; k++) {
    const middle = interlaminar(lowerAt, upperAt, sacralAt[0], k);
    for (let i = Math.max(0, middle - 14); i <= Math.min(n - 1, middle + 14); i++)
      back[i] += (k === lumbar - 1 ? 1.4 : 2.6) * bump((i - middle) / 13);
  }
  const conusBody = clamp(lumbar - 1 - Math.floor(anatomy.conusAtLumbar), 0, spine.bodies.length - 1);
  const conusShare = anatomy.conusAtLumbar - Math.floor(anatomy.conusAtLumbar);
  const conusAt =
    upperAt[conusBody] +
    conusShare * ((conusBody > 0 ? upperAt[conusBody - 1] : sacralAt[0]) - upperAt[conusBody]);
  const endSegment = Math.floor(anatomy.sacEndAtSacral);
  const sacEndAt =
    sacralAt[endSegment] +
    (anatomy.sacEndAtSacral - endSegment) * ((sacralAt[endSegment + 1] ?? count) - sacralAt[endSegment]);

  const l1 = upperAt[lumbar - 1];
  const s1 = sacralAt[0];
  const sacFront = new Float64Array(n);
  const sacBack = new Float64Array(n);
  const sacHalfWidth = new Float64Array(n);
  const cordHalf = new Float64Array(n);
  const size = 0.55 + 0.45 * (anatomy.statureCm / 170);
  for (let i = 0; i < n; i++) {
    const toS1 = smoothStep(i, l1, s1);
    const wanted =
      size *
      (i < l1 ? SAC_MM.thoracic : SAC_MM.upper + (SAC_MM.lower - SAC_MM.upper) * toS1) *
      (1 - (1 - SAC_MM.sacral / SAC_MM.lower) * smoothStep(i, s1 - 25, s1 + 10));
    // Ventral fat: nearly none above, wide behind S1.
    const ventral = 0.5 + anatomy.epiduralFat * (3.6 * smoothStep(i, lowerAt[0] - 8, s1 + 16) + 0.5 * toS1);
    let dorsal = 0.7;
    for (let k = 0; k < lumbar && k < spine.bodies.length; k++) {
      const between = interlaminar(lowerAt, upperAt, s1, k);
      const fat = anatomy.epiduralFat * (k === lumbar - 1 ? 2.4 : 3.4) + 1.6;
      dorsal += (fat + 0.7 * Math.max(0, spine.discs[k].anatomy.flavumMm - 3)) * bump((i - between) / 13);
    }
    let f = Math.max(dura[i] + ventral, dura[i] + 0.5);
    let b = back[i] - dorsal;
    // Where there is little room the fat gives way first, then the sac.
    const room = b - f;
    if (room < wanted) {
      const missing = wanted - room;
      f -= Math.min(missing, ventral - 0.5) * 0.8;
      b += Math.min(missing, Math.max(0, dorsal - 2.2)) * 0.5;
    }
    const left = sacEndAt - i;
    const taper = left <= 0 ? 0 : Math.sqrt(clamp(left / 34, 0, 1)) * (0.45 + 0.55 * smoothStep(left, 0, 60));
    let diameter = Math.max(2, Math.min(wanted, b - f)) * taper;
    if (left <= 0) diameter = 0;
    // Spare room lies behind the sac above, in front and behind below.
    const spare = Math.max(0, b - f - diameter);
    sacFront[i] = f + spare * (0.35 + 0.25 * smoothStep(i, s1 - 20, s1 + 20));
    sacBack[i] = sacFront[i] + diameter;
    sacHalfWidth[i] =
      diameter === 0
        ? 0
        : Math.min(halfWidth[i] - 1.5, i < l1 ? 8 : 9.4 - 1.4 * toS1) * Math.min(1, 0.25 + 0.75 * taper);
    const toConus = conusAt - i;
    cordHalf[i] =
      toConus <= 0
        ? 0
        : (3.7 + 0.9 * bump((toConus - 38) / 32)) *
          Math.sqrt(clamp(toConus / 26, 0, 1)) *
          clamp(0.55 + toConus / 50, 0, 1);
    cordHalf[i] = Math.min(cordHalf[i], 0.42 * diameter);
  }
  const ease = (x: Float64Array) => movingMean(x, 3);
  const frontEased = ease(sacFront);
  const backEased = ease(sacBack);
  for (let i = 0; i < n; i++) {
    if (sacBack[i] === sacFront[i]) backEased[i] = frontEased[i];
    // Easing may not press the sac into a disc.
    frontEased[i] = Math.max(frontEased[i], front[i] + 0.25);
    if (backEased[i] < frontEased[i]) backEased[i] = frontEased[i];
  }
  return {
    line,
    normal,
    front,
    back,
    sacFront: frontEased,
    sacBack: backEased,
    halfWidth,
    sacHalfWidth,
    cordHalf,
    upperAt,
    lowerAt,
    sacralAt,
    conusAt,
    sacEndAt,
  };
}

/** Sample in the middle between two laminae: a little below the disc. */
function interlaminar(lowerAt: readonly number[], upperAt: readonly number[], s1: number, k: number): number {
  return Math.round((lowerAt[k] + (k > 0 ? upperAt[k - 1] : s1)) / 2) + 1;
}

/** Point `mm` behind sample `i` (fractions allowed). */
export function behind(canal: CanalShape, i: number, mm: number): PlanePoint {
  const last = canal.line.length - 1;
  const s = clamp(i, 0, last);
  const j = Math.min(last - 1, Math.floor(s));
  const t = s - j;
  const p = canal.line[j];
  const q = canal.line[j + 1];
  const a = canal.normal[j];
  const b = canal.normal[j + 1];
  return [
    p[0] + (q[0] - p[0]) * t + (a[0] + (b[0] - a[0]) * t) * mm,
    p[1] + (q[1] - p[1]) * t + (a[1] + (b[1] - a[1]) * t) * mm,
  ];
}

/** The band between two offsets, closed; samples from `from` to `to`. */
export function band(
  canal: CanalShape,
  from: number,
  to: number,
  near: (i: number) => number,
  far: (i: number) => number,
): PlanePoint[] {
  const a: PlanePoint[] = [];
  const b: PlanePoint[] = [];
  const first = Math.max(0, Math.floor(from));
  const last = Math.min(canal.line.length - 1, Math.ceil(to));
  for (let i = first; i <= last; i++) {
    const p = canal.line[i];
    const m = canal.normal[i];
    a.push(along(p, m, near(i)));
    b.push(along(p, m, far(i)));
  }
  return [...a, ...b.reverse()];
}

/** The closed outline of the dural sac, mm; head end flat. */
export function sacOutline(canal: CanalShape, shrinkMm = 0): PlanePoint[] {
  const end = Math.floor(canal.sacEndAt);
  return band(
    canal,
    0,
    end,
    (i) => Math.min(canal.sacFront[i] + shrinkMm, (canal.sacFront[i] + canal.sacBack[i]) / 2),
    (i) => Math.max(canal.sacBack[i] - shrinkMm, (canal.sacFront[i] + canal.sacBack[i]) / 2),
  );
}

/** Middle of the cord behind the line: in the back half of the sac where the person lies supine. */
export function cordMiddle(canal: CanalShape, i: number): number {
  const middle = (canal.sacFront[i] + canal.sacBack[i]) / 2;
  const slack = Math.max(0, (canal.sacBack[i] - canal.sacFront[i]) / 2 - canal.cordHalf[i] - 0.8);
  return middle + slack * 0.75 * smoothStep(i, canal.conusAt - 60, canal.conusAt);
}

/** Largest crossing of the ray backwards from every sample with the outlines of bodies, discs and sacrum. */
function frontOf(
  line: readonly PlanePoint[],
  normal: readonly PlanePoint[],
  spine: SpineShape,
): Float64Array {
  const front = new Float64Array(line.length).fill(Number.NaN);
  const outlines = [
    ...spine.bodies.map((b) => b.shape.outline),
    ...spine.discs.map((d) => d.outline),
    ...spine.sacrum.map((s) => s.shape.outline),
  ];
  for (const outline of outlines) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const p of outline) {
      low = Math.min(low, p[1]);
      high = Math.max(high, p[1]);
    }
    for (let i = 0; i < line.length; i++) {
      const [cu, cv] = line[i];
      if (cv < low - NEAR_MM || cv > high + NEAR_MM) continue;
      const [nu, nv] = normal[i];
      for (let b = 0, a = outline.length - 1; b < outline.length; a = b++) {
        const du = outline[b][0] - outline[a][0];
        const dv = outline[b][1] - outline[a][1];
        // Side of the ray of both ends.
        const sa = (outline[a][0] - cu) * nv - (outline[a][1] - cv) * nu;
        const sb = (outline[b][0] - cu) * nv - (outline[b][1] - cv) * nu;
        if (sa > 0 === sb > 0) continue;
        const t = sa / (sa - sb);
        const x = (outline[a][0] + du * t - cu) * nu + (outline[a][1] + dv * t - cv) * nv;
        if (x > -9 && x < NEAR_MM && (Number.isNaN(front[i]) || x > front[i])) front[i] = x;
      }
    }
  }
  for (let i = 1; i < front.length; i++) if (Number.isNaN(front[i])) front[i] = front[i - 1];
  for (let i = front.length - 2; i >= 0; i--) if (Number.isNaN(front[i])) front[i] = front[i + 1];
  return front;
}

/** The dura spans the waists of the bodies: largest value within 5 mm, eased. */
function envelope(front: Float64Array): Float64Array {
  const out = new Float64Array(front.length);
  for (let i = 0; i < front.length; i++) {
    let m = front[i];
    for (let j = Math.max(0, i - 5); j <= Math.min(front.length - 1, i + 5); j++)
      m = Math.max(m, front[j] - 0.12 * (i > j ? i - j : j - i));
    out[i] = m;
  }
  return movingMean(out, 2);
}

function movingMean(x: Float64Array, radius: number): Float64Array {
  const out = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const from = Math.max(0, i - radius);
    const to = Math.min(x.length - 1, i + radius);
    let sum = 0;
    for (let j = from; j <= to; j++) sum += x[j];
    out[i] = sum / (to - from + 1);
  }
  return out;
}

function smooth(line: readonly PlanePoint[], radius: number): PlanePoint[] {
  let out = [...line];
  for (let pass = 0; pass < 2; pass++) {
    const previous = out;
    out = previous.map((_, i) => {
      const r = Math.min(radius, i, previous.length - 1 - i);
      let u = 0;
      let v = 0;
      for (let j = i - r; j <= i + r; j++) {
        u += previous[j][0];
        v += previous[j][1];
      }
      return [u / (2 * r + 1), v / (2 * r + 1)];
    });
  }
  return out;
}
