/** Results in the order in which they are gone through. */
import { levelOfTarget, type ReviewedEntry, type Target } from '@promontory/core/review';
import { VERTEBRAE } from '@promontory/core/spine';

export type Order = 'head-to-feet' | 'importance';

export interface LevelGroup {
  /** By the reading's own name; absent: the whole spine. */
  readonly level?: string;
  readonly entries: readonly ReviewedEntry[];
  /** Less important figures, shown on demand. */
  readonly more: readonly ReviewedEntry[];
}

/** Vertebrae and the discs between them, from the head: T12, T12/L1, L1 … */
export function placeOf(level: string | undefined): number {
  if (level === undefined) return -1;
  const [upper = '', lower] = level.split('/');
  const place = (VERTEBRAE as readonly string[]).indexOf(upper) * 2;
  return lower === undefined ? place : place + 1;
}

/** What is always shown: what a person grades, what is named first in a report, and whatever somebody touched. */
const isShown = (entry: ReviewedEntry): boolean =>
  entry.kind !== 'measurement' || entry.status !== 'unreviewed' || entry.isEdited || SHOWN.has(entry.field);
/** Figures that a report usually names. */
const SHOWN: ReadonlySet<string> = new Set([
  'heights.middle',
  'posteriorProtrusion.depth',
  'sacDiameter',
  'sacArea',
  'slip',
  'lordosisL1S1',
]);

export function levelGroups(entries: readonly ReviewedEntry[], order: Order): LevelGroup[] {
  const groups = new Map<string | undefined, ReviewedEntry[]>();
  for (const entry of entries) {
    if (entry.group === 'numbering') continue;
    const level = levelOfTarget(entry.target);
    groups.set(level, [...(groups.get(level) ?? []), entry]);
  }
  const found = [...groups].map(([level, own]): LevelGroup => {
    const shown = own.filter(isShown);
    return {
      ...(level !== undefined && { level }),
      entries: shown,
      more: own.filter((each) => !shown.includes(each)),
    };
  });
  // Entries come by importance already, and so do the levels.
  return order === 'importance' ? found : found.sort((a, b) => placeOf(a.level) - placeOf(b.level));
}

/** The result after (or before) one, over all levels; stays at the ends. */
export function neighbour(
  list: readonly Target[],
  current: Target | undefined,
  step: 1 | -1,
): Target | undefined {
  const at = current === undefined ? -1 : list.indexOf(current);
  if (at === -1) return step === 1 ? list[0] : list.at(-1);
  return list[Math.min(list.length - 1, Math.max(0, at + step))];
}

/** Where to go on after a result was judged: the next that nobody judged, from there round; else where one is. */
export function nextUnreviewed(
  entries: readonly ReviewedEntry[],
  current: Target | undefined,
): Target | undefined {
  const at = entries.findIndex(({ target }) => target === current);
  const round = [...entries.slice(at + 1), ...entries.slice(0, Math.max(0, at))];
  return round.find(({ status }) => status === 'unreviewed' || status === 'conflict')?.target ?? current;
}

/** Those that one action accepts: shown, nobody judged them, and there is a value to accept. */
export const acceptable = (entries: readonly ReviewedEntry[]): ReviewedEntry[] =>
  entries.filter(({ status, value }) => status === 'unreviewed' && value !== undefined);
