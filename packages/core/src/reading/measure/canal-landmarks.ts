import { add2, chordNear, perpendicular2, scale2 } from '../../geometry/index.ts';
import {
  absent,
  directionAt,
  found,
  type Landmark,
  levelAt,
  type Outcome,
  type PlanePoint,
  type Polygon,
  REASONS,
  type SpineShapes,
  type TubeAxis,
  tubeAxis,
} from '../../spine/index.ts';
import type { PlaneMap } from '../contours/index.ts';
import { type CsfLevel, csfOf } from './csf.ts';
import { signalAt } from './sampling.ts';

/** Darker than this share of CSF is cord or roots. */
const DARK = 0.65;
/** Narrower dark runs are roots or noise. */
const CORD_MM = 3.5;
/** The cord must be seen over this length above its end, and be gone over this length below. */
const SEEN_MM = 16;
const GONE_MM = 10;
/** Shares of those stretches that must agree. */
const MOST = 0.75;
const STEPS_ACROSS = 60;

/**
 * Level at which the cord ends on T2: from its outline where there is one, else by the dark band within the bright
 * sac that has CSF before and behind it (the roots below the conus lie against the sac's back). Experimental. `not-seen`
 * where no such band is visible for 16 mm, as in T1, in narrow canals and where the image begins below the conus.
 */
export function conusLevel(map: PlaneMap | undefined, shapes: SpineShapes): Outcome<Landmark> {
  const { cord } = shapes.outline;
  const cordAxis = cord === undefined ? undefined : tubeAxis(cord);
  if (cord !== undefined && cordAxis !== undefined) {
    const tip = cord.reduce((low, p) => (p[1] > low[1] ? p : low));
    return named(shapes, tip);
  }
  if (map === undefined) return absent(REASONS.needsT2);
  const axis = shapes.sacAxis;
  const { sac } = shapes.outline;
  if (axis === undefined || sac === undefined) return absent(REASONS.notSegmented);
  const csf = csfOf(map, sac, axis);
  let reference: CsfLevel | undefined;
  const cordHere = axis.points.map((place, i) => {
    // The reference changes over centimetres; every fourth point of the axis is often enough.
    if (i % 4 === 0) reference = csf(place);
    return reference !== undefined && darkRunMm(map, sac, axis, i, reference) >= CORD_MM;
  });
  const step = Math.max(0.5, axisStep(axis));
  const above = Math.round(SEEN_MM / step);
  const below = Math.round(GONE_MM / step);
  const share = (from: number, to: number): number => {
    const part = cordHere.slice(Math.max(0, from), to);
    return part.filter(Boolean).length / Math.max(1, part.length);
  };
  for (let i = above; i + below <= cordHere.length; i++) {
    if (!cordHere[i - 1] || cordHere[i]) continue;
    if (share(i - above, i) >= MOST && share(i, i + below) <= 1 - MOST)
      return named(shapes, axis.points[i - 1]);
  }
  return absent(REASONS.notSeen);
}

/** Longest dark stretch across the sac at an axis point that has brighter sac on both sides, mm. */
function darkRunMm(map: PlaneMap, sac: Polygon, axis: TubeAxis, index: number, csf: CsfLevel): number {
  const across = perpendicular2(directionAt(axis, index));
  const chord = chordNear(sac, { point: axis.points[index], direction: across });
  if (chord === undefined) return 0;
  const width = chord[1] - chord[0];
  let longest = 0;
  let run = 0;
  let enclosed = false;
  for (let k = 0; k < STEPS_ACROSS; k++) {
    const at = chord[0] + ((k + 0.5) / STEPS_ACROSS) * width;
    const value = signalAt(map, add2(axis.points[index], scale2(across, at)));
    if (value !== undefined && value < DARK * csf.value) {
      run++;
      continue;
    }
    if (enclosed) longest = Math.max(longest, run);
    enclosed = true;
    run = 0;
  }
  return (longest / STEPS_ACROSS) * width;
}

function axisStep(axis: TubeAxis): number {
  const [first, last] = [axis.points[0], axis.points[axis.points.length - 1]];
  return Math.hypot(last[0] - first[0], last[1] - first[1]) / (axis.points.length - 1);
}

/** The sac is outlined to its end only if that end lies inside the image by more than this, mm. */
const INSIDE_MM = 4;

/** Lower end of the dural sac's outline. Experimental. `cut-by-image-edge` where it runs out of the image. */
export function sacEnd(map: PlaneMap | undefined, shapes: SpineShapes): Outcome<Landmark> {
  const { sac } = shapes.outline;
  if (sac === undefined || sac.length === 0) return absent(REASONS.notSegmented);
  if (map === undefined) return absent(REASONS.needsT2);
  const tip = sac.reduce((low, p) => (p[1] > low[1] ? p : low));
  const { originMm, spacingMm, rows } = map.inPlane;
  const bottom = originMm[1] + (rows - 0.5) * spacingMm[1];
  if (tip[1] > bottom - INSIDE_MM) return absent(REASONS.cut);
  // A sac that ends above the sacrum is an outline that was broken off, not a sac's end.
  const outcome = named(shapes, tip);
  const low = 'found' in outcome && /S1/.test(outcome.found.level) && !/\//.test(outcome.found.level);
  return low ? outcome : absent(REASONS.notSeen);
}

function named(shapes: SpineShapes, place: PlanePoint): Outcome<Landmark> {
  const level = levelAt(shapes, place);
  return level === undefined ? absent(REASONS.notSeen) : found({ level, place });
}
