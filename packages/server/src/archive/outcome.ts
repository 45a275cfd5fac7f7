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

export const failed = (failure: FailureName, message: string, entry?: IndexEntry): StoreOutcome => ({
  status: 'failed',
  failure,
  message,
  ...(entry === undefined
    ? {}
    : {
        sopClass: entry.sopClass,
        sopUid: entry.sopUid,
        studyUid: entry.studyUid,
        seriesUid: entry.seriesUid,
      }),
  warnings: entry?.warnings ?? [],
});
