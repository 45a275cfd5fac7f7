/** The discs of a reading as places that panes can go to. */
import {
  type DiscPlace,
  dot,
  length,
  normalise,
  scale,
  subtract,
  type Vec3,
} from '@promontory/core/geometry';
import type { DiscLabel, Findings, PlanePoint, SpineOutline } from '@promontory/core/spine';

export interface Level {
  /** The reading's own name. */
  readonly label: DiscLabel;
  readonly place: DiscPlace;
}

/** Of a disc whose height was not measured, mm: between the extremes of adults (about 5 to 14). */
const USUAL_HEIGHT_MM = 9;

/** The levels that the navigator offers: T11/T12 and above are not lumbar. */
const ABOVE = ['T9/T10', 'T10/T11', 'T11/T12'];

/** From head to foot. */
export function levelsOf(findings: Findings, outline: SpineOutline | undefined): Level[] {
  return findings.discs
    .filter(({ label }) => !ABOVE.includes(label))
    .map((disc): Level => {
      const label = disc.label as DiscLabel;
      const { anterior, middle, posterior } = disc.heights;
      const centreMm: Vec3 = [...disc.centroidMm];
      return {
        label,
        place: {
          centreMm,
          normal: outlineNormal(outline, label) ?? neighboursNormal(findings, label, centreMm),
          heightMm: (middle ?? anterior ?? posterior)?.value ?? USUAL_HEIGHT_MM,
        },
      };
    })
    .sort((a, b) => b.place.centreMm[2] - a.place.centreMm[2]);
}

/** Across the longest extent of the disc's outline in the measured plane. */
function outlineNormal(outline: SpineOutline | undefined, label: DiscLabel): Vec3 | undefined {
  const polygon = outline?.discs.find((disc) => disc.label === label)?.outline;
  if (outline === undefined || polygon === undefined || polygon.length < 3) return undefined;
  const [cosine, sine] = longestAxis(polygon);
  const { uAxis, vAxis } = outline.plane;
  // Perpendicular to the axis, within the plane, pointing to the head (v grows towards the feet).
  const across = subtract(scale(uAxis, sine), scale(vAxis, cosine));
  return headward(normalise(across));
}

/** Direction of the largest spread of the corners, by their second moments. */
function longestAxis(polygon: readonly PlanePoint[]): readonly [number, number] {
  const n = polygon.length;
  const mean = [0, 1].map((axis) => polygon.reduce((sum, point) => sum + point[axis], 0) / n);
  let uu = 0;
  let vv = 0;
  let uv = 0;
  for (const point of polygon) {
    const [u, v] = [point[0] - mean[0], point[1] - mean[1]];
    uu += u * u;
    vv += v * v;
    uv += u * v;
  }
  const angle = 0.5 * Math.atan2(2 * uv, uu - vv);
  return [Math.cos(angle), Math.sin(angle)];
}

/** Without an outline: along the line between the bodies above and below, or from the one that there is. */
function neighboursNormal(findings: Findings, label: DiscLabel, centreMm: Vec3): Vec3 {
  const [above, below] = label
    .split('/')
    .map((name) => findings.vertebrae.find((vertebra) => vertebra.label === name)?.centroidMm);
  const along = subtract(above ?? centreMm, below ?? centreMm);
  return length(along) > 0 ? headward(normalise(along)) : [0, 0, 1];
}

const headward = (normal: Vec3): Vec3 => (dot(normal, [0, 0, 1]) < 0 ? scale(normal, -1) : normal);
