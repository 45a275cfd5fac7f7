import type { SliceImage } from '../../geometry/index.ts';
import type { DiscLabel, Polygon, SpineOutline, VertebraLabel } from '../../spine/index.ts';
import { largestContour, traceContours } from '../contours/index.ts';
import { CLASS, classPlane, type SliceScores } from './score.ts';
import { POSTERIOR_MM2, SACRUM_MM2, type Structures, soleProbability } from './structures.ts';

/** Names in the order of `Structures`: discs lowest first, vertebrae S1 first. */
export interface LevelNames {
  readonly discs: readonly DiscLabel[];
  readonly vertebrae: readonly VertebraLabel[];
}

/** Smaller regions are specks, not structures. */
const LEAST_MM2 = { body: 150, disc: 25, s1: 150, sac: 200 };

interface Drawn {
  readonly outline: Polygon;
  readonly cutByImageEdge: boolean;
}

/** Sub-pixel outlines of a scored slice's structures under their names, in the plane of the slice. */
export function outlineOf(
  slice: SliceImage,
  scores: SliceScores,
  structures: Structures,
  names: LevelNames,
  millimetresValid: boolean,
): SpineOutline {
  const draw = (classIndex: number, parts: Uint8Array, part: number, leastMm2: number): Drawn | undefined => {
    const contour = largestContour({
      inPlane: scores.lattice,
      data: soleProbability(scores, classIndex, parts, part),
    });
    if (contour === undefined || contour.areaMm2 < leastMm2) return undefined;
    return { outline: contour.outline, cutByImageEdge: contour.cutByImageEdge };
  };
  const bodies: { label: VertebraLabel; outline: Polygon; cutByImageEdge: boolean }[] = [];
  names.vertebrae.forEach((label, i) => {
    const drawn =
      i === 0
        ? draw(CLASS.s1, structures.s1, 1, LEAST_MM2.s1)
        : draw(CLASS.body, structures.bodyParts, i, LEAST_MM2.body);
    if (drawn !== undefined) bodies.unshift({ label, ...drawn });
  });
  const discs: { label: DiscLabel; outline: Polygon; cutByImageEdge: boolean }[] = [];
  names.discs.forEach((label, i) => {
    const drawn = draw(CLASS.disc, structures.discParts, i + 1, LEAST_MM2.disc);
    if (drawn !== undefined) discs.unshift({ label, ...drawn });
  });
  const sac = draw(CLASS.sac, structures.sac, 1, LEAST_MM2.sac)?.outline;
  const every = (classIndex: number, [least, most]: readonly [number, number]): Polygon[] =>
    traceContours({ inPlane: scores.lattice, data: classPlane(scores, classIndex) })
      .filter((c) => !c.hole && c.areaMm2 >= least && c.areaMm2 <= most)
      .map((c) => c.outline);
  return {
    plane: { originMm: slice.grid.originMm, uAxis: slice.grid.axes[0], vAxis: slice.grid.axes[1] },
    millimetresValid,
    pixelMm: Math.max(...slice.inPlane.spacingMm),
    bodies,
    discs,
    ...(sac !== undefined && { sac }),
    sacrum: every(CLASS.sacrum, SACRUM_MM2),
    posterior: every(CLASS.posterior, POSTERIOR_MM2),
  };
}

/** How much dural sac a slice shows, mm²: it is largest in the middle of a straight spine. */
export function sacAreaMm2(scores: SliceScores): number {
  const [du, dv] = scores.lattice.spacingMm;
  return classPlane(scores, CLASS.sac).reduce((sum, p) => (p > 0.5 ? sum + p : sum), 0) * du * dv;
}

/** The slice that runs best through the canal; with no canal in sight, the middle one. */
export function chooseMidSlice(sacAreas: readonly number[]): number {
  const smooth = sacAreas.map((a, k) => 2 * a + (sacAreas[k - 1] ?? a) + (sacAreas[k + 1] ?? a));
  const most = Math.max(...smooth);
  const middle = (sacAreas.length - 1) / 2;
  if (!(most > 0)) return Math.floor(middle);
  // Of slices that show about as much, the one nearest to the middle.
  let best = smooth.indexOf(most);
  smooth.forEach((a, k) => {
    if (a >= 0.97 * most && Math.abs(k - middle) < Math.abs(best - middle)) best = k;
  });
  return best;
}
