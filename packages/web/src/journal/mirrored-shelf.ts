import type { JournalEntry } from './entry.ts';
import { isSameMark, type Shelf, without, withRefusal } from './shelf.ts';

/**
 * A shelf that may fail while the page is open (the person clears the browser's data, the disk goes): what was last seen
 * on it stays in memory and is still sent. `add` fails as the shelf's does: whoever adds must know that it is not durable.
 */
export function mirroredShelf(shelf: Shelf): Shelf {
  let seen: readonly JournalEntry[] = [];
  return {
    async add(entries, after) {
      const kept = await shelf.add(entries, Math.max(after, seen.at(-1)?.order ?? 0));
      seen = [...seen, ...kept];
      return kept;
    },
    async all() {
      try {
        seen = await shelf.all();
      } catch {
        // The mirror is all there is.
      }
      return seen;
    },
    async remove(gone) {
      seen = without(seen, gone);
      // What stays on the disk is sent once more some day: the server knows it by its id.
      await shelf.remove(gone).catch(() => {});
    },
    async refuse(entry, code) {
      seen = seen.map((each) => (isSameMark(each, entry) ? withRefusal(each, code) : each));
      await shelf.refuse(entry, code).catch(() => {});
    },
    close: () => shelf.close(),
  };
}
