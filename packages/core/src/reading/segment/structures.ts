import { climb, findPeaks, type Peak } from './centres.ts';
import { largestPart, partition, partsWithin, seedsAt } from './partition.ts';
import { CLASS, CLASS_COUNT, classPlane, type SliceScores } from './score.ts';

/** The spine of one slice, before its levels are named. Masks lie on the working grid. */
export interface Structures {
  /** Disc centres, lowest first, pixels of the working grid. */
  readonly discs: readonly Peak[];
  /** Other disc-like places at or below the lowest: what the lowest disc would be under another numbering. */
  readonly below: readonly Peak[];
  /** How sure the lowest-disc map is of each disc, in the order of `discs`. */
  readonly lowestScores: readonly number[];
  /** Disc of each pixel: 1 is the lowest; 0 none. */
  readonly discParts: Uint8Array;
  /** Body of each pixel: 1 is the lowest above S1 (above disc 1); 0 none. */
  readonly bodyParts: Uint8Array;
  /** 1 where S1 is. */
  readonly s1: Uint8Array;
  /** 1 where the dural sac is. */
  readonly sac: Uint8Array;
  /** 1 where sacral bodies below S1 are. */
  readonly sacrum: Uint8Array;
  /** 1 where posterior elements are. */
  readonly posterior: Uint8Array;
}

const DISC_THRESHOLD = 0.2;
const LOWEST_THRESHOLD = 0.05;
const APART_MM = 9;
/**
 * Score times the share of disc within 4 mm: a sure centre needs little disc about it (a collapsed one is 2 mm high), a
 * doubtful one much; a doubtful one in the middle of a body is none.
 */
const LEAST_SUPPORT = 0.1;
/** Seeds of a disc and of a body, as radii about their centres. */
const SEED_MM = { disc: 4, body: 6 };

/**
 * Areas of one part of the sacrum below S1 and of the posterior elements: smaller ones are specks; two or three spinous
 * processes may touch, but a larger part is the whole of the back taken for bone.
 */
export const SACRUM_MM2 = [25, 4000] as const;
export const POSTERIOR_MM2 = [25, 1500] as const;

/** Most likely class of each pixel. */
export function hardClasses(scores: SliceScores): Uint8Array {
  const n = scores.lattice.columns * scores.lattice.rows;
  const hard = new Uint8Array(n);
  for (let at = 0; at < n; at++) {
    let best = 0;
    for (let c = 1; c < CLASS_COUNT; c++) {
      if (scores.classes[c * n + at] > scores.classes[best * n + at]) best = c;
    }
    hard[at] = best;
  }
  return hard;
}

/** Finds the discs of a scored slice and parts bodies and discs among them; empty where no disc is seen. */
export function findStructures(scores: SliceScores): Structures {
  const { columns, rows } = scores.lattice;
  const mm = scores.lattice.spacingMm[0];
  const discPlane = classPlane(scores, CLASS.disc);
  const peaks = findPeaks(scores.discCentre, columns, rows, DISC_THRESHOLD, APART_MM / mm).filter(
    (peak) => peak.score * meanNearby(discPlane, columns, rows, peak, SEED_MM.disc / mm) >= LEAST_SUPPORT,
  );
  const lowestPeaks = findPeaks(scores.lowestDiscCentre, columns, rows, LOWEST_THRESHOLD, APART_MM / mm);
  const hard = hardClasses(scores);
  const maskOf = (c: number) => hard.map((v) => (v === c ? 1 : 0));
  const s1 = largestPart(maskOf(CLASS.s1), columns, rows);
  const sac = largestPart(maskOf(CLASS.sac), columns, rows);
  const bone = (c: number, [least, most]: readonly [number, number]) =>
    partsWithin([least / mm ** 2, most / mm ** 2], maskOf(c), columns, rows);
  const unnamed = {
    s1,
    sac,
    sacrum: bone(CLASS.sacrum, SACRUM_MM2),
    posterior: bone(CLASS.posterior, POSTERIOR_MM2),
  };
  const start = lowestDisc(peaks, lowestPeaks);
  if (start === undefined) {
    const none = new Uint8Array(columns * rows);
    return { discs: [], below: [], lowestScores: [], discParts: none, bodyParts: none, ...unnamed };
  }
  const discs = climb(peaks, start, mm);
  const discParts = partition(
    maskOf(CLASS.disc),
    seedsAt(discs, SEED_MM.disc / mm, columns, rows),
    columns,
    rows,
  );
  const bodyParts = partition(
    maskOf(CLASS.body),
    seedsAt(bodyCentres(discs), SEED_MM.body / mm, columns, rows),
    columns,
    rows,
  );
  return {
    discs,
    below: peaks.filter((p) => !discs.includes(p) && p.y > start.y),
    lowestScores: discs.map((d) => nearbyScore(scores.lowestDiscCentre, columns, rows, d, 4 / mm)),
    discParts,
    bodyParts,
    ...unnamed,
  };
}

function lowestDisc(peaks: readonly Peak[], lowestPeaks: readonly Peak[]): Peak | undefined {
  if (peaks.length === 0) return undefined;
  if (lowestPeaks.length === 0) return peaks.reduce((a, b) => (b.y > a.y ? b : a));
  const [mark] = lowestPeaks;
  const away = (p: Peak) => Math.hypot(p.x - mark.x, p.y - mark.y);
  return peaks.reduce((a, b) => (away(b) < away(a) ? b : a));
}

/** Midway between neighbouring discs lies a body; above the topmost disc, half a step further. */
export function bodyCentres(discs: readonly Peak[]): { x: number; y: number }[] {
  const centres = discs.slice(1).map((d, i) => ({ x: (d.x + discs[i].x) / 2, y: (d.y + discs[i].y) / 2 }));
  const [top, next] = [discs[discs.length - 1], discs[discs.length - 2]];
  if (next !== undefined) centres.push({ x: top.x + (top.x - next.x) / 2, y: top.y + (top.y - next.y) / 2 });
  return centres;
}

function meanNearby(map: Float32Array, columns: number, rows: number, p: Peak, radius: number): number {
  const values = valuesNearby(map, columns, rows, p, radius);
  return values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
}

function nearbyScore(map: Float32Array, columns: number, rows: number, p: Peak, radius: number): number {
  return Math.max(0, ...valuesNearby(map, columns, rows, p, radius));
}

/** Pixels of a map in the square about a peak, as far as it lies in the map. */
function valuesNearby(map: Float32Array, columns: number, rows: number, p: Peak, radius: number): number[] {
  const values: number[] = [];
  for (let y = Math.max(0, Math.round(p.y - radius)); y <= Math.min(rows - 1, p.y + radius); y++) {
    for (let x = Math.max(0, Math.round(p.x - radius)); x <= Math.min(columns - 1, p.x + radius); x++) {
      values.push(map[y * columns + x]);
    }
  }
  return values;
}

/**
 * Probability map of one structure alone: its class's probability on its part and one pixel around, 0 elsewhere.
 * Its 0.5 contour is the structure's outline.
 */
export function soleProbability(
  scores: SliceScores,
  classIndex: number,
  parts: Uint8Array,
  part: number,
): Float32Array {
  const { columns, rows } = scores.lattice;
  const plane = classPlane(scores, classIndex);
  const sole = new Float32Array(plane.length);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const at = y * columns + x;
      if (parts[at] !== part && (parts[at] !== 0 || !touches(parts, part, x, y, columns, rows))) continue;
      sole[at] = plane[at];
    }
  }
  return sole;
}

function touches(
  parts: Uint8Array,
  part: number,
  x: number,
  y: number,
  columns: number,
  rows: number,
): boolean {
  const at = y * columns + x;
  return (
    (x > 0 && parts[at - 1] === part) ||
    (x < columns - 1 && parts[at + 1] === part) ||
    (y > 0 && parts[at - columns] === part) ||
    (y < rows - 1 && parts[at + columns] === part)
  );
}
