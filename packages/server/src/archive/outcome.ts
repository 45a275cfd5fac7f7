import { isFault } from '@promontory/core/fault';
import { StorageFull } from '../ports/blobs/index.ts';
import { PoolBusy, TaskLimitReached, WorkerFailed } from '../ports/untrusted/index.ts';
import type { IndexEntry, Unindexable } from './index-entry.ts';
import { InstanceTooLarge, NotPart10 } from './receive.ts';
import type { FailureName, StoreOutcome } from './types.ts';

export const accepted = (status: 'stored' | 'held', entry: IndexEntry): StoreOutcome => ({
  status,
  sopClass: entry.sopClass,
  sopUid: entry.sopUid,
  studyUid: entry.studyUid,
  seriesUid: entry.seriesUid,
  warnings: entry.warnings,
});

/** @param known what of the instance could be told, and the failure where that is known better */
export const failed = (
  failure: FailureName,
  message: string,
  known: Partial<IndexEntry> & Pick<Partial<Unindexable>, 'failure'> = {},
): StoreOutcome => {
  const { sopClass, sopUid, studyUid, seriesUid, warnings = [] } = known;
  return {
    status: 'failed',
    failure: known.failure ?? failure,
    message,
    ...(sopClass === undefined ? {} : { sopClass }),
    ...(sopUid === undefined ? {} : { sopUid }),
    ...(studyUid === undefined ? {} : { studyUid }),
    ...(seriesUid === undefined ? {} : { seriesUid }),
    warnings,
  };
};

/** What the sender of an instance is told of an error that came while it was received or read; undefined: a defect. */
export function failureOf(error: unknown): StoreOutcome | undefined {
  if (error instanceof NotPart10) return failed('notUnderstood', error.message);
  if (error instanceof InstanceTooLarge) return failed('tooLarge', error.message);
  if (error instanceof StorageFull || error instanceof TaskLimitReached)
    return failed('outOfResources', error.message);
  if (error instanceof PoolBusy) return failed('outOfResources', 'Too many instances arrive at once.');
  if (error instanceof WorkerFailed) return failed('processing', 'The instance could not be read.');
  if (!isFault(error)) return undefined;
  return failed('notUnderstood', error.tag === undefined ? error.message : `${error.message} ${error.tag}`);
}
