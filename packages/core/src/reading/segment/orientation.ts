import type { SliceImage } from '../../geometry/index.ts';
import type { ModelRunner } from '../model-runner.ts';
import { CLASS, classPlane, type SliceScores, scoreSlice } from './score.ts';

/** How an image may be stored wrongly, as its tags do not tell. */
export type Turn = 'mirrored front to back' | 'upside down' | 'upside down and mirrored front to back';

const TURNS: readonly { readonly turn: Turn; readonly columns: boolean; readonly rows: boolean }[] = [
  { turn: 'mirrored front to back', columns: true, rows: false },
  { turn: 'upside down', columns: false, rows: true },
  { turn: 'upside down and mirrored front to back', columns: true, rows: true },
];

/** Above this the lowest disc is plain enough that no other orientation need be tried. */
const PLAIN = 0.8;
/** A lumbosacral junction in another orientation has to be plainer than that of the stored one by this factor … */
const PLAINER = 1.1;
/** … and itself as plain as most are, with this much of S1. */
const LEAST_PLAIN = 0.5;
const LEAST_S1_MM2 = 200;

/**
 * Whether the slice shows a lumbosacral junction only when it is turned: S1 below the lowest disc has no likeness in
 * any mirror image of a spine. Reads up to three turned copies, and none where the junction is plain as it is.
 */
export async function wrongTurn(
  slice: SliceImage,
  scores: SliceScores,
  runner: ModelRunner,
): Promise<Turn | undefined> {
  const stored = junction(scores);
  if (stored.plainness >= PLAIN && stored.s1Mm2 >= LEAST_S1_MM2) return undefined;
  let best = { turn: undefined as Turn | undefined, ...stored };
  for (const { turn, columns, rows } of TURNS) {
    const turned = junction(await scoreSlice(reversed(slice, columns, rows), runner));
    if (turned.plainness > best.plainness) best = { turn, ...turned };
  }
  const convinces =
    best.plainness >= Math.max(LEAST_PLAIN, PLAINER * stored.plainness) &&
    best.s1Mm2 >= LEAST_S1_MM2 &&
    best.s1Mm2 > stored.s1Mm2;
  return convinces ? best.turn : undefined;
}

function junction(scores: SliceScores): { plainness: number; s1Mm2: number } {
  const [du, dv] = scores.lattice.spacingMm;
  return {
    plainness: scores.lowestDiscCentre.reduce((most, p) => Math.max(most, p), 0),
    s1Mm2: classPlane(scores, CLASS.s1).reduce((n, p) => (p > 0.5 ? n + 1 : n), 0) * du * dv,
  };
}

function reversed(slice: SliceImage, columns: boolean, rows: boolean): SliceImage {
  const { columns: width, rows: height } = slice.inPlane;
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const line = slice.data.slice(y * width, (y + 1) * width);
    data.set(columns ? line.reverse() : line, (rows ? height - 1 - y : y) * width);
  }
  return { ...slice, data };
}
