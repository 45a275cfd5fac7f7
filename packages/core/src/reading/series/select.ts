import { Fault, type Warning } from '../../fault/index.ts';
import { correspondingSlice, type Grid, toPatient } from '../../geometry/index.ts';
import type { SeriesRole } from '../../spine/index.ts';
import { compareText } from './frames.ts';
import type { LoadedSeries, LoadedStudy } from './series.ts';

/** Which series a reading uses, and why. */
export interface SeriesSelection {
  /** Segmented; its grid is the grid of the results. */
  readonly grid: LoadedSeries;
  /** T1-weighted series that covers the same place, if there is one. */
  readonly t1: LoadedSeries | undefined;
  /** T2-weighted series (2-D or 3-D), if there is one; then it is also `grid`. */
  readonly t2: LoadedSeries | undefined;
  /** Every series of the study in its order. */
  readonly choices: readonly SeriesChoice[];
  readonly warnings: readonly Warning[];
}

export interface SeriesChoice {
  readonly series: LoadedSeries;
  readonly used: boolean;
  readonly reason: string;
}

/** Roles that can give the grid, best first. */
const GRID_ROLES: readonly SeriesRole[] = [
  'sagittal-t2',
  'sagittal-space',
  'sagittal-stir',
  'sagittal-t1',
  'sagittal-dixon-water',
  'sagittal-dixon-fat',
  'sagittal-other',
];
const T2_ROLES: readonly SeriesRole[] = ['sagittal-t2', 'sagittal-space'];
const OTHER_REGION = /cerv|thorac|hws|bws|\bc.?spine|\bt.?spine|brain|head|knee|hip\b|shoulder/;

/**
 * Chooses the series to read: the best sagittal T2 for the grid, else SPACE, STIR, T1, Dixon, other sagittal; with it the
 * best T1 and T2 that show the same place. Of several of one role: lumbar by its words, trusted millimetres, without fat
 * suppression and contrast agent, more than one slice, finer pixels, more slices.
 *
 * @param unreadable series whose pixels turned out not to be readable
 * @throws Fault `NO_SAGITTAL_SERIES`
 */
export function selectSeries(
  study: LoadedStudy,
  unreadable: ReadonlySet<LoadedSeries> = new Set(),
): SeriesSelection {
  const usable = study.series.filter((s) => GRID_ROLES.includes(s.role) && !s.derived && !unreadable.has(s));
  const best = (roles: readonly SeriesRole[], candidates = usable): LoadedSeries | undefined => {
    for (const role of roles) {
      const found = candidates.filter((s) => s.role === role).sort(compareWorth)[0];
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const grid = best(GRID_ROLES);
  if (grid === undefined) {
    const roles = [...new Set(study.series.map((s) => s.role))].sort().join(', ');
    throw new Fault('NO_SAGITTAL_SERIES', `No sagittal series can be read; there are: ${roles || 'none'}.`, {
      advice: 'Give a study with a sagittal T1- or T2-weighted series of the lumbar spine.',
    });
  }
  const t2 = T2_ROLES.includes(grid.role) ? grid : undefined;
  const beside = usable.filter((s) => s === grid || showSamePlace(s, grid));
  const t1 = best(['sagittal-t1'], beside);
  const warnings: Warning[] = [];
  if (t2 === undefined) {
    warnings.push({
      code: 'T2_MISSING',
      message: 'There is no sagittal T2-weighted series: grades that need it are left out.',
    });
  }
  if (t1 === undefined) {
    warnings.push({
      code: 'T1_MISSING',
      message: 'There is no sagittal T1-weighted series: grades that need it are left out.',
    });
  }
  const choices = study.series.map((series): SeriesChoice => {
    const uses = [
      series === grid && 'gives the grid',
      series === t2 && 'read as T2',
      series === t1 && 'read as T1',
      series === t1 &&
        inOtherFrame(series, grid) &&
        'its frame of reference is another one, so places may not agree',
    ];
    const named = uses.filter((u) => u !== false);
    if (named.length > 0) return { series, used: true, reason: `${series.roleReason}; ${named.join(', ')}` };
    const why = unreadable.has(series) ? 'not used: its pixels cannot be read' : whyUnused(series, grid);
    return { series, used: false, reason: `${series.roleReason}; ${why}` };
  });
  return { grid, t1, t2, choices, warnings };
}

function whyUnused(series: LoadedSeries, grid: LoadedSeries): string {
  if (series.derived) return 'not measured: derived image';
  if (!GRID_ROLES.includes(series.role)) return 'not read: no sagittal image of the spine';
  if (!showSamePlace(series, grid)) return 'not used: lies elsewhere than the series that gives the grid';
  return 'not used: another series serves better';
}

/**
 * Whether the middle of one series lies inside the other. Series without places in the patient are taken for one place,
 * since nothing contradicts it.
 */
function showSamePlace(a: LoadedSeries, b: LoadedSeries): boolean {
  return !a.stacks[0].located || !b.stacks[0].located || overlaps(a.grid, b.grid);
}

/** Whether two series state different frames of reference, so that their places cannot be compared. */
export const inOtherFrame = (a: LoadedSeries, b: LoadedSeries): boolean =>
  a.frameOfReferenceUid !== undefined &&
  b.frameOfReferenceUid !== undefined &&
  a.frameOfReferenceUid !== b.frameOfReferenceUid;

function overlaps(a: Grid, b: Grid): boolean {
  const middle = toPatient(a, [(a.size[0] - 1) / 2, (a.size[1] - 1) / 2, (a.size[2] - 1) / 2]);
  return correspondingSlice(a, Math.floor((a.size[2] - 1) / 2), b, middle) !== undefined;
}

function compareWorth(a: LoadedSeries, b: LoadedSeries): number {
  return (
    Number(isElsewhere(a)) - Number(isElsewhere(b)) ||
    Number(b.millimetresValid) - Number(a.millimetresValid) ||
    Number(a.fatSuppressed) - Number(b.fatSuppressed) ||
    Number(a.acquisition?.contrastAgent ?? false) - Number(b.acquisition?.contrastAgent ?? false) ||
    Number(a.grid.size[2] === 1) - Number(b.grid.size[2] === 1) ||
    Number(a.roleGuessed) - Number(b.roleGuessed) ||
    a.grid.spacingMm[0] * a.grid.spacingMm[1] - b.grid.spacingMm[0] * b.grid.spacingMm[1] ||
    b.grid.size[2] - a.grid.size[2] ||
    compareText(a.seriesInstanceUid, b.seriesInstanceUid) ||
    compareText(a.part ?? '', b.part ?? '')
  );
}

function isElsewhere(series: LoadedSeries): boolean {
  return OTHER_REGION.test(`${series.bodyPart ?? ''} ${series.description ?? ''}`.toLowerCase());
}
