/** A reading that a client orders: what of PS3.4 table CC.2.5-3 an N-CREATE may say, as far as it is done here. */
import type { JsonDataSet } from '@promontory/core/dicom';
import { isUid } from '../archive/index.ts';
import { LUMBAR_READING } from './codes.ts';
import { only } from './event-reports.ts';
import { PRIORITY_RULES } from './priorities.ts';
import { dateTimeOf, itemsOf, type ReadDataSet, textOf } from './step-attributes.ts';
import { malformed, WorklistRefused } from './worklist-refused.ts';

export interface Order {
  /** SOP Instance UID that the client chose. */
  readonly uid?: string;
  readonly studyUid: string;
  readonly seriesUids: readonly string[];
  readonly patientId?: string;
  readonly priority: number;
  readonly startAt?: Date;
  /** What is kept of the data set. */
  readonly step: JsonDataSet;
  /** Something was left out or filled in. */
  readonly isModified: boolean;
}

const PRIORITIES: Readonly<Record<string, number>> = {
  HIGH: PRIORITY_RULES['severe-central-stenosis'].priority,
  MEDIUM: PRIORITY_RULES.requested.priority,
  LOW: PRIORITY_RULES.arrival.priority,
};
const LONGEST_WAIT_MS = 366 * 86_400_000;

/**
 * Scheduled procedure information that is kept as it is said: labels, comments, processing parameters, stations,
 * persons, expected completion.
 */
export const SCHEDULED_KEYS = [
  '00741204',
  '00741202',
  '00400400',
  '00741210',
  '00404025',
  '00404026',
  '00404027',
  '00404034',
  '00404011',
] as const;
const REQUEST = '0040A370';
const INPUT = '00404021';
/** Read, or implied by what is read. */
const UNDERSTOOD = [
  '00080005',
  '00080016',
  '00080018',
  '00080201',
  '00081195',
  '0020000D',
  '00100020',
  '00404005',
  '00404018',
  '00404041',
  '00741000',
  '00741002',
  '00741200',
  '00741216',
];

/** Of an item of the Input Information Sequence (PS3.3 table 10-3b) what is read; where it can be had is known here. */
const INPUT_KEYS = ['0040E020', '0020000D', '0020000E', '0040E021', '0040E022', '0040E023', '0040E025'];

/**
 * @param uid of the query, where it was given there
 * @throws WorklistRefused malformed, not-performed
 */
export function orderOf({ dataSet, isCut }: ReadDataSet, uid: string | undefined, now: Date): Order {
  demandScheduled(dataSet);
  demandProcedure(dataSet);
  const chosen = uid ?? textOf(dataSet, '00080018');
  if (chosen !== undefined && !isUid(chosen)) throw malformed('The UID of the work item is malformed.');
  const inputs = itemsOf(dataSet, INPUT);
  const studies = new Set(inputs.map((item) => textOf(item, '0020000D')));
  const [studyUid] = studies;
  if (studies.size !== 1 || !isUid(studyUid))
    throw malformed('The Input Information Sequence names one study by its Study Instance UID.');
  const seriesUids = [...new Set(inputs.flatMap((item) => textOf(item, '0020000E') ?? []))];
  if (!seriesUids.every(isUid)) throw malformed('A Series Instance UID is malformed.');
  const startAt = startOf(dataSet, now);
  const priority = PRIORITIES[textOf(dataSet, '00741200') ?? 'MEDIUM'];
  if (priority === undefined)
    throw malformed('The Scheduled Procedure Step Priority is HIGH, MEDIUM or LOW.');
  const patientId = textOf(dataSet, '00100020');
  const kept: readonly string[] = [...SCHEDULED_KEYS, REQUEST];
  const isModified =
    isCut ||
    Object.entries(dataSet).some(
      ([key, { Value }]) => Value !== undefined && ![...kept, ...UNDERSTOOD, INPUT].includes(key),
    ) ||
    inputs.some((item) => Object.keys(item).some((key) => !INPUT_KEYS.includes(key))) ||
    ['00741200', '00741204', '00404005', '00404041'].some((key) => textOf(dataSet, key) === undefined);
  return {
    ...(chosen !== undefined && { uid: chosen }),
    studyUid,
    seriesUids,
    ...(patientId !== undefined && { patientId }),
    priority,
    ...(startAt !== undefined && startAt > now && { startAt }),
    step: {
      ...only(dataSet, kept),
      ...(seriesUids.length > 0 && { [INPUT]: inputOf(studyUid, seriesUids) }),
    },
    isModified,
  };
}

/** C309, and what an N-CREATE leaves empty. */
function demandScheduled(dataSet: JsonDataSet): void {
  const state = textOf(dataSet, '00741000');
  if (state !== undefined && state !== 'SCHEDULED')
    throw malformed('A work item is created in the state SCHEDULED.');
  if (['00081195', '00741002', '00741216'].some((key) => dataSet[key]?.Value !== undefined))
    throw malformed('Transaction UID, progress and performed procedure are empty at the creation.');
  const ready = textOf(dataSet, '00404041');
  if (ready !== undefined && ready !== 'READY')
    throw malformed('The Input Readiness State is READY: the study is read as it is held.');
}

function demandProcedure(dataSet: JsonDataSet): void {
  const codes = itemsOf(dataSet, '00404018');
  if (codes.length !== 1) throw malformed('The Scheduled Workitem Code Sequence has one item.');
  const { value, scheme } = LUMBAR_READING;
  if (textOf(codes[0]!, '00080100') !== value || textOf(codes[0]!, '00080102') !== scheme)
    throw new WorklistRefused(
      'not-performed',
      `The procedure that is performed here is ${value}, ${scheme}.`,
    );
}

/** @returns now for a time that has come already */
export function startOf(dataSet: JsonDataSet, now: Date): Date | undefined {
  const text = textOf(dataSet, '00404005');
  if (text === undefined) return undefined;
  const at = dateTimeOf(text, textOf(dataSet, '00080201'));
  if (at.getTime() - now.getTime() > LONGEST_WAIT_MS) throw malformed('The scheduled time is too far away.');
  return at > now ? at : now;
}

export const priorityOf = (dataSet: JsonDataSet): number | undefined => {
  const word = textOf(dataSet, '00741200');
  if (word === undefined) return undefined;
  const priority = PRIORITIES[word];
  if (priority === undefined)
    throw malformed('The Scheduled Procedure Step Priority is HIGH, MEDIUM or LOW.');
  return priority;
};

const inputOf = (studyUid: string, seriesUids: readonly string[]) => ({
  vr: 'SQ',
  Value: seriesUids.map((seriesUid) => ({
    '0020000D': { vr: 'UI', Value: [studyUid] },
    '0020000E': { vr: 'UI', Value: [seriesUid] },
    '0040E020': { vr: 'CS', Value: ['DICOM'] },
  })),
});
