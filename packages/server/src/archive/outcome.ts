import type { IndexEntry } from './index-entry.ts';
import type { FailureName, StoreOutcome } from './types.ts';

export const accepted = (status: 'stored' | 'held', entry: IndexEntry): StoreOutcome => ({
  status,
  sopClass: entry.sopClass,
  sopUid: entry.sopUid,
  studyUid: entry.studyUid,
  seriesUid: entry.seriesUid,
  warnings: entry.warnings,
});

/** @param known what of the instance could be told */
export const failed = (
  failure: FailureName,
  message: string,
  { sopClass, sopUid, studyUid, seriesUid, warnings = [] }: Partial<IndexEntry> = {},
): StoreOutcome => ({
  status: 'failed',
  failure,
  message,
  ...(sopClass === undefined ? {} : { sopClass }),
  ...(sopUid === undefined ? {} : { sopUid }),
  ...(studyUid === undefined ? {} : { studyUid }),
  ...(seriesUid === undefined ? {} : { seriesUid }),
  warnings,
});
