import { add2, type Point2, perpendicular2, rotate2, scale2 } from '../../geometry/index.ts';
import type { DiscLabel, VertebraLabel } from '../levels.ts';
import type { PlanePoint, Polygon, SpineOutline } from '../outline.ts';

/*
 * Spines drawn from plain numbers for tests: straight walls, hollow endplates with flat rims, every measurement known by
 * construction. Simpler than the phantom and independent of it.
 */

export interface DrawnBody {
  readonly label: VertebraLabel;
  readonly depth: number;
  readonly posterior: number;
  /** Degrees, positive = taller in front. */
  readonly wedge: number;
  /** Hollow of both endplates at their middle, mm. */
  readonly hollow: number;
}

export interface DrawnDisc {
  readonly posterior: number;
  readonly wedge: number;
  /** Upper on lower, positive = forward, along the lower body's upper endplate. */
  readonly slip: number;
  /** Depth of a parabolic protrusion over the whole height of the disc behind, mm. */
  readonly bulge: number;
}

export interface DrawnSpine {
  readonly outline: SpineOutline;
  readonly bodies: readonly DrawnBody[];
  readonly discs: readonly (DrawnDisc & { readonly label: DiscLabel })[];
  readonly sacralSlope: number;
  readonly sacWidth: number;
}

const rad = (deg: number): number => (deg * Math.PI) / 180;
const along = (from: PlanePoint, direction: Point2, mm: number): PlanePoint =>
  add2(from, scale2(direction, mm));

/** Points from `a` to `b` (both included) bent sideways by a parabola of depth `bend` towards perpendicular2(b − a). */
export function arc(a: PlanePoint, b: PlanePoint, bend: number, pieces = 40): PlanePoint[] {
  const d: Point2 = [b[0] - a[0], b[1] - a[1]];
  const size = Math.hypot(d[0], d[1]);
  const side = scale2(perpendicular2(d), 1 / size);
  return Array.from({ length: pieces + 1 }, (_, i) => {
    const t = i / pieces;
    return add2(along(a, d, t), scale2(side, bend * 4 * t * (1 - t)));
  });
}

/** Share of an endplate that stays flat at either end. */
const RIM = 0.12;

/** As `arc`, for an endplate: flat rims, hollow between them. */
export function hollowed(a: PlanePoint, b: PlanePoint, depth: number, pieces = 80): PlanePoint[] {
  const d: Point2 = [b[0] - a[0], b[1] - a[1]];
  const side = scale2(perpendicular2(d), 1 / Math.hypot(d[0], d[1]));
  return Array.from({ length: pieces + 1 }, (_, i) => {
    const t = i / pieces;
    const z = (t - 0.5) / (0.5 - RIM);
    return add2(along(a, d, t), scale2(side, depth * Math.max(0, 1 - z * z)));
  });
}

export interface Corners {
  readonly sa: PlanePoint;
  readonly sp: PlanePoint;
  readonly ia: PlanePoint;
  readonly ip: PlanePoint;
}

/** A body's outline from its corners; endplates hollow inwards. */
export function bodyOutline(c: Corners, hollow: number): PlanePoint[] {
  return [
    ...hollowed(c.sa, c.sp, hollow).slice(0, -1),
    ...arc(c.sp, c.ip, 0).slice(0, -1),
    ...hollowed(c.ip, c.ia, hollow).slice(0, -1),
    ...arc(c.ia, c.sa, 0).slice(0, -1),
  ];
}

export const BODIES: readonly DrawnBody[] = [
  { label: 'L5', depth: 34, posterior: 24.5, wedge: 8, hollow: 1.2 },
  { label: 'L4', depth: 34.5, posterior: 26.5, wedge: 3, hollow: 1.2 },
  { label: 'L3', depth: 34, posterior: 28, wedge: 2, hollow: 1.2 },
  { label: 'L2', depth: 33, posterior: 28, wedge: 0, hollow: 1 },
  { label: 'L1', depth: 32, posterior: 27.5, wedge: -2, hollow: 1 },
  { label: 'T12', depth: 31, posterior: 26, wedge: -2, hollow: 0.8 },
];
export const DISCS: readonly DrawnDisc[] = [
  { posterior: 6, wedge: 12, slip: 0, bulge: 0 },
  { posterior: 8, wedge: 8, slip: 0, bulge: 3 },
  { posterior: 8.5, wedge: 6, slip: 0, bulge: 1.5 },
  { posterior: 8.5, wedge: 4, slip: 0, bulge: 0 },
  { posterior: 8, wedge: 2, slip: 0, bulge: 0 },
  { posterior: 7, wedge: 1, slip: 0, bulge: 0 },
];

export interface DrawOptions {
  readonly bodies?: readonly DrawnBody[];
  readonly discs?: readonly DrawnDisc[];
  readonly sacralSlope?: number;
  readonly sacWidth?: number;
  readonly pixelMm?: number;
}

/** Draws a spine upward from the sacrum; lists run from L5 upward. */
export function drawSpine(options: DrawOptions = {}): DrawnSpine {
  const bodies = options.bodies ?? BODIES;
  const discs = options.discs ?? DISCS;
  const sacralSlope = options.sacralSlope ?? 36;
  const sacWidth = options.sacWidth ?? 13;
  const sacrum = drawSacrum(sacralSlope);
  const outlines: { label: VertebraLabel; outline: Polygon }[] = [
    { label: 'S1', outline: bodyOutline(sacrum, 0) },
  ];
  const spaces: { label: DiscLabel; outline: Polygon }[] = [];
  const back: PlanePoint[] = [sacrum.ip, sacrum.sp];
  let floor: { label: VertebraLabel; corners: Corners } = { label: 'S1', corners: sacrum };
  let direction: Point2 = rotate2([1, 0], -rad(sacralSlope));
  bodies.forEach((body, i) => {
    const disc = discs[i];
    // The corner gap is measured across the bisector; a slip runs along the lower endplate.
    const bisector = rotate2(direction, rad(disc.wedge / 2));
    const up: Point2 = scale2(perpendicular2(bisector), -1);
    const roofDirection = rotate2(direction, rad(disc.wedge));
    const above = along(floor.corners.sp, up, disc.posterior);
    const offset =
      (floor.corners.sp[0] - above[0]) * direction[0] + (floor.corners.sp[1] - above[1]) * direction[1];
    const ip = along(above, bisector, (offset - disc.slip) / Math.cos(rad(disc.wedge / 2)));
    const corners = bodyCorners(ip, roofDirection, body);
    outlines.unshift({ label: body.label, outline: bodyOutline(corners, body.hollow) });
    spaces.unshift({
      label: `${body.label}/${floor.label}`,
      outline: [
        ...hollowed(corners.ia, corners.ip, -body.hollow).slice(0, -1),
        ...arc(corners.ip, floor.corners.sp, -disc.bulge).slice(0, -1),
        ...hollowed(floor.corners.sp, floor.corners.sa, -(i === 0 ? 0 : bodies[i - 1].hollow)).slice(0, -1),
        ...arc(floor.corners.sa, corners.ia, 0).slice(0, -1),
      ],
    });
    back.push(corners.ip, corners.sp);
    floor = { label: body.label, corners };
    direction = rotate2(roofDirection, rad(body.wedge));
  });
  return {
    outline: {
      plane: { originMm: [0, 0, 0], uAxis: [0, 1, 0], vAxis: [0, 0, -1] },
      millimetresValid: true,
      pixelMm: options.pixelMm ?? 0.6,
      bodies: outlines,
      discs: spaces,
      sac: sacBehind(back, sacWidth),
    },
    bodies,
    discs: bodies.map((b, i) => ({
      ...discs[i],
      label: `${b.label}/${i === 0 ? 'S1' : bodies[i - 1].label}` as DiscLabel,
    })),
    sacralSlope,
    sacWidth,
  };
}

/** Corners from the posterior-inferior one; both endplates have the body's depth, the posterior wall its height. */
export function bodyCorners(ip: PlanePoint, lower: Point2, body: Omit<DrawnBody, 'label'>): Corners {
  const upper = rotate2(lower, rad(body.wedge));
  const middle = rotate2(lower, rad(body.wedge / 2));
  const up: Point2 = scale2(perpendicular2(middle), -1);
  const sp = along(ip, up, body.posterior);
  return { ip, sp, ia: along(ip, lower, -body.depth), sa: along(sp, upper, -body.depth) };
}

function drawSacrum(slope: number): Corners {
  const upper = rotate2([1, 0], -rad(slope));
  const down = perpendicular2(upper);
  const sp: PlanePoint = [60, 210];
  const sa = along(sp, upper, -33);
  return { sp, sa, ip: along(along(sp, down, 26), upper, 2), ia: along(along(sa, down, 26), upper, 11) };
}

/** A band of even width behind the posterior corners, ends included. */
function sacBehind(back: readonly PlanePoint[], width: number): PlanePoint[] {
  const front: PlanePoint[] = [];
  const rear: PlanePoint[] = [];
  const middle = smooth(back);
  middle.forEach((p, i) => {
    const before = middle[Math.max(0, i - 1)];
    const after = middle[Math.min(middle.length - 1, i + 1)];
    const d: Point2 = [after[0] - before[0], after[1] - before[1]];
    const size = Math.hypot(d[0], d[1]);
    // The points run upward, so the back lies at perpendicular2 of the direction.
    const rearward = scale2(perpendicular2(d), 1 / size);
    front.push(along(p, rearward, 5));
    rear.push(along(p, rearward, 5 + width));
  });
  return [...front, ...rear.reverse()];
}

/** A dense, gently curved line through the points (repeated averaging of a resampled polyline). */
function smooth(points: readonly PlanePoint[]): PlanePoint[] {
  const dense: PlanePoint[] = [];
  for (let i = 0; i + 1 < points.length; i++)
    dense.push(...arc(points[i], points[i + 1], 0, 20).slice(0, -1));
  let line = dense;
  for (let round = 0; round < 60; round++) {
    line = line.map((p, i) => {
      const a = line[Math.max(0, i - 1)];
      const b = line[Math.min(line.length - 1, i + 1)];
      return [(a[0] + 2 * p[0] + b[0]) / 4, (a[1] + 2 * p[1] + b[1]) / 4];
    });
  }
  return line;
}

/** The same spine turned about the origin of its plane and moved. */
export function moved(outline: SpineOutline, radians: number, by: PlanePoint, factor = 1): SpineOutline {
  const place = (p: PlanePoint): PlanePoint => add2(scale2(rotate2(p, radians), factor), by);
  return mapped(outline, place);
}

export function mapped(outline: SpineOutline, place: (p: PlanePoint) => PlanePoint): SpineOutline {
  return {
    ...outline,
    bodies: outline.bodies.map((b) => ({ ...b, outline: b.outline.map(place) })),
    discs: outline.discs.map((d) => ({ ...d, outline: d.outline.map(place) })),
    ...(outline.sac === undefined ? {} : { sac: outline.sac.map(place) }),
  };
}
