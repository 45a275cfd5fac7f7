import type { DiscLabel, PlanePoint, VertebraLabel } from '../spine/index.ts';
import type { Anatomy, DiscAnatomy, VertebraAnatomy } from './anatomy.ts';
import { bump, RADIANS_PER_DEGREE, sinCos } from './arithmetic.ts';
import { type BodyShape, bodyShape } from './body-shape.ts';
import { along, distance2, lerp, unit } from './polygon.ts';

/*
 * Bodies and discs of a phantom in its mid-sagittal plane, mm: u backwards, v towards the feet, origin in the middle of
 * the S1 endplate. A tilt θ is the rise of an endplate towards the back.
 */

export interface PlacedBody {
  readonly label: VertebraLabel;
  readonly anatomy: VertebraAnatomy;
  readonly shape: BodyShape;
  /** Middle of the body and its axes: backwards and headwards. */
  readonly centre: PlanePoint;
  readonly backward: PlanePoint;
  readonly headward: PlanePoint;
  readonly heightMm: number;
}

export interface PlacedDisc {
  readonly label: DiscLabel;
  readonly anatomy: DiscAnatomy;
  readonly outline: readonly PlanePoint[];
  /** The outline's points from here, up to but without there, make the back margin. */
  readonly backFrom: number;
  readonly backTo: number;
  /** Facing endplates, front to back: of the body above, of the body below. */
  readonly top: readonly PlanePoint[];
  readonly bottom: readonly PlanePoint[];
  readonly centre: PlanePoint;
  readonly backward: PlanePoint;
  readonly headward: PlanePoint;
}

export interface PlacedSacralSegment {
  readonly shape: BodyShape;
  readonly centre: PlanePoint;
  readonly backward: PlanePoint;
  readonly headward: PlanePoint;
}

export interface SpineShape {
  /** Lowest lumbar first. */
  readonly bodies: readonly PlacedBody[];
  readonly discs: readonly PlacedDisc[];
  /** S1 first. */
  readonly sacrum: readonly PlacedSacralSegment[];
}

const backwardAt = (deg: number): PlanePoint => {
  const [s, c] = sinCos(deg * RADIANS_PER_DEGREE);
  return [c, -s];
};
const headwardAt = (deg: number): PlanePoint => {
  const [s, c] = sinCos(deg * RADIANS_PER_DEGREE);
  return [-s, -c];
};

/** Places every body and disc of `anatomy`, from the sacrum upward. */
export function spineShape(anatomy: Anatomy): SpineShape {
  const sacrum = placeSacrum(anatomy);
  const bodies: PlacedBody[] = [];
  let below: BodyShape = sacrum[0].shape;
  let tilt = anatomy.sacralSlopeDeg;
  for (let k = 0; k < anatomy.vertebrae.length; k++) {
    const v = anatomy.vertebrae[k];
    const d = anatomy.discs[k];
    const lowerTilt = tilt - d.wedgeDeg;
    const upperTilt = lowerTilt - v.wedgeDeg;
    const middle = (lowerTilt + upperTilt) / 2;
    // Backs of the bodies are aligned across the disc; a slip moves the upper one forwards along the lower endplate.
    const start = along(below.corners.upperBack, backwardAt(tilt), -d.slipMm);
    const lowerBack = along(start, headwardAt(tilt - d.wedgeDeg / 2), d.posteriorHeightMm);
    const upperBack = along(lowerBack, headwardAt(middle), v.posteriorHeightMm);
    const upperFront = along(upperBack, backwardAt(upperTilt), -v.upperDepthMm);
    const lowerFront = along(lowerBack, backwardAt(lowerTilt), -v.lowerDepthMm);
    const shape = bodyShape(
      { upperFront, upperBack, lowerFront, lowerBack },
      { ...v, upperSpurMm: v.upperOsteophyteMm, lowerSpurMm: v.lowerOsteophyteMm },
    );
    bodies.push({
      label: v.label,
      anatomy: v,
      shape,
      centre: lerp(lerp(upperFront, upperBack, 0.5), lerp(lowerFront, lowerBack, 0.5), 0.5),
      backward: backwardAt(middle),
      headward: headwardAt(middle),
      heightMm: v.posteriorHeightMm,
    });
    below = shape;
    tilt = upperTilt;
  }
  const discs = anatomy.discs.map((d, k) =>
    placeDisc(d, bodies[k].shape, k === 0 ? sacrum[0].shape : bodies[k - 1].shape),
  );
  return { bodies, discs, sacrum };
}

function placeSacrum(anatomy: Anatomy): PlacedSacralSegment[] {
  const placed: PlacedSacralSegment[] = [];
  const slope = anatomy.sacralSlopeDeg;
  let axis = slope - 3;
  let upperTilt = slope;
  let upperBack = along([0, 0], backwardAt(slope), anatomy.sacrum[0].upperDepthMm / 2);
  anatomy.sacrum.forEach((segment, i) => {
    if (i > 0) {
      axis -= segment.turnDeg;
      upperTilt = axis + segment.turnDeg / 2;
    }
    const next = anatomy.sacrum[i + 1]?.turnDeg ?? 0;
    const lowerTilt = axis - next / 2;
    const lowerBack = along(upperBack, headwardAt(axis), -segment.heightMm);
    const upperFront = along(upperBack, backwardAt(upperTilt), -segment.upperDepthMm);
    const lowerFront = along(lowerBack, backwardAt(lowerTilt), -segment.lowerDepthMm);
    const shape = bodyShape(
      { upperFront, upperBack, lowerFront, lowerBack },
      {
        upperConcavityMm: i === 0 ? 0.5 : 0.3,
        lowerConcavityMm: 0.3,
        frontWaistMm: i === 0 ? 2.2 : 1.2,
        backWaistMm: i === 0 ? 1 : 0.6,
        cornerMm: i === 0 ? 3 : 1.5,
      },
    );
    placed.push({
      shape,
      centre: lerp(lerp(upperFront, upperBack, 0.5), lerp(lowerFront, lowerBack, 0.5), 0.5),
      backward: backwardAt(axis),
      headward: headwardAt(axis),
    });
    upperBack = along(lowerBack, headwardAt(axis - next / 2), -segment.gapMm);
  });
  return placed;
}

const MARGIN_POINTS = 28;

function placeDisc(d: DiscAnatomy, above: BodyShape, below: BodyShape): PlacedDisc {
  const top = above.lower;
  const bottom = below.upper;
  const topBack = top[top.length - 1];
  const bottomBack = bottom[bottom.length - 1];
  const topFront = top[0];
  const bottomFront = bottom[0];
  const frontMiddle = lerp(topFront, bottomFront, 0.5);
  const backMiddle = lerp(topBack, bottomBack, 0.5);
  const length = distance2(backMiddle, frontMiddle);
  const backward: PlanePoint = [
    (backMiddle[0] - frontMiddle[0]) / length,
    (backMiddle[1] - frontMiddle[1]) / length,
  ];
  const headward: PlanePoint = [backward[1], -backward[0]];
  const outline: PlanePoint[] = [...top];
  const backFrom = outline.length;
  outline.push(...backMargin(d, above, below));
  const backTo = outline.length;
  outline.push(...[...bottom].reverse());
  for (let i = 1; i < MARGIN_POINTS; i++) {
    const t = i / MARGIN_POINTS;
    outline.push(along(lerp(bottomFront, topFront, t), backward, -d.anteriorBulgeMm * bulgeProfile(t)));
  }
  return {
    label: d.label,
    anatomy: d,
    outline,
    backFrom,
    backTo,
    top,
    bottom,
    centre: lerp(frontMiddle, backMiddle, 0.5),
    backward,
    headward,
  };
}

/** Rounded profile of a bulging margin, 0 at both rims. */
const bulgeProfile = (t: number): number => Math.sqrt(Math.max(0, 4 * t * (1 - t)));

/** The edge of a herniated mass is never thinner than this over the wall it lies on. */
const LEAST_EDGE_MM = 0.5;

/**
 * The back margin from the upper to the lower rim. A herniation adds a rounded mass; where it migrates, the margin runs
 * along the back wall of the neighbour, out over the mass, and on.
 */
function backMargin(d: DiscAnatomy, above: BodyShape, below: BodyShape): PlanePoint[] {
  const topBack = above.lower[above.lower.length - 1];
  const bottomBack = below.upper[below.upper.length - 1];
  const gap = distance2(topBack, bottomBack);
  const h = d.herniation;
  // The mass reaches from the disc to its migrated end: a tongue of half-height `halfHeightMm`.
  const highest = h ? Math.min(0, h.migrationMm) : 0;
  const lowest = h ? Math.max(0, h.migrationMm) : 0;
  const wallUp = h ? wallFrom(above.back, true, h.halfHeightMm - highest - gap / 2) : [];
  const wallDown = h ? wallFrom(below.back, false, h.halfHeightMm + lowest - gap / 2) : [];
  const line: PlanePoint[] = [...[...wallUp].reverse(), topBack, bottomBack, ...wallDown];
  // The posterior line, evenly sampled; s is measured from the middle of the disc, downward.
  const samples = resample(line, h ? 48 : MARGIN_POINTS);
  const start = -(gap / 2 + lengthOf([topBack, ...wallUp]));
  const end = gap / 2 + lengthOf([bottomBack, ...wallDown]);
  // A slip uncovers the disc: between the stepped rims it stands out a little more (pseudobulge).
  const bulge = d.posteriorBulgeMm + 0.35 * Math.max(0, Math.max(d.slipMm, -d.slipMm) - 1);
  // Outward is across the whole line, so that a step between slipped bodies is followed without folding.
  const [du, dv] = unit(samples[0], samples[samples.length - 1]);
  const outward: PlanePoint = [dv, -du];
  const margin = samples.map((sample, i) => {
    const s = start + ((end - start) * i) / (samples.length - 1);
    const inDisc = (s + gap / 2) / gap;
    let out = inDisc > 0 && inDisc < 1 ? bulge * bulgeProfile(inDisc) : 0;
    if (h) {
      const beyond = s < highest ? highest - s : s > lowest ? s - lowest : 0;
      const dome = h.depthMm * Math.sqrt(bump(beyond / h.halfHeightMm));
      out = Math.max(LEAST_EDGE_MM, Math.sqrt(out * out + dome * dome));
    }
    return along(sample, outward, out);
  });
  // From the rim along the walls to where the mass begins, over it, and back to the other rim.
  return [...wallUp, ...margin.slice(1, -1), ...[...wallDown].reverse()];
}

function lengthOf(line: readonly PlanePoint[]): number {
  let sum = 0;
  for (let i = 1; i < line.length; i++) sum += distance2(line[i - 1], line[i]);
  return sum;
}

/** Points of a back wall from the rim at the disc away from it, up to `mm`; `up` = the wall above the disc, followed upward. */
function wallFrom(back: readonly PlanePoint[], up: boolean, mm: number): PlanePoint[] {
  if (mm <= 0.3) return [];
  const points = up ? [...back].reverse() : [...back];
  const out: PlanePoint[] = [];
  let run = 0;
  for (let i = 1; i < points.length && run < mm; i++) {
    const step = distance2(points[i], points[i - 1]);
    if (run + step >= mm) {
      // A last step of micrometres would make the edge there fold.
      if (mm - run < 0.5 && out.length > 0) out.pop();
      out.push(lerp(points[i - 1], points[i], (mm - run) / step));
      break;
    }
    out.push(points[i]);
    run += step;
  }
  return out;
}

/** `count` + 1 points at even distances along a line. */
export function resample(line: readonly PlanePoint[], count: number): PlanePoint[] {
  const run = [0];
  for (let i = 1; i < line.length; i++) run.push(run[i - 1] + distance2(line[i], line[i - 1]));
  const total = run[run.length - 1];
  const out: PlanePoint[] = [];
  let j = 0;
  for (let i = 0; i <= count; i++) {
    const s = (total * i) / count;
    while (j < line.length - 2 && run[j + 1] < s) j++;
    const step = run[j + 1] - run[j];
    out.push(lerp(line[j], line[j + 1], step > 0 ? (s - run[j]) / step : 0));
  }
  return out;
}
