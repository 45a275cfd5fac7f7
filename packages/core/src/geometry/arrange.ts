import type { LocatedSlice } from './slice.ts';
import { distance, dot } from './vec3.ts';

/** Slices in order along their normal, holes where a slice is missing. */
export interface Run {
  readonly slices: readonly (LocatedSlice | undefined)[];
  /** Distance between neighbouring slice centres; of a single slice the declared one, or 1 where none is stated. */
  readonly stepMm: number;
  readonly stepKnown: boolean;
  /** Whether the distances leave the step by more than `UNEVEN`. */
  readonly uneven: boolean;
}

/** Slices at the same position within this are duplicates: far below any slice spacing, far above rounding. */
const SAME_POSITION_MM = 0.01;
/** Slices in one plane whose origins differ by more are two fields of view (stations), not duplicates. */
const SAME_STATION_MM = 1;
/** A distance from this many steps on is a gap. */
const GAP = 1.5;
/** A gap is filled with missing slices if it leaves a whole number of steps by no more than this share of a step. */
const WHOLE = 0.25;
const UNEVEN = 0.1;

/**
 * Orders parallel slices of one matrix along their normal: stations apart, duplicates out, gaps of whole steps filled
 * with holes (never more holes than slices), and cut where a gap is no whole number of steps.
 */
export function arrange(group: readonly LocatedSlice[]): { runs: Run[]; duplicates: number[] } {
  const normal = group[0].axes[2];
  const position = (slice: LocatedSlice): number => dot(slice.originMm, normal);
  const runs: Run[] = [];
  const duplicates: number[] = [];
  for (const station of splitStations(group, position)) {
    const kept: LocatedSlice[] = [];
    for (const slice of station) {
      const previous = kept[kept.length - 1];
      if (previous !== undefined && position(slice) - position(previous) < SAME_POSITION_MM) {
        duplicates.push(slice.index);
      } else kept.push(slice);
    }
    runs.push(...fillOrCut(kept, position));
  }
  return { runs, duplicates: duplicates.sort((a, b) => a - b) };
}

/** By position, then by index so that the first of several duplicates is kept. */
function splitStations(
  group: readonly LocatedSlice[],
  position: (slice: LocatedSlice) => number,
): LocatedSlice[][] {
  const sorted = [...group].sort((a, b) => {
    const apart = position(a) - position(b);
    return Math.abs(apart) < SAME_POSITION_MM ? a.index - b.index : apart;
  });
  const inPlane = (a: LocatedSlice, b: LocatedSlice): number =>
    Math.sqrt(Math.max(0, distance(a.originMm, b.originMm) ** 2 - (position(a) - position(b)) ** 2));
  const severalStations = sorted.some(
    (slice, i) =>
      i > 0 &&
      position(slice) - position(sorted[i - 1]) < SAME_POSITION_MM &&
      inPlane(slice, sorted[i - 1]) > SAME_STATION_MM,
  );
  if (!severalStations) return [sorted];
  const stations: LocatedSlice[][] = [];
  for (const slice of sorted) {
    const station = stations.find((s) => inPlane(s[0], slice) <= SAME_STATION_MM);
    if (station === undefined) stations.push([slice]);
    else station.push(slice);
  }
  return stations;
}

function fillOrCut(slices: readonly LocatedSlice[], position: (slice: LocatedSlice) => number): Run[] {
  const gaps = slices.slice(1).map((slice, i) => position(slice) - position(slices[i]));
  const step = stepOf(gaps, slices[0].declaredStepMm);
  const holes = gaps.map((gap) => (gap < GAP * step ? 0 : Math.round(gap / step) - 1));
  const total = holes.reduce((sum, n) => sum + n, 0);
  const runs: LocatedSlice[][] = [[slices[0]]];
  const filled: (LocatedSlice | undefined)[][] = [[slices[0]]];
  gaps.forEach((gap, i) => {
    const whole = Math.abs(gap / step - holes[i] - 1) <= WHOLE;
    if (holes[i] > 0 && (!whole || total > slices.length)) {
      runs.push([slices[i + 1]]);
      filled.push([slices[i + 1]]);
      return;
    }
    const last = filled[filled.length - 1];
    for (let n = 0; n < holes[i]; n++) last.push(undefined);
    last.push(slices[i + 1]);
    runs[runs.length - 1].push(slices[i + 1]);
  });
  return filled.map((run, r) => {
    const seen = runs[r];
    const span = position(seen[seen.length - 1]) - position(seen[0]);
    if (run.length === 1) {
      const declared = seen[0].declaredStepMm;
      return { slices: run, stepMm: declared ?? 1, stepKnown: declared !== undefined, uneven: false };
    }
    const stepMm = span / (run.length - 1);
    const uneven = run.some((slice, k) => {
      if (slice === undefined) return false;
      return Math.abs(position(slice) - position(seen[0]) - k * stepMm) > UNEVEN * stepMm;
    });
    return { slices: run, stepMm, stepKnown: true, uneven };
  });
}

/**
 * The lower median of the distances: right as long as half of the neighbours are there. Of three slices or fewer no
 * majority can be had, so the declared distance decides if it divides the measured one.
 */
function stepOf(gaps: readonly number[], declaredMm: number | undefined): number {
  if (gaps.length === 0) return declaredMm ?? 1;
  const sorted = [...gaps].sort((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  if (gaps.length <= 2 && declaredMm !== undefined) {
    const times = median / declaredMm;
    if (times > GAP && times < gaps.length + 2.5 && Math.abs(times - Math.round(times)) < 0.05)
      return declaredMm;
  }
  return median;
}
