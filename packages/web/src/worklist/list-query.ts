/** What is asked of the list: as it stands after `#` in the address, and as the server is asked. */
import { STATUSES, type Status } from './worklist-row.ts';

export const SORTS = ['urgency', '-date', 'date', 'name', '-received'] as const;
export type Sort = (typeof SORTS)[number];

export const PERIODS = ['any', 'today', 'week', 'range'] as const;
export type Period = (typeof PERIODS)[number];

export interface ListQuery {
  readonly text: string;
  readonly status?: Status;
  /** This rank and above. */
  readonly urgency?: 1 | 2 | 3;
  /** `me`, `none`, or an account. */
  readonly assigned?: string;
  readonly period: Period;
  /** Study dates, YYYY-MM-DD, both included; of `range` only. */
  readonly from?: string;
  readonly to?: string;
  readonly sort: Sort;
}

export const EVERYTHING: ListQuery = { text: '', period: 'any', sort: 'urgency' };

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const LONGEST_TEXT = 64;
const oneOf = <T>(known: readonly T[], given: unknown): T | undefined => known.find((each) => each === given);

/** Of the part after `?`. What is not understood is left out: addresses come from anywhere. */
export function readQuery(search: string): ListQuery {
  const given = new URLSearchParams(search);
  const get = (name: string) => given.get(name) ?? undefined;
  const day = (name: string) => (DAY.test(get(name) ?? '') ? get(name) : undefined);
  const status = oneOf(STATUSES, get('status'));
  const urgency = oneOf([1, 2, 3] as const, Number(get('urgency')));
  const assigned = /^(me|none|[0-9a-f-]{36})$/.exec(get('assigned') ?? '')?.[0];
  const period = oneOf(PERIODS, get('period')) ?? 'any';
  const [from, to] = period === 'range' ? [day('from'), day('to')] : [];
  return {
    text: (get('text') ?? '').slice(0, LONGEST_TEXT),
    ...(status && { status }),
    ...(urgency && { urgency }),
    ...(assigned && { assigned }),
    period,
    ...(from && { from }),
    ...(to && { to }),
    sort: oneOf(SORTS, get('sort')) ?? EVERYTHING.sort,
  };
}

/** Without what is the default, in one order: the same question is the same text. */
export function writeQuery({ text, status, urgency, assigned, period, from, to, sort }: ListQuery): string {
  const search = new URLSearchParams();
  const set = (name: string, value: string | number | undefined) => {
    if (value !== undefined && value !== '') search.set(name, `${value}`);
  };
  set('text', text.trim());
  set('status', status);
  set('urgency', urgency);
  set('assigned', assigned);
  set('period', period === 'any' ? undefined : period);
  if (period === 'range') {
    set('from', from);
    set('to', to);
  }
  set('sort', sort === EVERYTHING.sort ? undefined : sort);
  return search.toString();
}

/** As the server is asked. @param today of this computer: `today` and `week` move with it */
export function serverQuery(query: ListQuery, today: Date): URLSearchParams {
  const { period, from, to, ...rest } = query;
  const days =
    period === 'today'
      ? { from: dayOf(today), to: dayOf(today) }
      : period === 'week'
        ? { from: dayOf(today, -6), to: dayOf(today) }
        : { from, to };
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...rest, ...days }))
    if (value !== undefined && `${value}`.trim() !== '') search.set(name, `${value}`.trim());
  return search;
}

/** The calendar day where the reader is, `later` days after. */
export function dayOf(date: Date, later = 0): string {
  const day = new Date(date.getFullYear(), date.getMonth(), date.getDate() + later);
  const two = (part: number) => `${part}`.padStart(2, '0');
  return `${`${day.getFullYear()}`.padStart(4, '0')}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** How many filters stand beside text, status and order: told where they are folded away. */
export const filtersSet = ({ urgency, assigned, period }: ListQuery): number =>
  Number(urgency !== undefined) + Number(assigned !== undefined) + Number(period !== 'any');

export const isEverything = (query: ListQuery): boolean =>
  writeQuery({ ...query, sort: EVERYTHING.sort }) === '';

/** A saved view keeps no search text: it names patients, and the server takes it out. */
export const viewOf = (search: string): string => writeQuery({ ...readQuery(search), text: '' });
