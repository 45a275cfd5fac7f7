export { journalOf } from './browser-journal.ts';
export type { JournalEntry, OthersMarks } from './entry.ts';
export type { Account, Journal, JournalState, Keeping } from './journal.ts';
export type { Hindrance } from './send-round.ts';
