import type { JournalEntry, NewEntry } from './entry.ts';

/** Where entries stand until they are acknowledged. What `add` has resolved is there after a crash, if the shelf is durable. */
export interface Shelf {
  /** All or none. @param after the entries' orders are higher than this, and than those of all entries on the shelf */
  add(entries: readonly NewEntry[], after: number): Promise<readonly JournalEntry[]>;
  /** All entries of all accounts, in the order of making. */
  all(): Promise<readonly JournalEntry[]>;
  /** A place may be another mark's by now (another tab's, another shelf's): that one stays. */
  remove(entries: readonly JournalEntry[]): Promise<void>;
  /** @param code absent: it is to be sent again */
  refuse(entry: JournalEntry, code: string | undefined): Promise<void>;
  close(): void;
}

export function withRefusal({ refusal: _, ...entry }: JournalEntry, code: string | undefined): JournalEntry {
  return code === undefined ? entry : { ...entry, refusal: code };
}

/** Whether two entries are of one mark: places are given anew, ids are not. */
export const isSameMark = (a: JournalEntry, b: JournalEntry): boolean => a.mark.markId === b.mark.markId;

export const without = (
  entries: readonly JournalEntry[],
  gone: readonly JournalEntry[],
): readonly JournalEntry[] => entries.filter((each) => !gone.some((one) => isSameMark(one, each)));

export const inOrderAfter = (entries: readonly NewEntry[], last: number): JournalEntry[] =>
  entries.map((entry, at) => ({ ...entry, order: last + 1 + at }));

/** For browsers that keep nothing (private windows), and for what no longer fits on the disk: lost with the page. */
export function memoryShelf(): Shelf {
  let entries: readonly JournalEntry[] = [];
  return {
    async add(added, after) {
      const kept = inOrderAfter(added, Math.max(after, entries.at(-1)?.order ?? 0));
      entries = [...entries, ...kept];
      return kept;
    },
    all: async () => entries,
    async remove(gone) {
      entries = without(entries, gone);
    },
    async refuse(entry, code) {
      entries = entries.map((each) => (isSameMark(each, entry) ? withRefusal(each, code) : each));
    },
    close() {},
  };
}
