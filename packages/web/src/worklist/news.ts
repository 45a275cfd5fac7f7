/** How many studies have come that the list at hand does not show, told without moving it. */
interface Seen {
  readonly studies: ReadonlySet<string>;
  readonly total?: number | undefined;
  /** The first page was the whole list. */
  readonly isWhole: boolean;
}

/**
 * @param seen the first page as it is shown
 * @param head the first page as it would be now
 */
export function newsIn(
  seen: Seen,
  head: { readonly studies: readonly string[]; readonly total?: number | undefined },
): number {
  const isNew = head.studies.map((study) => !seen.studies.has(study));
  // Where a row left the page, the next one moved up from below: at the page's end that is nothing new.
  const end = seen.isWhole ? isNew.length : isNew.lastIndexOf(false) + 1 || isNew.length;
  const unseen = isNew.slice(0, end).filter(Boolean).length;
  return Math.max(unseen, (head.total ?? 0) - (seen.total ?? head.total ?? 0));
}
