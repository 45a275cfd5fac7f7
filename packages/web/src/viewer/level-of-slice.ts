/** Which disc a slice shows. */
import type { SeriesView } from '../images/index.ts';
import type { Level } from './geometry/levels.ts';
import { type DiscSlices, slicesAtDisc } from './geometry/slices.ts';

export interface LevelSlices {
  readonly level: Level;
  readonly slices: DiscSlices;
}

const known = new WeakMap<
  SeriesView,
  { readonly levels: readonly Level[]; readonly groups: LevelSlices[] }
>();

/** The slices of an axial series grouped by the disc that they pass; of other series nothing. */
export function groupByLevel(series: SeriesView, levels: readonly Level[]): readonly LevelSlices[] {
  if (series.plane !== 'axial') return [];
  const before = known.get(series);
  if (before?.levels === levels) return before.groups;
  const groups = levels.map((level) => ({ level, slices: slicesAtDisc(series, level.place) }));
  known.set(series, { levels, groups });
  return groups;
}

/** Discs that slice `index` passes, from head to foot. */
export const levelsAt = (series: SeriesView, levels: readonly Level[], index: number): Level[] =>
  groupByLevel(series, levels).flatMap(({ level, slices }) =>
    slices.passing.includes(index) ? [level] : [],
  );
