/** Short ways to store and to search. */
import { partsOf } from './archive.testing.ts';
import type { Records } from './records.ts';
import type { StudyQuery } from './study-query.ts';

export const store = (records: Records, ...files: Uint8Array[]) => records.store(partsOf(files));
export const query = (given: Partial<StudyQuery> = {}): StudyQuery => ({
  level: 'study',
  matches: new Map(),
  include: [],
  fuzzy: false,
  limit: 100,
  offset: 0,
  ...given,
});
export const uidsOf = async (records: Records, given: Partial<StudyQuery>) =>
  (await records.search(query(given))).rows.map((row) => row['0020000D']?.Value?.[0]);
