/** Which series hang where when a study is opened: sagittal T2 beside T1 (or STIR), axial T2 with them. */
import type { Findings, SeriesRole } from '@promontory/core/spine';
import type { SeriesView } from '../images/index.ts';

const FIRST: readonly SeriesRole[] = [
  'sagittal-t2',
  'sagittal-space',
  'sagittal-dixon-water',
  'sagittal-stir',
  'sagittal-other',
  'sagittal-t1',
  'sagittal-dixon-fat',
];
const SECOND: readonly SeriesRole[] = [
  'sagittal-t1',
  'sagittal-stir',
  'sagittal-dixon-fat',
  'sagittal-dixon-water',
  'sagittal-t2',
  'sagittal-space',
  'sagittal-other',
];
const AXIAL: readonly SeriesRole[] = ['axial-t2', 'axial-t1', 'axial-other'];
const REST: readonly SeriesRole[] = ['coronal', 'localiser', 'other'];

/** A reading has looked at the pixels too. */
export function roleOf(series: SeriesView, findings: Findings | undefined): SeriesRole {
  const read = findings?.study.series.find((each) => each.seriesInstanceUid === series.seriesInstanceUid);
  // A series that came apart here has one entry there; a plane that contradicts it is not what was read.
  const fits =
    read !== undefined &&
    (series.plane === undefined || !/^(sag|ax)/.test(read.role) || read.role.startsWith(series.plane));
  return fits ? read.role : series.role;
}

/** The series for up to three panes, best first; none twice. */
export function hangSeries(series: readonly SeriesView[], findings: Findings | undefined): SeriesView[] {
  const hung: SeriesView[] = [];
  const used = new Set(
    findings?.study.series.filter((each) => each.used).map((each) => each.seriesInstanceUid),
  );
  const best = (roles: readonly SeriesRole[]): SeriesView | undefined =>
    series
      .filter((each) => !hung.includes(each) && roles.includes(roleOf(each, findings)))
      .sort((a, b) => {
        const rank = (each: SeriesView) => roles.indexOf(roleOf(each, findings));
        return (
          Number(a.isDerived) - Number(b.isDerived) ||
          rank(a) - rank(b) ||
          Number(used.has(b.seriesInstanceUid)) - Number(used.has(a.seriesInstanceUid)) ||
          Number(a.isFatSuppressed) - Number(b.isFatSuppressed) ||
          b.frames.length - a.frames.length
        );
      })[0];
  for (const roles of [FIRST, SECOND, AXIAL]) {
    const next = best(roles);
    if (next !== undefined) hung.push(next);
  }
  for (let more = best(REST); hung.length === 0 && more !== undefined; more = best(REST)) hung.push(more);
  return hung;
}

export const LAYOUTS = ['hanging', 'one', 'two', 'four'] as const;
export type Layout = (typeof LAYOUTS)[number] | 'mpr';

/** How many panes a layout has. */
export const PANES: Readonly<Record<Layout, number>> = { hanging: 3, one: 1, two: 2, four: 4, mpr: 3 };
