import type { Mark } from '@promontory/core/review';

/** A mark that this browser keeps until the server has acknowledged it. */
export interface JournalEntry {
  /** Place in the order of making, in this browser. */
  readonly order: number;
  readonly accountId: string;
  readonly authorName: string;
  readonly studyInstanceUid: string;
  readonly mark: Mark;
  /** Why the server will not have it: it stays kept, and is not sent again. */
  readonly refusal?: string;
}

export type NewEntry = Omit<JournalEntry, 'order' | 'refusal'>;

/** Marks of somebody else that wait in this browser. */
export interface OthersMarks {
  readonly accountId: string;
  readonly authorName: string;
  readonly count: number;
}
