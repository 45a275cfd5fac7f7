import type { SliceImage } from '../../geometry/index.ts';
import type { SpineOutline } from '../../spine/index.ts';
import type { ModelRunner } from '../model-runner.ts';
import { type NumberedLevels, numberLevels } from '../number/number-levels.ts';
import { outlineOf } from './outline.ts';
import { type SliceScores, scoreSlice } from './score.ts';
import { findStructures, type Structures } from './structures.ts';

/** One sagittal slice read: what is where, and what it is called. */
export interface PlaneReading {
  readonly slice: SliceImage;
  readonly scores: SliceScores;
  readonly structures: Structures;
  readonly levels: NumberedLevels;
  readonly outline: SpineOutline;
}

export interface PlaneOptions {
  /** False where the pixel size is missing or implausible; the slice then comes at a size that only fits a usual field of view. */
  readonly millimetresValid: boolean;
  readonly lumbarCount?: 4 | 5 | 6 | undefined;
}

/** Scores, parts, names and outlines one sagittal slice (head up, front on the left). */
export async function readPlane(
  slice: SliceImage,
  runner: ModelRunner,
  options: PlaneOptions,
): Promise<PlaneReading> {
  return interpretPlane(slice, await scoreSlice(slice, runner), options);
}

/** The part of `readPlane` after the network. */
export function interpretPlane(slice: SliceImage, scores: SliceScores, options: PlaneOptions): PlaneReading {
  const structures = findStructures(scores);
  const levels = numberLevels({
    lowestScores: structures.lowestScores,
    scoresBelow: structures.below.map((p) => p.score),
    sacrumSeen: sacrumUnderLowestDisc(structures, scores),
    lumbarCount: options.lumbarCount,
  });
  const outline = outlineOf(slice, scores, structures, levels, options.millimetresValid);
  return { slice, scores, structures, levels, outline };
}

/** S1 lies right below the lowest disc where its body begins within this reach. */
const REACH_MM = 25;
const LEAST_PIXELS = 100;

function sacrumUnderLowestDisc({ discs, s1 }: Structures, { lattice }: SliceScores): boolean {
  const [lowest] = discs;
  if (lowest === undefined) return false;
  const reach = REACH_MM / lattice.spacingMm[0];
  let pixels = 0;
  let nearest = Number.POSITIVE_INFINITY;
  s1.forEach((v, at) => {
    if (v === 0) return;
    pixels++;
    const x = at % lattice.columns;
    nearest = Math.min(nearest, Math.hypot(x - lowest.x, (at - x) / lattice.columns - lowest.y));
  });
  return pixels >= LEAST_PIXELS && nearest <= reach;
}
