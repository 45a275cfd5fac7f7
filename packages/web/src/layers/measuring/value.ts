/**
 * What each tool measures, exactly. Points are patient coordinates (LPS, mm) in the plane of one image; nothing here
 * depends on how that plane lies, how it is zoomed, or on which way round it is shown.
 */
import { cross, distance, dot, length, normalise, subtract, type Vec3 } from '@promontory/core/geometry';
import type { MeasuringTool } from '@promontory/core/review';

export type MeasuringUnit = 'mm' | 'mm2' | 'deg';

export const UNIT_OF: Readonly<Record<MeasuringTool, MeasuringUnit>> = {
  length: 'mm',
  angle: 'deg',
  cobb: 'deg',
  ellipse: 'mm2',
  area: 'mm2',
  slip: 'mm',
  'canal-diameter': 'mm',
};

/** Points that a tool asks for; an area takes as many as are set, three at least. */
export const POINTS_OF: Readonly<Record<MeasuringTool, number | undefined>> = {
  length: 2,
  angle: 3,
  cobb: 4,
  ellipse: 3,
  area: undefined,
  slip: 3,
  'canal-diameter': 2,
};

/** Nothing shorter can be pointed at; it also keeps directions defined. */
export const SHORTEST_MM = 0.05;

const toDegrees = (radians: number): number => (radians * 180) / Math.PI;

/** 0–180°; steady near 0° and 180°, where the arc cosine is not. */
const between = (a: Vec3, b: Vec3): number => toDegrees(Math.atan2(length(cross(a, b)), dot(a, b)));

/** Area of a closed polygon in any plane (half of the sum of the cross products), mm². */
export function polygonAreaMm2(points: readonly Vec3[]): number {
  const origin = points[0];
  if (origin === undefined) return 0;
  let [x, y, z] = [0, 0, 0];
  for (let k = 1; k + 1 < points.length; k++) {
    const c = cross(subtract(points[k], origin), subtract(points[k + 1], origin));
    x += c[0];
    y += c[1];
    z += c[2];
  }
  return Math.hypot(x, y, z) / 2;
}

/** Half axes of an ellipse given by both ends of one axis and a point at its side, mm. */
export function halfAxesMm(points: readonly Vec3[]): readonly [number, number] {
  const [a, b, side] = points;
  const along = subtract(b, a);
  const size = length(along);
  if (size === 0) return [0, 0];
  return [size / 2, length(cross(along, subtract(side, a))) / size];
}

/**
 * - `length`, `canal-diameter`: from the first point to the second. For the canal's diameter these are the two borders
 *   at their shortest distance (Verbiest, J Bone Joint Surg Br 1954; 36: 230).
 * - `angle`: at the second point, between the first and the third, 0–180°.
 * - `cobb`: between the line through the first two points and the one through the last two, 0–90° (Cobb, Instr Course
 *   Lect 1948; 5: 261). Lines have no direction: which is drawn first, or from which end, changes nothing.
 * - `ellipse`: both ends of one axis, and a point whose distance from that axis is the other half axis.
 * - `area`: the polygon's. Of one that crosses itself the areas of opposite turn cancel; it is not accepted.
 * - `slip`: front and back corner of the lower body's upper endplate, then the back lower corner of the upper body.
 *   The distance of the two back corners along that endplate, positive where the upper body stands forward
 *   (Meyerding, Surg Gynecol Obstet 1932; 54: 371, as `core/spine` measures it).
 * @returns `undefined` for the wrong number of points, or where a line that it needs has no length
 */
export function measuredValue(tool: MeasuringTool, points: readonly Vec3[]): number | undefined {
  const asked = POINTS_OF[tool];
  if (asked === undefined ? points.length < 3 : points.length !== asked) return undefined;
  const [a, b, c, d] = points;
  switch (tool) {
    case 'length':
    case 'canal-diameter':
      return distance(a, b) < SHORTEST_MM ? undefined : distance(a, b);
    case 'angle':
      return isShort(a, b) || isShort(b, c) ? undefined : between(subtract(a, b), subtract(c, b));
    case 'cobb': {
      if (isShort(a, b) || isShort(c, d)) return undefined;
      const turn = between(subtract(b, a), subtract(d, c));
      return Math.min(turn, 180 - turn);
    }
    case 'ellipse': {
      const [p, q] = halfAxesMm(points);
      return p < SHORTEST_MM || q < SHORTEST_MM ? undefined : Math.PI * p * q;
    }
    case 'area': {
      const area = polygonAreaMm2(points);
      return area < SHORTEST_MM ** 2 ? undefined : area;
    }
    case 'slip':
      return isShort(a, b) ? undefined : dot(subtract(c, b), normalise(subtract(a, b)));
  }
}

const isShort = (a: Vec3, b: Vec3): boolean => distance(a, b) < SHORTEST_MM;

/** Of the lower endplate's length: what Meyerding's grades count. */
export const slipPercent = (points: readonly Vec3[]): number | undefined => {
  const slip = measuredValue('slip', points);
  return slip === undefined ? undefined : (100 * slip) / distance(points[0], points[1]);
};
