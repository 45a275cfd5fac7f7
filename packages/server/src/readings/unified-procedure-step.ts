/**
 * Work items as unified procedure steps: PS3.4 annex CC, attributes of PS3.3 C.30; searched and retrieved over
 * PS3.18 chapter 11. Patient and study beyond their UID are asked of the archive.
 */
import { buildDataSet, type DataSet, type JsonDataSet, toDicomJson } from '@promontory/core/dicom';
import { codeItem, LUMBAR_READING, OUR_STATION, UNSPECIFIED_REASON } from './codes.ts';
import { PRIORITY_RULES } from './priorities.ts';
import type { WorkItem, WorkState } from './reading.ts';
import { itemsOf, textOf } from './step-attributes.ts';
import { stepUid, UPS_PUSH } from './step-uids.ts';
import type { ItemQuery } from './work-item-rows.ts';

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

/** DA + TM without an offset: the time zone is the data set's, 0008,0201. */
export const dateTime = (at: Date): string => at.toISOString().replace(/[-:T]|\.\d+Z$/g, '');

/** Between two tries of ours a step stays in progress: it is scheduled by its creation only (C303). */
export const stepState = ({ state, beganAt }: Pick<WorkItem, 'state' | 'beganAt'>): string =>
  PROCEDURE_STEP_STATE[state === 'scheduled' && beganAt !== undefined ? 'in-progress' : state];

/**
 * A work item as it is given to clients, never with the Transaction UID (PS3.18 11.5.2).
 * @param root of the DICOMweb service, where the input can be had from
 */
export function procedureStep(item: WorkItem, root?: string): JsonDataSet {
  const said = item.step ?? {};
  const ours = toDicomJson(
    buildDataSet({
      SpecificCharacterSet: 'ISO_IR 192',
      TimezoneOffsetFromUTC: '+0000',
      SOPClassUID: UPS_PUSH,
      SOPInstanceUID: stepUid(item),
      StudyInstanceUID: item.studyUid,
      ProcedureStepState: stepState(item),
      ScheduledProcedureStepPriority: stepPriority(item.priority),
      ScheduledProcedureStepStartDateTime: dateTime(item.startAt ?? item.createdAt),
      ScheduledProcedureStepModificationDateTime: dateTime(item.changedAt),
      ScheduledWorkitemCodeSequence: [codeItem(LUMBAR_READING)],
      InputReadinessState: 'READY',
      InputInformationSequence: inputOf(item, root),
      ...(item.replacesUid !== undefined && {
        ReplacedProcedureStepSequence: [
          buildDataSet({ ReferencedSOPClassUID: UPS_PUSH, ReferencedSOPInstanceUID: item.replacesUid }),
        ],
      }),
    }),
  );
  const words = toDicomJson(
    buildDataSet({ ProcedureStepLabel: 'Lumbar spine reading', WorklistLabel: 'Readings' }),
  );
  // What somebody else performs is told in their words; of ours nobody else tells.
  const done = item.claimedBy === undefined || said['00741002'] === undefined ? ownProgress(item) : {};
  const performed = item.claimedBy === undefined ? ownPerformance(item) : {};
  const all = { ...words, ...said, ...ours, ...done, ...performed };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Each series that was ordered, or the study. */
function inputOf(item: WorkItem, root: string | undefined): DataSet[] {
  const series = itemsOf(item.step ?? {}, '00404021').map((input) => textOf(input, '0020000E'));
  return (series.length === 0 ? [undefined] : series).map((seriesUid) => {
    const path = `/studies/${item.studyUid}${seriesUid === undefined ? '' : `/series/${seriesUid}`}`;
    return buildDataSet({
      TypeOfInstances: 'DICOM',
      StudyInstanceUID: item.studyUid,
      ...(seriesUid !== undefined && { SeriesInstanceUID: seriesUid }),
      ...(root !== undefined && { WADORSRetrievalSequence: [buildDataSet({ RetrieveURL: root + path })] }),
    });
  });
}

function ownProgress(item: WorkItem): JsonDataSet {
  const share =
    item.done !== undefined && item.total ? Math.round((100 * item.done) / item.total) : undefined;
  const isCancelled = item.state === 'cancelled' || item.state === 'failed';
  const progress = buildDataSet({
    ...(share !== undefined && { ProcedureStepProgress: share }),
    ...(item.stage !== undefined && { ProcedureStepProgressDescription: item.stage }),
    ...(item.reason !== undefined && item.state !== 'completed' && { ReasonForCancellation: item.reason }),
    ...(isCancelled && {
      ProcedureStepCancellationDateTime: dateTime(item.changedAt),
      ProcedureStepDiscontinuationReasonCodeSequence: [codeItem(UNSPECIFIED_REASON)],
    }),
  });
  return toDicomJson(buildDataSet({ ProcedureStepProgressInformationSequence: [progress] }));
}

/** Our results are no DICOM objects: the output is empty. */
function ownPerformance(item: WorkItem): JsonDataSet {
  const ended = item.state === 'completed' || item.state === 'cancelled' || item.state === 'failed';
  if (item.beganAt === undefined && !ended) return {};
  const performed = buildDataSet({
    PerformedStationNameCodeSequence: [codeItem(OUR_STATION)],
    // Not known of steps that are older than this column.
    ...(item.beganAt !== undefined && { PerformedProcedureStepStartDateTime: dateTime(item.beganAt) }),
    PerformedWorkitemCodeSequence: [codeItem(LUMBAR_READING)],
    ...(ended && { PerformedProcedureStepEndDateTime: dateTime(item.changedAt) }),
    OutputInformationSequence: [],
  });
  return toDicomJson(buildDataSet({ UnifiedProcedureStepPerformedProcedureSequence: [performed] }));
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
