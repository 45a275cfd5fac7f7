/** The list that clinicians work through: how far each study is, how urgent, whose turn it is. */
export type { Reviewer } from './assignment-rows.ts';
export { CursorInvalid } from './cursor.ts';
export {
  LIST_SORTS,
  type ListEntry,
  type ListPage,
  type ListQuery,
  type ListSort,
  type PriorStudy,
  STUDY_STATUSES,
  type StudyStatus,
} from './list-entry.ts';
export { rankReadings } from './rank-readings.ts';
export { NotAReviewer, type ReadingList, type ReadingListPorts, readingListFor } from './reading-list.ts';
