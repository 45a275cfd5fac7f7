import { add2, normalise2, scale2, subtract2 } from '../../geometry/index.ts';
import {
  type BodyShape,
  type DiscLabel,
  facingBodies,
  type ModicGrade,
  type PlanePoint,
  type SpineShapes,
} from '../../spine/index.ts';
import type { PlaneMap } from '../contours/index.ts';
import { bodyCore } from './marrow.ts';
import { median, robustSd, signalAt, valuesInside } from './sampling.ts';

/** Signal of the marrow next to an endplate against the same body's core, in robust standard deviations of the core. */
export interface BandScores {
  readonly t1?: number;
  readonly t2?: number;
}

/** Bands on either side of a disc. */
export interface EndplateBands {
  /** In the body above, next to its lower endplate. */
  readonly above: BandScores;
  /** In the body below, next to its upper endplate. */
  readonly below: BandScores;
}

/** The band begins past the cortex and the chemical-shift line and reaches into the first quarter of a body. */
const FROM_MM = 2;
const TO_MM = 7;
/** Share of the endplate's length that is read, about its middle. */
const LENGTH = 0.8;
const STEPS_ALONG = 24;
const STEPS_DEEP = 8;
/** The band counts by its most changed third, since Modic changes often sit at one end of an endplate. */
const PARTS = 3;
/** A perfectly even core would make every band an outlier: its spread counts as at least this share of its level. */
const LEAST_SPREAD = 0.05;

/**
 * Signal of the endplate bands of one disc on T1 and T2 against the bodies' own marrow. Per band the third that
 * departs most (by T1 and T2 together) is taken. `undefined` where the bodies were not read.
 */
export function endplateBands(
  shapes: SpineShapes,
  disc: DiscLabel,
  images: { readonly t1?: PlaneMap; readonly t2?: PlaneMap },
): EndplateBands | undefined {
  const facing = facingBodies(shapes, disc);
  if (facing === undefined) return undefined;
  const { above, below } = facing;
  return {
    above: bandScores(above, above.corners.inferiorAnterior, above.corners.inferiorPosterior, images),
    below: bandScores(below, below.corners.superiorAnterior, below.corners.superiorPosterior, images),
  };
}

function bandScores(
  body: BodyShape,
  front: PlanePoint,
  back: PlanePoint,
  images: { readonly t1?: PlaneMap; readonly t2?: PlaneMap },
): BandScores {
  const t1 = images.t1 === undefined ? undefined : partScores(images.t1, body, front, back);
  const t2 = images.t2 === undefined ? undefined : partScores(images.t2, body, front, back);
  let best = 0;
  let bestSize = -1;
  for (let part = 0; part < PARTS; part++) {
    const size = Math.hypot(t1?.[part] ?? 0, t2?.[part] ?? 0);
    if (size > bestSize) {
      bestSize = size;
      best = part;
    }
  }
  return {
    ...(t1 === undefined ? {} : { t1: t1[best] }),
    ...(t2 === undefined ? {} : { t2: t2[best] }),
  };
}

function partScores(
  map: PlaneMap,
  body: BodyShape,
  front: PlanePoint,
  back: PlanePoint,
): number[] | undefined {
  const core = valuesInside(map, bodyCore(body, 0.5));
  if (core.length < 12) return undefined;
  const level = median(core);
  const spread = Math.max(robustSd(core), LEAST_SPREAD * Math.abs(level));
  const along = normalise2(subtract2(back, front));
  const towards = subtract2(body.centroid, front);
  const side: PlanePoint = [-along[1], along[0]];
  const inward = scale2(side, Math.sign(side[0] * towards[0] + side[1] * towards[1]) || 1);
  const parts: number[][] = Array.from({ length: PARTS }, () => []);
  for (let a = 0; a < STEPS_ALONG; a++) {
    const t = 0.5 + LENGTH * ((a + 0.5) / STEPS_ALONG - 0.5);
    const start = add2(front, scale2(subtract2(back, front), t));
    for (let d = 0; d < STEPS_DEEP; d++) {
      const deep = FROM_MM + ((d + 0.5) / STEPS_DEEP) * (TO_MM - FROM_MM);
      const value = signalAt(map, add2(start, scale2(inward, deep)));
      if (value !== undefined) parts[Math.floor((a * PARTS) / STEPS_ALONG)].push(value);
    }
  }
  if (parts.some((p) => p.length === 0)) return undefined;
  return parts.map((p) => (spread === 0 ? 0 : (median(p) - level) / spread));
}

/** From here on a band is brighter or darker than its marrow. */
const CHANGED = 2;

/**
 * Modic's type by rule (Modic et al., Radiology 1988; 166: 193), T1/T2 against the body's own marrow: I low/high,
 * II high/iso to high, III low/low; 0 otherwise. Experimental, meant as a feature for a grader rather than a grade.
 * `undefined` without both images.
 */
export function modicRule(band: BandScores): NonNullable<ModicGrade['value']> | undefined {
  if (band.t1 === undefined || band.t2 === undefined) return undefined;
  if (band.t1 <= -CHANGED && band.t2 >= CHANGED) return 1;
  if (band.t1 >= CHANGED && band.t2 > -CHANGED) return 2;
  if (band.t1 <= -CHANGED && band.t2 <= -CHANGED) return 3;
  return 0;
}
