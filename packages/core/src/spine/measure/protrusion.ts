import { chordNear, dot2, type Line2, lineThrough, subtract2 } from '../../geometry/index.ts';
import type { PlanePoint, Polygon } from '../outline.ts';
import { frameAlong, polygonToFrame } from './frame.ts';
import { BACK, profileOf } from './side-profile.ts';

/** Disc beyond the line between the posterior corners of its neighbours. Units of the outline. */
export interface Protrusion {
  /** Furthest distance of the disc behind the line; 0 where it stays in front of it. */
  readonly depth: number;
  /** Length of the disc along the line, at the foot of the furthest point; `undefined` where nothing passes the line. */
  readonly baseWidth?: number;
}

/** Step along the line and width of the running mean that keeps a single noisy vertex from being the dome, mm. */
const STEP_MM = 0.5;
const MEAN_MM = 2;

/**
 * Depth and base of a disc's posterior protrusion in the measured plane (the terms of Fardon et al., Spine J 2014; 14:
 * 2525: base = the width at the disc's edge, dome = what lies beyond). One sagittal plane can show an extrusion, never
 * exclude one, and cannot tell a bulge from a protrusion: it does not see how far round the disc it goes.
 */
export function posteriorProtrusion(
  disc: Polygon,
  upperCorner: PlanePoint,
  lowerCorner: PlanePoint,
): Protrusion {
  // Upward along the line, so that its positive side is the back.
  const line: Line2 = lineThrough(lowerCorner, upperCorner);
  const frame = frameAlong(lowerCorner, [-line.direction[1], line.direction[0]]);
  const local = polygonToFrame(frame, disc);
  const along = local.map((p) => p[1]);
  const from = Math.min(...along);
  const to = Math.max(...along);
  const count = Math.max(3, Math.ceil((to - from) / STEP_MM));
  const profile = profileOf(local, BACK, from, to, count);
  const reach = Math.max(1, Math.round(MEAN_MM / 2 / ((to - from) / (count - 1))));
  let depth = 0;
  let at: number | undefined;
  profile.values.forEach((_, i) => {
    const near = profile.values.slice(Math.max(0, i - reach), i + reach + 1);
    const mean = near.reduce((sum, v) => sum + v, 0) / near.length;
    if (mean > depth) {
      depth = mean;
      at = profile.positions[i];
    }
  });
  if (at === undefined) return { depth: 0 };
  const foot: PlanePoint = [frame.origin[0] + frame.down[0] * at, frame.origin[1] + frame.down[1] * at];
  const chord = chordNear(disc, line, dot2(subtract2(foot, line.point), line.direction));
  return chord === undefined ? { depth } : { depth, baseWidth: chord[1] - chord[0] };
}
