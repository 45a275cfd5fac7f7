/**
 * Work items as unified procedure steps: PS3.4 annex CC, attributes of PS3.3 C.30; searched and retrieved over
 * PS3.18 chapter 11. Patient and study beyond their UID are asked of the archive.
 */
import { buildDataSet, type JsonDataSet, toDicomJson } from '@promontory/core/dicom';
import { PRIORITY_RULES } from './priorities.ts';
import type { WorkItem, WorkState } from './reading.ts';
import type { ItemQuery } from './work-item-rows.ts';

/** Unified Procedure Step – Push: the class of all instances, whoever asks (PS3.4 CC.3.1). */
export const UPS_PUSH = '1.2.840.10008.5.1.4.34.6.1';

/** PS3.4 CC.1.1. The standard knows no failure: a step that could not be done is cancelled, with its reason. */
export const PROCEDURE_STEP_STATE: Readonly<Record<WorkState, string>> = {
  scheduled: 'SCHEDULED',
  'in-progress': 'IN PROGRESS',
  completed: 'COMPLETED',
  cancelled: 'CANCELED',
  failed: 'CANCELED',
};

const HIGH_FROM = PRIORITY_RULES['severe-central-stenosis'].priority;
const MEDIUM_FROM = PRIORITY_RULES.requested.priority;

/** Scheduled Procedure Step Priority (0074,1200). */
export const stepPriority = (priority: number): 'HIGH' | 'MEDIUM' | 'LOW' =>
  priority >= HIGH_FROM ? 'HIGH' : priority >= MEDIUM_FROM ? 'MEDIUM' : 'LOW';

/** The UID of a UUID: PS3.5 B.2. */
export const uidOfJob = (jobId: string): string => `2.25.${BigInt(`0x${jobId.replaceAll('-', '')}`)}`;

/** @returns nothing for a UID that was not made from a UUID */
export function jobOfUid(uid: string): string | undefined {
  const digits = /^2\.25\.(0|[1-9][0-9]{0,38})$/.exec(uid)?.[1];
  if (digits === undefined) return undefined;
  const hex = BigInt(digits).toString(16).padStart(32, '0');
  if (hex.length > 32) return undefined;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** DA + TM without an offset: the time zone is the data set's, 0008,0201. */
const dateTime = (at: Date): string => at.toISOString().replace(/[-:T]|\.\d+Z$/g, '');

export function procedureStep(item: WorkItem): JsonDataSet {
  const share =
    item.done !== undefined && item.total ? Math.round((100 * item.done) / item.total) : undefined;
  const ended = item.state === 'completed' || item.state === 'cancelled' || item.state === 'failed';
  const dataSet = buildDataSet({
    SpecificCharacterSet: 'ISO_IR 192',
    TimezoneOffsetFromUTC: '+0000',
    SOPClassUID: UPS_PUSH,
    SOPInstanceUID: uidOfJob(item.jobId),
    StudyInstanceUID: item.studyUid,
    ProcedureStepState: PROCEDURE_STEP_STATE[item.state],
    ProcedureStepLabel: 'Lumbar spine reading',
    WorklistLabel: 'Readings',
    ScheduledProcedureStepPriority: stepPriority(item.priority),
    ScheduledProcedureStepStartDateTime: dateTime(item.createdAt),
    ScheduledProcedureStepModificationDateTime: dateTime(item.changedAt),
    InputReadinessState: 'READY',
    ProcedureStepProgressInformationSequence: [
      buildDataSet({
        ...(share !== undefined && { ProcedureStepProgress: share }),
        ...(item.stage !== undefined && { ProcedureStepProgressDescription: item.stage }),
        ...(item.reason !== undefined &&
          item.state !== 'completed' && { ReasonForCancellation: item.reason }),
      }),
    ],
    ...(ended && {
      UnifiedProcedureStepPerformedProcedureSequence: [
        buildDataSet({ PerformedProcedureStepEndDateTime: dateTime(item.changedAt) }),
      ],
    }),
  });
  return toDicomJson(dataSet);
}

/** Attributes that a search may match, by keyword and by tag: PS3.4 table CC.2.5-3, those that this index has. */
export const STEP_KEYS = {
  ProcedureStepState: '00741000',
  ScheduledProcedureStepPriority: '00741200',
  StudyInstanceUID: '0020000D',
} as const;

/** @returns `'none'` where no step can match; the keys that are not known */
export function stepQuery(parameters: Readonly<Record<string, string>>): {
  readonly query: ItemQuery | 'none';
  readonly ignored: readonly string[];
} {
  let query: ItemQuery | 'none' = {};
  const ignored: string[] = [];
  for (const [name, value] of Object.entries(parameters)) {
    const key = Object.entries(STEP_KEYS).find(
      ([word, tag]) => name === word || name.toUpperCase() === tag,
    )?.[0];
    if (key === undefined) ignored.push(name);
    else if (value !== '' && query !== 'none') query = narrowed(query, key as keyof typeof STEP_KEYS, value);
  }
  return { query, ignored };
}

function narrowed(query: ItemQuery, key: keyof typeof STEP_KEYS, value: string): ItemQuery | 'none' {
  if (key === 'StudyInstanceUID') return { ...query, studyUid: value };
  if (key === 'ProcedureStepState') {
    const states = (Object.keys(PROCEDURE_STEP_STATE) as WorkState[]).filter(
      (state) => PROCEDURE_STEP_STATE[state] === value,
    );
    return states.length === 0 ? 'none' : { ...query, states };
  }
  if (value === 'HIGH') return { ...query, priorityFrom: HIGH_FROM };
  if (value === 'MEDIUM') return { ...query, priorityFrom: MEDIUM_FROM, priorityBelow: HIGH_FROM };
  return value === 'LOW' ? { ...query, priorityBelow: MEDIUM_FROM } : 'none';
}
