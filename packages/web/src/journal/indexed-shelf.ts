import { type DBSchema, openDB } from 'idb';
import type { JournalEntry } from './entry.ts';
import { inOrderAfter, isSameMark, type Shelf, withRefusal } from './shelf.ts';

interface Shelves extends DBSchema {
  marks: { key: number; value: JournalEntry };
}

/** `strict`: the browser says done when the bytes are on the disk, so that a power cut takes nothing away. */
const DURABLE = { durability: 'strict' } as const;

/** The journal in IndexedDB. @throws where the browser has none, or forbids it (private windows) */
export async function indexedShelf(name = 'promontory-journal'): Promise<Shelf> {
  const database = await openDB<Shelves>(name, 1, {
    upgrade(created) {
      created.createObjectStore('marks', { keyPath: 'order' });
    },
    // Another tab has a newer version of these pages: it must not wait for this one.
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
    },
  });
  return {
    async add(entries, after) {
      const tx = database.transaction('marks', 'readwrite', DURABLE);
      // The last place is read within the transaction: two tabs never take the same one.
      const last = await tx.store.openKeyCursor(null, 'prev');
      const kept = inOrderAfter(entries, Math.max(after, last?.key ?? 0));
      await Promise.all([...kept.map((each) => tx.store.add(each)), tx.done]);
      return kept;
    },
    all: () => database.getAll('marks'),
    async remove(gone) {
      const tx = database.transaction('marks', 'readwrite', DURABLE);
      const remove = async (entry: JournalEntry): Promise<void> => {
        const there = await tx.store.get(entry.order);
        if (there !== undefined && isSameMark(there, entry)) await tx.store.delete(entry.order);
      };
      await Promise.all([...gone.map(remove), tx.done]);
    },
    async refuse(entry, code) {
      const tx = database.transaction('marks', 'readwrite', DURABLE);
      const there = await tx.store.get(entry.order);
      if (there !== undefined && isSameMark(there, entry)) await tx.store.put(withRefusal(there, code));
      await tx.done;
    },
    close: () => database.close(),
  };
}
