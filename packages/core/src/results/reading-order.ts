import type { Result } from './result.ts';

/** Place of a disc or vertebra along the spine, from the head. */
export function depthOf(level: string): number {
  const [upper] = level.split('/');
  return ['T', 'L', 'S'].indexOf(upper[0]) * 100 + Number(upper.slice(1));
}

/** Of what is not of one disc. */
const BEFORE_DISCS = ['numbering', 'alignment', 'segment', 'vertebra', 'conus'];

function rankOf({ group, field }: Result): number {
  const place = BEFORE_DISCS.indexOf(field === 'conusLevel' || field === 'sacEnd' ? 'conus' : group);
  return place === -1 ? BEFORE_DISCS.length : place;
}

/** Numbering, alignment, vertebrae, conus, then each disc, head to feet; within a level as they come. */
export const inReadingOrder = (results: readonly Result[]): Result[] =>
  [...results].sort(
    (a, b) =>
      rankOf(a) - rankOf(b) ||
      (a.level === undefined || b.level === undefined ? 0 : depthOf(a.level) - depthOf(b.level)),
  );
