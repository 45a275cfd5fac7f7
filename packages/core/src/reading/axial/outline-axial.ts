import {
  dot2,
  type InPlaneGrid,
  type Line2,
  normalise2,
  offsetFromLine,
  type Point2,
  polygonCentroid,
  subtract2,
} from '../../geometry/index.ts';
import { MUSCLES, type Polygon } from '../../spine/index.ts';
import { type Contour, largestContour } from '../contours/index.ts';
import type { AxialScores } from './score-axial.ts';

const PAIRED = [...MUSCLES, 'facets', 'ligamentumFlavum'] as const;
type Paired = (typeof PAIRED)[number];

/** Of the patient. */
export const SIDES = ['right', 'left'] as const;
export type Side = (typeof SIDES)[number];

/** Structures of one axial slice, outlines in the plane of the slice, mm: x towards the patient's left, y to the back. */
export interface AxialOutline {
  readonly sac: Contour | undefined;
  /** Disc and vertebral body together, which a slice may both pass, under the name of the larger share. */
  readonly bone: { readonly kind: 'disc' | 'body'; readonly contour: Contour } | undefined;
  /** Middle of the canal and the direction to the back that halves the body; sides are told apart by it. */
  readonly midline: Line2 | undefined;
  readonly paired: Readonly<Record<Paired, Partial<Record<Side, Contour>>>>;
}

/** Smaller regions are specks, not structures, mm². */
const LEAST_MM2: Readonly<Record<Paired | 'sac', number>> = {
  sac: 20,
  facets: 30,
  ligamentumFlavum: 8,
  psoas: 60,
  multifidus: 60,
  erectorSpinae: 60,
};

const LEAST_BONE_MM2 = 300;

const BACK: Point2 = [0, 1];
/** A patient may lie turned by this much; a steeper line from body to sac is a mistake of the outlines. */
const MOST_TURNED = Math.cos((25 * Math.PI) / 180);

/** Sub-pixel outlines of a scored slice. Without a sac there is no midline, and nothing paired is told apart. */
export function outlineAxial(scores: AxialScores): AxialOutline {
  const { lattice: inPlane } = scores;
  const region = (
    name: Paired | 'sac',
    data: ArrayLike<number> = scores.plane(name),
  ): Contour | undefined => {
    const contour = largestContour({ inPlane, data });
    return contour !== undefined && contour.areaMm2 >= LEAST_MM2[name] ? contour : undefined;
  };
  const sac = region('sac');
  const bone = boneOf(scores);
  const midline = sac && midlineThrough(sac.outline, bone?.contour.outline);
  const right = midline && rightOf(midline, inPlane);
  const halves = (name: Paired): Partial<Record<Side, Contour>> => {
    if (right === undefined) return {};
    const plane = scores.plane(name);
    const [onRight, onLeft] = [1, 0].map((side) =>
      region(
        name,
        plane.map((p, at) => (right[at] === side ? p : 0)),
      ),
    );
    return { ...(onRight && { right: onRight }), ...(onLeft && { left: onLeft }) };
  };
  const paired = Object.fromEntries(PAIRED.map((name) => [name, halves(name)])) as AxialOutline['paired'];
  return { sac, bone, midline, paired };
}

/** 1 where a pixel lies on the patient's right. */
function rightOf(midline: Line2, { columns, rows, originMm, spacingMm }: InPlaneGrid): Uint8Array {
  const right = new Uint8Array(columns * rows);
  for (let at = 0; at < right.length; at++) {
    const i = at % columns;
    const place: Point2 = [originMm[0] + i * spacingMm[0], originMm[1] + ((at - i) / columns) * spacingMm[1]];
    // Looking to the back, the patient's right lies on the side that counts as positive.
    right[at] = offsetFromLine(place, midline) > 0 ? 1 : 0;
  }
  return right;
}

function boneOf(scores: AxialScores): AxialOutline['bone'] {
  const [disc, body] = [scores.plane('disc'), scores.plane('body')];
  const contour = largestContour({ inPlane: scores.lattice, data: disc.map((p, at) => p + body[at]) });
  if (contour === undefined || contour.areaMm2 < LEAST_BONE_MM2) return undefined;
  const share = (plane: Float32Array): number => plane.reduce((sum, p) => (p > 0.5 ? sum + 1 : sum), 0);
  return { kind: share(disc) >= share(body) ? 'disc' : 'body', contour };
}

function midlineThrough(sac: Polygon, bone: Polygon | undefined): Line2 | undefined {
  const point = polygonCentroid(sac);
  if (point === undefined) return undefined;
  const middle = bone && polygonCentroid(bone);
  const back = middle && normalise2(subtract2(point, middle));
  return { point, direction: back !== undefined && dot2(back, BACK) >= MOST_TURNED ? back : BACK };
}
