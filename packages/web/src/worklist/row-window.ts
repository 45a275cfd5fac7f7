/**
 * Which pages of a list of 100,000 rows are in memory. The server gives pages by cursor: where page n begins is known
 * once page n - 1 was seen, and stays known, so that any page that was seen can be fetched again by itself.
 */

/** Rows of a page: a screen or two. */
export const PAGE_ROWS = 100;
/** Pages on each side of those on the screen that are fetched ahead. */
const AHEAD_ROWS = 40;
/** Pages on each side of those on the screen that stay in memory. */
const KEPT_PAGES = 1;

export interface RowWindow {
  /** Cursor of each page whose beginning is known; the first has none. */
  readonly starts: readonly (string | undefined)[];
  /** How many rows there are, once the last page was seen. */
  readonly end?: number;
}

export const UNSEEN: RowWindow = { starts: [undefined] };

/** After a page came: where the next begins, or that it was the last. */
export function afterPage(
  window: RowWindow,
  page: number,
  seen: { readonly rows: number; readonly nextCursor?: string | null | undefined },
): RowWindow {
  const next = seen.nextCursor ?? undefined;
  if (next === undefined) {
    const end = page * PAGE_ROWS + seen.rows;
    const starts = window.starts.slice(0, page + 1);
    return window.end === end && starts.length === window.starts.length ? window : { starts, end };
  }
  if (window.starts[page + 1] === next) return window;
  // Where it now begins elsewhere, what was known after it stands no longer.
  return { starts: [...window.starts.slice(0, page + 1), next] };
}

/** Rows that can be scrolled to: a page that is known to begin counts as full until it was seen. */
export const rowsIn = ({ starts, end }: RowWindow): number => end ?? starts.length * PAGE_ROWS;

/** Pages to have in memory while rows `first` to `last` are on the screen. */
export function pagesAround(window: RowWindow, first: number, last: number): number[] {
  return pagesBetween(window, (first - AHEAD_ROWS) / PAGE_ROWS, (last + AHEAD_ROWS) / PAGE_ROWS);
}

/** Pages that may stay in memory: a little more, so that a small movement back asks nothing again. */
export const pagesKept = (window: RowWindow, first: number, last: number): number[] =>
  pagesBetween(window, first / PAGE_ROWS - KEPT_PAGES, last / PAGE_ROWS + KEPT_PAGES);

function pagesBetween({ starts }: RowWindow, from: number, to: number): number[] {
  const first = Math.max(0, Math.min(Math.floor(from), starts.length - 1));
  const last = Math.max(first, Math.min(Math.floor(to), starts.length - 1));
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
