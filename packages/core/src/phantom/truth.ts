import {
  type DiscGrades,
  type DiscLabel,
  discValue,
  type PlanePoint,
  type SpineOutline,
  VERTEBRA_VALUE,
  type VertebraLabel,
} from '../spine/index.ts';
import type { DiscAnatomy } from './anatomy.ts';
import type { BodyCorners, BodyShape } from './body-shape.ts';
import { band, behind, cordMiddle } from './canal-shape.ts';
import { type PhantomShape, sidewaysMm, toPatientMm } from './phantom-shape.ts';
import { bodySection, discSection, frameOfBody } from './plane-section.ts';
import { centroid, distance2, lerp, signedArea, unit } from './polygon.ts';
import { type LateralFrame, sectionAt } from './section.ts';

/**
 * What is known exactly about a phantom, in its middle sagittal plane. Plain JSON.
 *
 * Plane coordinates: u backwards, v towards the feet, mm; `outline.plane` places them in patient space (LPS).
 * Definitions:
 * - corner: where the line of an endplate meets the line of a wall, as designed: without rounding, without osteophytes;
 * - body heights: anterior and posterior between the corners of that side; middle between the outline's points at the
 *   middles of both endplates (hollow endplates lower it); depth between the walls, each at half its height; wedge
 *   angle between the endplates (corner to corner), positive = taller in front;
 * - disc heights: anterior and posterior between the facing corners, middle between the facing outlines at the middle
 *   of their overlap, all perpendicular to the bisector of the facing endplates; wedge positive = open in front;
 * - slip: posterior-inferior corner of the upper body against the posterior-superior corner of the lower one, along the
 *   lower one's upper endplate, positive = forward; percent of that endplate's length;
 * - lordosis: between the upper endplates; sacral slope: of the S1 endplate against the transverse plane;
 * - canal diameter: from the back of the body at its mid-height to the bony back of the canal, perpendicular to the
 *   canal; sac diameter: outer diameter at the middle of the disc's back, perpendicular to the canal.
 */
export interface Truth {
  readonly schemaVersion: '1.0.0';
  readonly seed: number;
  readonly patient: { readonly ageYears: number; readonly sex: 'F' | 'M'; readonly statureCm: number };
  readonly numbering: { readonly lumbarCount: 4 | 5 | 6; readonly lowestDisc: DiscLabel };
  readonly outline: SpineOutline;
  readonly vertebrae: readonly VertebraTruth[];
  readonly discs: readonly DiscTruth[];
  readonly canal: readonly CanalTruth[];
  readonly alignment: {
    readonly lordosisL1S1Deg: number;
    readonly lordosisL4S1Deg: number;
    readonly sacralSlopeDeg: number;
    readonly conusMm: readonly [number, number, number];
    readonly sacEndMm: readonly [number, number, number];
  };
}

export interface VertebraTruth {
  readonly label: VertebraLabel;
  readonly segmentationValue: number;
  readonly centroidMm: readonly [number, number, number];
  readonly corners: BodyCorners;
  readonly upperEndplateMm: number;
  /** Absent for S1, whose lower end is no endplate. */
  readonly body?: {
    readonly anteriorMm: number;
    readonly middleMm: number;
    readonly posteriorMm: number;
    readonly depthMm: number;
    readonly wedgeDeg: number;
  };
  readonly fracture?: 'wedge' | 'biconcave';
}

export interface DiscTruth {
  readonly label: DiscLabel;
  readonly segmentationValue: number;
  readonly centroidMm: readonly [number, number, number];
  readonly anteriorMm: number;
  readonly middleMm: number;
  readonly posteriorMm: number;
  readonly wedgeDeg: number;
  readonly areaMm2: number;
  readonly slipMm: number;
  readonly slipPercent: number;
  readonly segmentDeg: number;
  readonly bulgeMm: number;
  readonly herniationMm: number;
  readonly highIntensityZone: boolean;
  /** In the form of the findings: values only, nothing abstained. */
  readonly grades: DiscGrades;
}

export interface CanalTruth {
  readonly level: DiscLabel;
  readonly canalDiameterMm: number;
  readonly sacDiameterMm: number;
}

/** From here on a bulge, a slip and a loss of disc height are counted as such. */
const BULGE_FROM_MM = 1.2;
const SLIP_FROM_MM = 3;
const NARROWED_BELOW = 0.8;

const DEGREES = 180 / Math.PI;

/** Truth about the phantom in its middle plane. All numbers come from the shape's curves, none from pixels. */
export function truthOf(shape: PhantomShape): Truth {
  const { anatomy, spine, canal } = shape;
  const plane = {
    originMm: toPatientMm(shape, 0, [0, 0]),
    uAxis: [0, 1, 0],
    vAxis: [0, 0, -1],
  } as const;
  const corners = spine.bodies.map((b, k) =>
    cornersInPlane(b.shape, frameOfBody(shape, k), -sidewaysMm(anatomy, b.centre[1])),
  );
  const s1 = spine.sacrum[0].shape;
  const below = (k: number): BodyCorners => (k === 0 ? s1.corners : corners[k - 1]);
  const bodyOutlines = spine.bodies.map((_, k) => bodySection(shape, k, 0));
  const outlineBelow = (k: number) => (k === 0 ? s1.outline : bodyOutlines[k - 1]);
  const place = (p: PlanePoint): readonly [number, number, number] => rounded3(toPatientMm(shape, 0, p));

  const vertebrae: VertebraTruth[] = spine.bodies.map((b, k): VertebraTruth => {
    const c = corners[k];
    return {
      label: b.label,
      segmentationValue: VERTEBRA_VALUE[b.label],
      centroidMm: place(centroid(bodyOutlines[k])),
      corners: c,
      upperEndplateMm: round(distance2(c.upperFront, c.upperBack)),
      body: bodyTruth(c, bodyOutlines[k]),
      ...(b.anatomy.fracture ? { fracture: b.anatomy.fracture } : {}),
    };
  });
  vertebrae.unshift({
    label: 'S1',
    segmentationValue: VERTEBRA_VALUE.S1,
    centroidMm: place(centroid(s1.outline)),
    corners: s1.corners,
    upperEndplateMm: round(distance2(s1.corners.upperFront, s1.corners.upperBack)),
  });

  const discs = spine.discs.map((disc, k): DiscTruth => {
    const section = discSection(shape, k, 0);
    const above = corners[k];
    const d = disc.anatomy;
    const plate = unit(below(k).upperFront, below(k).upperBack);
    const slip =
      (below(k).upperBack[0] - above.lowerBack[0]) * plate[0] +
      (below(k).upperBack[1] - above.lowerBack[1]) * plate[1];
    return {
      label: d.label,
      segmentationValue: discValue(d.label),
      centroidMm: place(centroid(section)),
      ...spaceTruth(above, below(k), bodyOutlines[k], outlineBelow(k)),
      areaMm2: round(absolute(signedArea(section))),
      slipMm: round(slip),
      slipPercent: round((100 * slip) / distance2(below(k).upperFront, below(k).upperBack)),
      segmentDeg: round(angle(above.upperFront, above.upperBack, below(k).upperFront, below(k).upperBack)),
      bulgeMm: round(d.posteriorBulgeMm),
      herniationMm: round(d.herniation?.depthMm ?? 0),
      highIntensityZone: d.highIntensityZone,
      grades: gradesOf(d, slip),
    };
  });

  const canalTruth = spine.discs.map((disc, k): CanalTruth => {
    const middle = Math.round((canal.upperAt[k] + canal.lowerAt[k]) / 2);
    const disc2 = Math.round((canal.lowerAt[k] + (k === 0 ? canal.sacralAt[0] : canal.upperAt[k - 1])) / 2);
    return {
      level: disc.label,
      canalDiameterMm: round(canal.back[middle] - canal.front[middle]),
      sacDiameterMm: round(canal.sacBack[disc2] - canal.sacFront[disc2]),
    };
  });

  const lordosis = (label: VertebraLabel) => {
    const k = spine.bodies.findIndex((b) => b.label === label);
    return round(
      angle(corners[k].upperFront, corners[k].upperBack, s1.corners.upperFront, s1.corners.upperBack),
    );
  };
  const { bodies, discs: discOutlines, ...rest } = outlines(shape, bodyOutlines);
  return {
    schemaVersion: '1.0.0',
    seed: anatomy.seed,
    patient: { ageYears: anatomy.ageYears, sex: anatomy.sex, statureCm: anatomy.statureCm },
    numbering: { lumbarCount: anatomy.lumbarCount, lowestDisc: anatomy.discs[0].label },
    outline: { plane, millimetresValid: true, pixelMm: 0.01, bodies, discs: discOutlines, ...rest },
    vertebrae: vertebrae.reverse(),
    discs: [...discs].reverse(),
    canal: canalTruth.reverse(),
    alignment: {
      lordosisL1S1Deg: lordosis('L1'),
      lordosisL4S1Deg: lordosis('L4'),
      sacralSlopeDeg: round(anatomy.sacralSlopeDeg),
      conusMm: place(behind(canal, canal.conusAt, cordMiddle(canal, Math.floor(canal.conusAt)))),
      sacEndMm: place(behind(canal, canal.sacEndAt, canal.sacFront[Math.floor(canal.sacEndAt)])),
    },
  };
}

function outlines(shape: PhantomShape, bodyOutlines: readonly (readonly PlanePoint[])[]) {
  const { spine, canal, anatomy } = shape;
  const side = (i: number) => sidewaysMm(anatomy, canal.line[i][1]);
  const open = (half: number, x: number) =>
    Math.sqrt(Math.max(0, 1 - (x / Math.max(0.1, half)) * (x / Math.max(0.1, half))));
  const middle = (i: number) => (canal.sacFront[i] + canal.sacBack[i]) / 2;
  const reach = (i: number) =>
    (open(canal.sacHalfWidth[i], side(i)) * (canal.sacBack[i] - canal.sacFront[i])) / 2;
  const cordReach = (i: number) => open(1.25 * canal.cordHalf[i], side(i)) * canal.cordHalf[i];
  return {
    bodies: [
      ...spine.bodies.map((b, k) => ({ label: b.label, outline: roundedPoints(bodyOutlines[k]) })).reverse(),
      { label: 'S1' as const, outline: roundedPoints(spine.sacrum[0].shape.outline) },
    ],
    discs: spine.discs
      .map((d, k) => ({ label: d.label, outline: roundedPoints(discSection(shape, k, 0)) }))
      .reverse(),
    sac: roundedPoints(
      band(
        canal,
        0,
        Math.floor(canal.sacEndAt),
        (i) => middle(i) - reach(i),
        (i) => middle(i) + reach(i),
      ),
    ),
    canal: roundedPoints(
      band(
        canal,
        0,
        canal.sacralAt[1],
        (i) => canal.front[i],
        (i) => canal.back[i],
      ),
    ),
    cord: roundedPoints(
      band(
        canal,
        0,
        canal.conusAt - 1,
        (i) => cordMiddle(canal, i) - cordReach(i),
        (i) => cordMiddle(canal, i) + cordReach(i),
      ),
    ),
  };
}

function cornersInPlane(shape: BodyShape, frame: LateralFrame, x: number): BodyCorners {
  const { upperFront, upperBack, lowerBack, lowerFront } = shape.corners;
  const points = sectionAt([upperFront, upperBack, lowerBack, lowerFront], frame, x);
  return {
    upperFront: points[0],
    upperBack: points[1],
    lowerBack: points[2],
    lowerFront: points[3],
  };
}

function bodyTruth(c: BodyCorners, outline: readonly PlanePoint[]): NonNullable<VertebraTruth['body']> {
  const down = unit(lerp(c.upperFront, c.upperBack, 0.5), lerp(c.lowerFront, c.lowerBack, 0.5));
  const back: PlanePoint = [down[1], -down[0]];
  const roof = crossing(outline, lerp(c.upperFront, c.upperBack, 0.5), down);
  const floor = crossing(outline, lerp(c.lowerFront, c.lowerBack, 0.5), down);
  const front = crossing(outline, lerp(c.upperFront, c.lowerFront, 0.5), back);
  const rear = crossing(outline, lerp(c.upperBack, c.lowerBack, 0.5), back);
  return {
    anteriorMm: round(distance2(c.upperFront, c.lowerFront)),
    middleMm: round(distance2(roof, floor)),
    posteriorMm: round(distance2(c.upperBack, c.lowerBack)),
    depthMm: round(distance2(front, rear)),
    wedgeDeg: round(angle(c.upperFront, c.upperBack, c.lowerFront, c.lowerBack)),
  };
}

function spaceTruth(
  above: BodyCorners,
  below: BodyCorners,
  upperOutline: readonly PlanePoint[],
  lowerOutline: readonly PlanePoint[],
) {
  const a = unit(above.lowerFront, above.lowerBack);
  const b = unit(below.upperFront, below.upperBack);
  const backward = unit([0, 0], [a[0] + b[0], a[1] + b[1]]);
  const down: PlanePoint = [-backward[1], backward[0]];
  const inFrame = (p: PlanePoint): PlanePoint => [
    p[0] * backward[0] + p[1] * backward[1],
    p[0] * down[0] + p[1] * down[1],
  ];
  const [tf, tb, bf, bb] = [above.lowerFront, above.lowerBack, below.upperFront, below.upperBack].map(
    inFrame,
  );
  const middle = (Math.max(tf[0], bf[0]) + Math.min(tb[0], bb[0])) / 2;
  // From half-way between the endplates' chords up and down to the outlines.
  const level = (tf[1] + tb[1] + bf[1] + bb[1]) / 4;
  const start: PlanePoint = [backward[0] * middle + down[0] * level, backward[1] * middle + down[1] * level];
  const roof = crossing(upperOutline, start, down);
  const floor = crossing(lowerOutline, start, down);
  return {
    anteriorMm: round(bf[1] - tf[1]),
    middleMm: round(distance2(roof, floor)),
    posteriorMm: round(bb[1] - tb[1]),
    wedgeDeg: round(angle(above.lowerFront, above.lowerBack, below.upperFront, below.upperBack)),
  };
}

/** The crossing of the line through `p` along `d` with the outline that lies nearest to `p`. */
function crossing(outline: readonly PlanePoint[], p: PlanePoint, d: PlanePoint): PlanePoint {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const a = outline[j];
    const b = outline[i];
    const sa = (a[0] - p[0]) * d[1] - (a[1] - p[1]) * d[0];
    const sb = (b[0] - p[0]) * d[1] - (b[1] - p[1]) * d[0];
    if (sa > 0 === sb > 0) continue;
    const t = sa / (sa - sb);
    const x = (a[0] + (b[0] - a[0]) * t - p[0]) * d[0] + (a[1] + (b[1] - a[1]) * t - p[1]) * d[1];
    if (absolute(x) < absolute(best)) best = x;
  }
  return [p[0] + d[0] * best, p[1] + d[1] * best];
}

/** Angle between an upper and a lower line, both front to back, degrees; positive = open in front. */
function angle(af: PlanePoint, ab: PlanePoint, bf: PlanePoint, bb: PlanePoint): number {
  const a = unit(af, ab);
  const b = unit(bf, bb);
  // Small angles between endplates: the arcsine's engine-dependent last bits vanish in the rounding.
  return Math.asin(a[1] * b[0] - a[0] * b[1]) * DEGREES;
}

function gradesOf(d: DiscAnatomy, slipMm: number): DiscGrades {
  const yes = (value: boolean) => ({ value, abstained: false });
  return {
    pfirrmann: { value: d.pfirrmann, abstained: false },
    modic: { value: d.modic, abstained: false },
    narrowing: yes(d.heightShare < NARROWED_BELOW),
    bulging: yes(d.posteriorBulgeMm >= BULGE_FROM_MM),
    herniation: yes(d.herniation !== undefined),
    upperEndplate: yes(d.upperEndplateChange),
    lowerEndplate: yes(d.lowerEndplateChange),
    spondylolisthesis: yes(absolute(slipMm) >= SLIP_FROM_MM),
  };
}

const absolute = (x: number): number => (x < 0 ? -x : x);
const round = (x: number): number => Math.round(x * 1e4) / 1e4;
const rounded3 = (p: readonly [number, number, number]): readonly [number, number, number] => [
  round(p[0]),
  round(p[1]),
  round(p[2]),
];
const roundedPoints = (points: readonly PlanePoint[]): PlanePoint[] =>
  points.map((p) => [round(p[0]), round(p[1])]);
