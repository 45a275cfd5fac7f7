import type { PlanePoint } from '../spine/index.ts';
import type { EndplateNode } from './anatomy.ts';
import { bump } from './arithmetic.ts';
import { along, distance2, lerp, unit } from './polygon.ts';

/** A body in the mid-sagittal plane, mm. The four sides meet in the middle of the rounded corners. */
export interface BodyShape {
  /** Endplates, front to back. */
  readonly upper: readonly PlanePoint[];
  readonly lower: readonly PlanePoint[];
  /** Walls, top to bottom. */
  readonly front: readonly PlanePoint[];
  readonly back: readonly PlanePoint[];
  /** All four, closed. */
  readonly outline: readonly PlanePoint[];
  /** Corners before rounding. */
  readonly corners: BodyCorners;
}

export interface BodyCorners {
  readonly upperFront: PlanePoint;
  readonly upperBack: PlanePoint;
  readonly lowerFront: PlanePoint;
  readonly lowerBack: PlanePoint;
}

export interface BodyCurves {
  readonly upperConcavityMm: number;
  readonly lowerConcavityMm: number;
  readonly frontWaistMm: number;
  readonly backWaistMm: number;
  readonly cornerMm: number;
  readonly upperNode?: EndplateNode | undefined;
  readonly lowerNode?: EndplateNode | undefined;
  /** Spurs on the front corners, mm; they stand out of the wall over its last quarter only. */
  readonly upperSpurMm?: number;
  readonly lowerSpurMm?: number;
}

/** Rim of the endplate that stays flat: share of its length. */
const RIM = 0.13;
/** The apex of the hollow lies in the posterior half. */
const APEX = 0.56;
const ENDPLATE_POINTS = 44;
const WALL_POINTS = 22;
const ARC_POINTS = 5;

/** A side of the body as a curve over its chord: `t` 0…1, `inward` mm at t. */
type Side = (t: number) => PlanePoint;

function endplate(
  front: PlanePoint,
  back: PlanePoint,
  inward: PlanePoint,
  concavityMm: number,
  node: EndplateNode | undefined,
): Side {
  const length = distance2(front, back);
  return (t) => {
    // Hollow: from the rim to the apex and back, a smooth bump stretched to both sides.
    const half = t < APEX ? APEX - RIM : 1 - RIM - APEX;
    let depth = concavityMm * hollow((t - APEX) / half);
    if (node) depth += node.depthMm * bump(((t - node.along) * length) / (1.6 * node.halfWidthMm));
    return along(lerp(front, back, t), inward, depth);
  };
}

/** 1 at 0, 0 at ±1, blunter than a parabola. */
const hollow = (x: number): number =>
  x <= -1 || x >= 1 ? 0 : (1 - x * x) * (1 - 0.35 * x * x * (1 - x * x));

const SPUR_REACH = 0.27;
const spur = (t: number): number => (t < SPUR_REACH ? (1 - t / SPUR_REACH) * (1 - t / SPUR_REACH) : 0);

function wall(
  upper: PlanePoint,
  lower: PlanePoint,
  inward: PlanePoint,
  waistMm: number,
  upperSpurMm = 0,
  lowerSpurMm = 0,
): Side {
  return (t) =>
    along(
      lerp(upper, lower, t),
      inward,
      waistMm * 4 * t * (1 - t) - upperSpurMm * spur(t) - lowerSpurMm * spur(1 - t),
    );
}

/** Quadratic arc from a to b around corner c; only the half next to `a` (first) or next to `b`. */
function arc(a: PlanePoint, c: PlanePoint, b: PlanePoint, from: number, to: number): PlanePoint[] {
  const points: PlanePoint[] = [];
  for (let i = 0; i <= ARC_POINTS; i++) {
    const t = from + ((to - from) * i) / ARC_POINTS;
    const s = 1 - t;
    points.push([
      s * s * a[0] + 2 * s * t * c[0] + t * t * b[0],
      s * s * a[1] + 2 * s * t * c[1] + t * t * b[1],
    ]);
  }
  return points;
}

/** Builds the outline of a body from its corners and curves. */
export function bodyShape(corners: BodyCorners, curves: BodyCurves): BodyShape {
  const { upperFront, upperBack, lowerFront, lowerBack } = corners;
  const down = unit(lerp(upperFront, upperBack, 0.5), lerp(lowerFront, lowerBack, 0.5));
  const up: PlanePoint = [-down[0], -down[1]];
  const backward = unit(lerp(upperFront, lowerFront, 0.5), lerp(upperBack, lowerBack, 0.5));
  const forward: PlanePoint = [-backward[0], -backward[1]];
  const r = curves.cornerMm;
  const upperSide = endplate(upperFront, upperBack, down, curves.upperConcavityMm, curves.upperNode);
  const lowerSide = endplate(lowerFront, lowerBack, up, curves.lowerConcavityMm, curves.lowerNode);
  const frontSide = wall(
    upperFront,
    lowerFront,
    backward,
    curves.frontWaistMm,
    curves.upperSpurMm,
    curves.lowerSpurMm,
  );
  const backSide = wall(upperBack, lowerBack, forward, curves.backWaistMm);

  // Where the arcs of the front corners head: out to the tips of the spurs.
  const upperTip = along(upperFront, forward, curves.upperSpurMm ?? 0);
  const lowerTip = along(lowerFront, forward, curves.lowerSpurMm ?? 0);

  const side = (
    f: Side,
    length: number,
    count: number,
    start: (p: PlanePoint) => PlanePoint[],
    end: (p: PlanePoint) => PlanePoint[],
  ): PlanePoint[] => {
    const t0 = Math.min(0.3, r / length);
    const points: PlanePoint[] = start(f(t0)).slice(0, -1);
    for (let i = 0; i <= count; i++) points.push(f(t0 + ((1 - 2 * t0) * i) / count));
    points.push(...end(f(1 - t0)).slice(1));
    return points;
  };
  const tOf = (length: number) => Math.min(0.3, r / length);
  const lu = distance2(upperFront, upperBack);
  const ll = distance2(lowerFront, lowerBack);
  const lf = distance2(upperFront, lowerFront);
  const lb = distance2(upperBack, lowerBack);
  const frontTop = frontSide(tOf(lf));
  const frontBottom = frontSide(1 - tOf(lf));
  const backTop = backSide(tOf(lb));
  const backBottom = backSide(1 - tOf(lb));
  const upperStart = upperSide(tOf(lu));
  const upperEnd = upperSide(1 - tOf(lu));
  const lowerStart = lowerSide(tOf(ll));
  const lowerEnd = lowerSide(1 - tOf(ll));

  const upper = side(
    upperSide,
    lu,
    ENDPLATE_POINTS,
    (p) => arc(frontTop, upperTip, p, 0.5, 1),
    (p) => arc(p, upperBack, backTop, 0, 0.5),
  );
  const lower = side(
    lowerSide,
    ll,
    ENDPLATE_POINTS,
    (p) => arc(frontBottom, lowerTip, p, 0.5, 1),
    (p) => arc(p, lowerBack, backBottom, 0, 0.5),
  );
  const front = side(
    frontSide,
    lf,
    WALL_POINTS,
    (p) => arc(upperStart, upperTip, p, 0.5, 1),
    (p) => arc(p, lowerTip, lowerStart, 0, 0.5),
  );
  const back = side(
    backSide,
    lb,
    WALL_POINTS,
    (p) => arc(upperEnd, upperBack, p, 0.5, 1),
    (p) => arc(p, lowerBack, lowerEnd, 0, 0.5),
  );
  return {
    upper,
    lower,
    front,
    back,
    corners,
    outline: [
      ...upper,
      ...back.slice(1),
      ...[...lower].reverse().slice(1),
      ...[...front].reverse().slice(1, -1),
    ],
  };
}
