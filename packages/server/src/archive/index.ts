export type { Admit } from './admit.ts';
export { likePattern, nameWords } from './match-text.ts';
export { keepAnew, lockOfBytes } from './noted-bytes.ts';
export { type ArchivePorts, INDEX_WORKER, openArchive } from './open-archive.ts';
export type { ReadPurpose, Records } from './records.ts';
export { ownerOf } from './retrieve-rows.ts';
export type { StudyOwner } from './rows.ts';
export { MATCHING_KEYS, type Match, type QueryLevel, type StudyQuery } from './study-query.ts';
export {
  FAILURE,
  type FailureName,
  type InstanceRecord,
  type Scope,
  type SearchResult,
  type StoreOptions,
  type StoreOutcome,
} from './types.ts';
export { isUid } from './uid.ts';
