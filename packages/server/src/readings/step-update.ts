/** What a client changes of a step: the N-SET column of PS3.4 table CC.2.5-3, as far as it is kept here. */
import type { JsonDataSet } from '@promontory/core/dicom';
import { ASSIGNMENT_KEYS, only, PROGRESS_KEYS } from './event-reports.ts';
import { priorityOf, SCHEDULED_KEYS, startOf } from './order.ts';
import { itemsOf, type ReadDataSet, textOf } from './step-attributes.ts';
import { malformed } from './worklist-refused.ts';

export interface StepUpdate {
  /** What takes the place of what was said before, attribute by attribute. */
  readonly changes: JsonDataSet;
  readonly priority?: number;
  readonly startAt?: Date;
  /** Said anew, in words and percent. */
  readonly progress?: { readonly stage?: string; readonly percent?: number };
  readonly isAssignment: boolean;
  /** Something of it is not supported. */
  readonly isCut: boolean;
}

/** A step's progress and the record of what was done: its performer's. */
const PERFORMER_KEYS = ['00741002', '00741216'];
/** Changed by other transactions, or never. */
const NEVER = ['00741000', '00080016', '00080018', '00404010'];
const UNDERSTOOD = ['00080005', '00080201', '00081195', '00404005', '00741200'];

/**
 * @param by whoever changes a step that nobody has claimed yet, or its performer
 * @throws WorklistRefused malformed
 */
export function stepUpdateOf(
  { dataSet, isCut }: ReadDataSet,
  by: 'anybody' | 'performer',
  now: Date,
): StepUpdate {
  const keys = Object.keys(dataSet);
  if (keys.some((key) => NEVER.includes(key)))
    throw malformed('State, UIDs and time of change are not set by an update.');
  if (by === 'anybody' && keys.some((key) => PERFORMER_KEYS.includes(key)))
    throw malformed('Progress and performed procedure are said by who has claimed the work item.');
  const kept: readonly string[] =
    by === 'performer' ? [...SCHEDULED_KEYS, ...PERFORMER_KEYS] : SCHEDULED_KEYS;
  const priority = priorityOf(dataSet);
  const startAt = by === 'anybody' ? startOf(dataSet, now) : undefined;
  const progress = keys.some((key) => (PROGRESS_KEYS as readonly string[]).includes(key))
    ? progressOf(dataSet)
    : undefined;
  return {
    changes: only(dataSet, kept),
    ...(priority !== undefined && { priority }),
    ...(startAt !== undefined && { startAt }),
    ...(progress !== undefined && { progress }),
    isAssignment: keys.some((key) => (ASSIGNMENT_KEYS as readonly string[]).includes(key)),
    isCut: isCut || keys.some((key) => !kept.includes(key) && !UNDERSTOOD.includes(key)),
  };
}

function progressOf(dataSet: JsonDataSet): NonNullable<StepUpdate['progress']> {
  const [item = {}] = itemsOf(dataSet, '00741002');
  const stage = textOf(item, '00741006');
  const given = textOf(item, '00741004');
  const percent = given === undefined ? undefined : Number(given);
  if (percent !== undefined && !(percent >= 0 && percent <= 100))
    throw malformed('The Procedure Step Progress is a percentage.');
  return {
    ...(stage !== undefined && { stage: stage.slice(0, 1024) }),
    ...(percent !== undefined && { percent: Math.round(percent) }),
  };
}
