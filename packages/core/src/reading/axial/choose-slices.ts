import {
  AXIAL_AXES,
  type AxialSlice,
  axialSlicesAtDisc,
  type DiscPass,
  type DiscPlace,
  type Grid,
  mappingTowards,
  reorientGrid,
} from '../../geometry/index.ts';
import { inOtherFrame, type LoadedSeries, type LoadedStudy } from '../series/index.ts';

/** Steeper slices cut muscles and sac too obliquely to be measured. */
const STEEPEST_DEG = 30;

/** The slice of an axial series to measure at a disc. */
export interface ChosenSlice {
  /** Index in the series' stacks. */
  readonly stack: number;
  /** Index in that stack turned as `axialMapping` says. */
  readonly k: number;
  readonly pass: DiscPass;
}

export interface AxialChoice {
  readonly series: LoadedSeries;
  /** In the order of the discs asked about; `undefined` where no slice passes. */
  readonly slices: readonly (ChosenSlice | undefined)[];
}

/** How an axial stack is worked on: front up, the patient's right on the left, slice axis kept. */
export const axialMapping = (grid: Grid) => mappingTowards(grid, AXIAL_AXES, true);

/**
 * The axial T2-weighted series that passes most of the discs, of equals the one with smaller pixels, with the slice
 * nearest to the middle of each disc. Series without a place in the patient, or in another frame of reference than
 * that of the discs, are not looked at: nothing says which level they show.
 * @returns `undefined` where no series passes a disc
 */
export function chooseAxial(
  study: LoadedStudy,
  sagittal: LoadedSeries,
  discs: readonly DiscPlace[],
): AxialChoice | undefined {
  if (!sagittal.stacks[0].located) return undefined;
  return study.series
    .filter((s) => s.role === 'axial-t2' && !s.derived && !s.fatSuppressed && !inOtherFrame(s, sagittal))
    .map((series): AxialChoice => {
      const places = placesOf(series);
      return { series, slices: discs.map((disc) => sliceAtDisc(places, disc)) };
    })
    .filter((choice) => passed(choice) > 0)
    .sort((a, b) => passed(b) - passed(a) || pixelArea(a) - pixelArea(b))[0];
}

const passed = (choice: AxialChoice): number => choice.slices.filter((s) => s !== undefined).length;
const pixelArea = ({ series }: AxialChoice): number => series.grid.spacingMm[0] * series.grid.spacingMm[1];

interface Place {
  readonly stack: number;
  readonly slice: AxialSlice;
}

/** Every axial slice that a series holds, in its stacks turned as they are worked on. */
const placesOf = (series: LoadedSeries): Place[] =>
  series.stacks.flatMap((stack, index) => {
    if (!stack.located || stack.orientation?.plane !== 'axial') return [];
    const mapping = axialMapping(stack.grid);
    const grid = reorientGrid(stack.grid, mapping);
    const last = grid.size[2] - 1;
    const missing = new Set(stack.missingSlices.map((k) => (mapping.flip[2] ? last - k : k)));
    const thicknessMm = stack.sliceThicknessMm ?? grid.spacingMm[2];
    return Array.from({ length: last + 1 }, (_, k) => k)
      .filter((k) => !missing.has(k))
      .map((k): Place => ({ stack: index, slice: { grid, k, thicknessMm } }));
  });

function sliceAtDisc(places: readonly Place[], disc: DiscPlace): ChosenSlice | undefined {
  const [pass] = axialSlicesAtDisc(
    disc,
    places.map((p) => p.slice),
  );
  if (pass === undefined || !pass.passes || pass.angleDeg > STEEPEST_DEG) return undefined;
  const { stack, slice } = places[pass.index];
  return { stack, k: slice.k, pass };
}
