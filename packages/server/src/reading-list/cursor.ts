/** Where a page ended: the last row's keys, so that rows that come or go meanwhile move nobody else. */
import type { ListOrder, ListSort } from './list-entry.ts';

interface Key {
  readonly column: string;
  /** PostgreSQL's name: what comes back from a client is cast to it. */
  readonly type: 'text' | 'smallint' | 'timestamptz';
}
const text = (column: string): Key => ({ column, type: 'text' });
const RECEIVED: Key = { column: 'received_at', type: 'timestamptz' };
const STUDY = text('study_uid');

/** What each order goes by; the last key is the study's own, so that no two rows are equal. Each has its index. */
const KEYS: Readonly<Record<ListOrder, readonly Key[]>> = {
  urgency: [{ column: 'urgency_order', type: 'smallint' }, RECEIVED, STUDY],
  date: [text('study_date'), text('study_time'), STUDY],
  name: [text('name_key'), STUDY],
  received: [RECEIVED, STUDY],
};

export interface Ordering {
  readonly keys: readonly Key[];
  readonly descending: boolean;
}

export const orderingOf = (sort: ListSort): Ordering => {
  const descending = sort.startsWith('-');
  return { keys: KEYS[(descending ? sort.slice(1) : sort) as ListOrder], descending };
};

/** A place in a list is none of this list's. */
export class CursorInvalid extends Error {
  override readonly name = 'CursorInvalid';
}

export const cursorOf = (sort: ListSort, values: readonly string[]): string =>
  Buffer.from(JSON.stringify([sort, ...values])).toString('base64url');

const TYPED: Readonly<Record<Key['type'], RegExp>> = {
  text: /^[^\0]{0,1024}$/u,
  smallint: /^[0-4]$/,
  timestamptz: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/,
};

/** @throws CursorInvalid where it was not given out for this order */
export function valuesOf(cursor: string, sort: ListSort): string[] {
  const [of, ...values] = listIn(cursor);
  const { keys } = orderingOf(sort);
  const fits =
    of === sort &&
    values.length === keys.length &&
    keys.every(({ type }, i) => TYPED[type].test(values[i] ?? '\0') && isTime(type, values[i] ?? ''));
  if (!fits) throw new CursorInvalid('The cursor is of another list.');
  return values;
}

/** A moment that there is: JavaScript takes the 30th of February for a day of March, PostgreSQL takes it ill. */
function isTime(type: Key['type'], value: string): boolean {
  if (type !== 'timestamptz') return true;
  const at = new Date(value);
  return at.getTime() > Date.UTC(1900, 0) && at.toISOString().slice(0, 19) === value.slice(0, 19);
}

function listIn(cursor: string): string[] {
  try {
    const given: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(given) && given.every((one) => typeof one === 'string')) return given;
  } catch {
    // Below.
  }
  throw new CursorInvalid('The cursor is malformed.');
}
