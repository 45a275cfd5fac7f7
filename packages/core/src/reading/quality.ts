import type { Warning } from '../fault/index.ts';
import { type Point2, polygonArea, polygonCentroid } from '../geometry/index.ts';
import type { Findings, SpineMeasurements } from '../spine/index.ts';
import { CLASS_COUNT, type PlaneReading, type Turn } from './segment/index.ts';
import type { LoadedSeries } from './series/index.ts';

export interface QualityVerdict {
  readonly outOfDistribution: Findings['quality']['outOfDistribution'];
  readonly warnings: readonly Warning[];
  /** Reason code for abstaining from every grade; absent where the images may be graded. */
  readonly refuse?: string | undefined;
}

/** How unsure the segmenter may be of the spine's own pixels on the whole, as mean of 1 − highest probability. */
const LARGEST_DOUBT = 0.2;
/** Neighbouring discs of one spine lie at similar distances: largest over smallest. */
const LARGEST_STEP_RATIO = 2.4;
/** Body depth over height of human lumbar vertebrae lies well within this. */
const BODY_SHAPE = { least: 0.7, most: 2.6 };
/**
 * Square root of the area of a lumbar body in the sagittal plane, median of a spine, mm: 19.2 to 38.6 in our outlines of
 * 144 patients, 21.4 to 37.0 in 98 % of them. Beyond `doubtful` millimetres are warned of; beyond `impossible` the pixel
 * size is wrong, or it is no adult, and the networks are out of their scale.
 */
const BODY_SIZE_MM = { impossible: [17.5, 44], doubtful: [20.5, 40] } as const;
/** That some people have four or six lumbar vertebrae leaves 0.82 at best. */
export const CONFIDENCE_FOR_CERTAIN = 0.6;
const FEWEST_LUMBAR_DISCS = 5;

/** Looks at whether what was found can be a lumbar spine, and says what a reader must know of the images. */
export function judgeQuality(
  plane: PlaneReading,
  measured: SpineMeasurements,
  series: Pick<LoadedSeries, 'seriesInstanceUid'>,
  turn?: Turn,
): QualityVerdict {
  const subject = series.seriesInstanceUid;
  const warnings: Warning[] = [];
  const warn = (code: Warning['code'], message: string) => warnings.push({ code, message, subject });
  const reasons: string[] = [];
  const doubt = meanDoubt(plane);
  if (doubt > LARGEST_DOUBT) reasons.push('The segmentation is unsure over much of the spine.');
  const steps = discSteps(plane);
  if (steps.length > 1 && Math.max(...steps) / Math.min(...steps) > LARGEST_STEP_RATIO) {
    reasons.push('The discs lie at uneven distances.');
  }
  const shapes = measured.vertebrae
    .map((v) => (v.depth && v.heights.middle ? v.depth.value / v.heights.middle.value : undefined))
    .filter((r) => r !== undefined)
    .sort((a, b) => a - b);
  const typical = shapes[Math.floor(shapes.length / 2)];
  if (typical !== undefined && (typical < BODY_SHAPE.least || typical > BODY_SHAPE.most)) {
    reasons.push('The bodies do not have the proportions of lumbar vertebrae.');
  }
  const sizes = lumbarBodySizesMm(plane);
  const size = sizes[Math.floor(sizes.length / 2)];
  const beyond = ([least, most]: readonly [number, number]) =>
    size !== undefined && (size < least || size > most);
  const oddSize = 'The vertebral bodies do not have the size of an adult’s: the pixel size may be wrong.';
  if (beyond(BODY_SIZE_MM.impossible)) reasons.push(oddSize);
  else if (beyond(BODY_SIZE_MM.doubtful))
    warn('SPACING_IMPLAUSIBLE', `${oddSize} Do not rely on millimetres.`);
  if (turn !== undefined) reasons.push(`The image seems to be stored ${turn}.`);
  else if (canalInFront(plane)) {
    reasons.push('The canal lies in front of the vertebral bodies: the image may be mirrored.');
  }
  const { numbering } = plane.levels;
  const sacrum = plane.outline.bodies.some((b) => b.label === 'S1');
  if (!sacrum) warn('SACRUM_NOT_SEEN', 'S1 was not found: the levels may be off by one or more.');
  if (numbering.confidence < CONFIDENCE_FOR_CERTAIN) {
    warn('NUMBERING_UNCERTAIN', 'The levels may be off by one; see the alternatives of the numbering.');
  }
  if (plane.outline.discs.length < FEWEST_LUMBAR_DISCS) {
    warn('FIELD_OF_VIEW_SHORT', `Only ${plane.outline.discs.length} discs are seen.`);
  }
  const flagged = reasons.length > 0;
  if (flagged) warn('OUT_OF_DISTRIBUTION', reasons.join(' '));
  return {
    outOfDistribution: { flagged, score: doubt, reasons },
    warnings,
    refuse: flagged ? 'out-of-distribution' : undefined,
  };
}

/** Mean of 1 − highest class probability over the pixels that belong to a body, disc, S1 or the sac. */
function meanDoubt({ scores, structures }: PlaneReading): number {
  const n = scores.lattice.columns * scores.lattice.rows;
  let sum = 0;
  let count = 0;
  for (let at = 0; at < n; at++) {
    const inside =
      structures.bodyParts[at] + structures.discParts[at] + structures.s1[at] + structures.sac[at] > 0;
    if (!inside) continue;
    let most = 0;
    for (let c = 0; c < CLASS_COUNT; c++) most = Math.max(most, scores.classes[c * n + at]);
    sum += 1 - most;
    count++;
  }
  return count === 0 ? 1 : sum / count;
}

/** Square roots of the areas, ascending; none where the pixel size is not believed anyway. */
function lumbarBodySizesMm({ outline }: PlaneReading): number[] {
  if (!outline.millimetresValid) return [];
  return outline.bodies
    .filter((b) => b.label.startsWith('L') && b.cutByImageEdge !== true)
    .map((b) => Math.sqrt(polygonArea(b.outline)))
    .sort((a, b) => a - b);
}

/** Slices are read with the front on the left. */
function canalInFront({ outline }: PlaneReading): boolean {
  const canal = outline.sac && polygonCentroid(outline.sac);
  const bodies = outline.bodies.map((b) => polygonCentroid(b.outline)).filter((c) => c !== undefined);
  if (canal === undefined || bodies.length === 0) return false;
  const away = (body: Point2) => Math.abs(body[1] - canal[1]);
  const beside = bodies.reduce((a, b) => (away(b) < away(a) ? b : a));
  return canal[0] < beside[0];
}

function discSteps({ outline }: PlaneReading): number[] {
  const centres = outline.discs.map((d) => polygonCentroid(d.outline)).filter((c) => c !== undefined);
  return centres.slice(1).map((c, i) => Math.hypot(c[0] - centres[i][0], c[1] - centres[i][1]));
}
