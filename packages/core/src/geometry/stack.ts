import type { Warning } from '../fault/index.ts';
import { arrange, type Run } from './arrange.ts';
import type { Grid } from './grid.ts';
import { classifyNormal, type PlaneOrientation } from './orientation.ts';
import { angleDeg } from './plane.ts';
import { type LocatedSlice, locateSlices, type SliceGeometry } from './slice.ts';
import { add, dot, scale, subtract, type Vec3 } from './vec3.ts';

/** Parallel slices of one matrix, in order along their common normal, with the lattice that holds them. */
export interface Stack {
  /**
   * For every slice of `grid` the index of its input, in ascending position along the normal (row × column direction);
   * `undefined` where the slice is missing from the input.
   */
  readonly slices: readonly (number | undefined)[];
  /** Inputs left out because another slice lies at the same position. */
  readonly duplicates: readonly number[];
  /** How many slices are missing between the first and the last. */
  readonly missingCount: number;
  /** LPS mm. Where `located` is false origin and axes are nominal; where `spacingKnown` is false in-plane spacing is 1. */
  readonly grid: Grid;
  readonly orientation: PlaneOrientation | undefined;
  /** Whether position and orientation in the patient are known. */
  readonly located: boolean;
  /** Whether the in-plane spacing is known. */
  readonly spacingKnown: boolean;
  /** In-plane offset of each slice from the lattice, mm along row and column direction: not zero in tilted (sheared) stacks. */
  readonly offsetsMm: readonly (readonly [number, number])[];
  /** Angle between the line through the slices' origins and the normal; 0 in an upright stack. */
  readonly tiltDeg: number;
  readonly warnings: readonly Warning[];
}

/** Slices whose directions differ by less belong to one stack; decimal strings round to far less. */
const SAME_DIRECTION_DEG = 1;
/** Above this a stack is called oblique; planned sagittals and disc-parallel axials of L1–L4 stay below. */
const OBLIQUE_DEG = 20;
/** Above this a stack is called tilted; smaller drifts move a voxel by less than half of one over a stack. */
const TILTED_DEG = 0.5;

/**
 * Sorts slices into stacks by their geometry alone: neither file name nor InstanceNumber is looked at. Slices part by
 * direction, matrix and spacing, and at gaps that no whole number of slices fills. The result does not depend on the
 * order of the input, but for slices without a position, which stay in input order, and exact duplicates, of which the
 * first is kept.
 *
 * Stacks come largest first. Warnings: `ORIENTATION_MISSING`, `POSITION_MISSING`, `SPACING_MISSING`,
 * `SLICES_MIXED_ORIENTATION` (on every stack where there are several directions), `SLICES_DUPLICATED`,
 * `SLICES_MISSING`, `SLICES_UNEVEN`, `SLICES_TILTED`, `ORIENTATION_OBLIQUE`, `SINGLE_SLICE`.
 */
export function buildStacks(slices: readonly SliceGeometry[]): Stack[] {
  const { located, unlocated } = locateSlices(slices);
  const groups = groupAlike(located);
  const directions = countDirections(groups);
  const stacks: Stack[] = [];
  for (const group of groups) {
    const { runs, duplicates } = arrange(group);
    runs.forEach((run, r) => {
      stacks.push(locatedStack(run, runs.length, r === 0 ? duplicates : [], directions));
    });
  }
  for (const group of groupAlike(unlocated)) stacks.push(unlocatedStack(group));
  return stacks.sort((a, b) => present(b) - present(a) || compareOrigins(a.grid, b.grid));
}

const present = (stack: Stack): number => stack.slices.filter((s) => s !== undefined).length;

function compareOrigins(a: Grid, b: Grid): number {
  for (let c = 0; c < 3; c++) if (a.originMm[c] !== b.originMm[c]) return a.originMm[c] - b.originMm[c];
  return 0;
}

function alike(a: LocatedSlice, b: LocatedSlice): boolean {
  return (
    a.rows === b.rows &&
    a.columns === b.columns &&
    a.spacingKnown === b.spacingKnown &&
    Math.abs(a.spacingMm[0] - b.spacingMm[0]) <= 1e-3 * a.spacingMm[0] &&
    Math.abs(a.spacingMm[1] - b.spacingMm[1]) <= 1e-3 * a.spacingMm[1] &&
    a.oriented === b.oriented &&
    sameDirection(a, b)
  );
}

function sameDirection(a: LocatedSlice, b: LocatedSlice): boolean {
  return (
    angleDeg(a.axes[0], b.axes[0]) < SAME_DIRECTION_DEG && angleDeg(a.axes[1], b.axes[1]) < SAME_DIRECTION_DEG
  );
}

/** Groups by direction, matrix and spacing; the first of each group in a fixed order is its reference. */
function groupAlike(slices: readonly LocatedSlice[]): LocatedSlice[][] {
  const groups: LocatedSlice[][] = [];
  for (const slice of slices) {
    const group = groups.find((g) => alike(g[0], slice));
    if (group === undefined) groups.push([slice]);
    else group.push(slice);
  }
  return groups;
}

function countDirections(groups: readonly LocatedSlice[][]): number {
  const references: LocatedSlice[] = [];
  for (const [first] of groups) if (!references.some((r) => sameDirection(r, first))) references.push(first);
  return references.length;
}

function locatedStack(run: Run, runCount: number, duplicates: readonly number[], directions: number): Stack {
  const seen = run.slices.filter((s) => s !== undefined);
  const first = seen[0];
  const last = seen[seen.length - 1];
  const normal = first.axes[2];
  const orientation = classifyNormal(normal);
  const grid: Grid = {
    size: [first.columns, first.rows, run.slices.length],
    spacingMm: [first.spacingMm[0], first.spacingMm[1], run.stepMm],
    originMm: first.originMm,
    axes: first.axes,
  };
  const offsetsMm = run.slices.map((slice, k): readonly [number, number] => {
    if (slice === undefined) return [0, 0];
    const onLattice: Vec3 = add(first.originMm, scale(normal, k * run.stepMm));
    const away = subtract(slice.originMm, onLattice);
    return [dot(away, first.axes[0]), dot(away, first.axes[1])];
  });
  const missingCount = run.slices.length - seen.length;
  const tiltDeg = seen.length < 2 ? 0 : angleDeg(subtract(last.originMm, first.originMm), normal);

  const warnings: Warning[] = [];
  const warn = (code: Warning['code'], message: string) => warnings.push({ code, message });
  if (!first.spacingKnown) warn('SPACING_MISSING', 'The slices do not state a pixel spacing.');
  if (directions > 1) {
    warn(
      'SLICES_MIXED_ORIENTATION',
      `The slices lie in ${directions} directions; each became a stack of its own.`,
    );
  }
  if (duplicates.length > 0) {
    warn('SLICES_DUPLICATED', `${duplicates.length} slices lie where another one lies and were left out.`);
  }
  if (missingCount > 0) {
    warn('SLICES_MISSING', `${missingCount} slices are missing inside a stack of ${run.slices.length}.`);
  }
  if (runCount > 1) {
    warn(
      'SLICES_UNEVEN',
      `The parallel slices fall into ${runCount} groups; each became a stack of its own.`,
    );
  }
  if (run.uneven) warn('SLICES_UNEVEN', 'The distance between slices varies by more than a tenth.');
  if (tiltDeg > TILTED_DEG) {
    warn(
      'SLICES_TILTED',
      `The slices are stacked ${tiltDeg.toFixed(1)}° off their normal; they are squared up.`,
    );
  }
  if (orientation.obliquityDeg > OBLIQUE_DEG) {
    warn(
      'ORIENTATION_OBLIQUE',
      `The slices leave the ${orientation.plane} plane by ${orientation.obliquityDeg.toFixed(0)}°.`,
    );
  }
  if (run.slices.length === 1) {
    warn(
      'SINGLE_SLICE',
      run.stepKnown
        ? 'There is one slice only.'
        : 'There is one slice only, and its thickness is not stated.',
    );
  }
  return {
    slices: run.slices.map((s) => s?.index),
    duplicates,
    missingCount,
    grid,
    orientation,
    located: true,
    spacingKnown: first.spacingKnown,
    offsetsMm,
    tiltDeg,
    warnings,
  };
}

function unlocatedStack(group: readonly LocatedSlice[]): Stack {
  const first = group[0];
  const warnings: Warning[] = [
    first.oriented
      ? {
          code: 'POSITION_MISSING',
          message: 'The slices do not state their position; their order is not certain.',
        }
      : { code: 'ORIENTATION_MISSING', message: 'The slices do not state how they lie in the patient.' },
  ];
  if (!first.spacingKnown) {
    warnings.push({ code: 'SPACING_MISSING', message: 'The slices do not state a pixel spacing.' });
  }
  if (group.length === 1) warnings.push({ code: 'SINGLE_SLICE', message: 'There is one slice only.' });
  return {
    slices: group.map((s) => s.index),
    duplicates: [],
    missingCount: 0,
    grid: {
      size: [first.columns, first.rows, group.length],
      spacingMm: [first.spacingMm[0], first.spacingMm[1], first.declaredStepMm ?? 1],
      originMm: [0, 0, 0],
      axes: first.axes,
    },
    orientation: first.oriented ? classifyNormal(first.axes[2]) : undefined,
    located: false,
    spacingKnown: first.spacingKnown,
    offsetsMm: group.map(() => [0, 0] as const),
    tiltDeg: 0,
    warnings,
  };
}
