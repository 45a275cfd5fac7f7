import type { StudyMatch } from '../ports/pacs/index.ts';

/** Which studies of the PACS are brought in. */
export interface FollowFilter {
  /** Studies of so many days, today included. */
  readonly days: number;
  /** Keywords of matching keys and their values: `{ "ModalitiesInStudy": "MR" }`. */
  readonly match: StudyMatch;
}

const DAY_MS = 86_400_000;

/** One day more than asked for: the PACS may live in another time zone. */
export function firstDay({ days }: FollowFilter, now: Date): string {
  const first = new Date(now.getTime() - days * DAY_MS);
  return first.toISOString().slice(0, 10).replaceAll('-', '');
}

/** PS3.4 C.2.2.2.5: a range with an open end. */
export const studyMatch = (filter: FollowFilter, now: Date): StudyMatch => ({
  ...filter.match,
  StudyDate: `${firstDay(filter, now)}-`,
});
