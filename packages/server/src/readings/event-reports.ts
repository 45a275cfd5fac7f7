/** What subscribers are told: PS3.4 table CC.2.4-1, in DICOM JSON (PS3.18 8.10.5 and 11.13). */
import { buildDataSet, type JsonDataSet, toDicomJson } from '@promontory/core/dicom';
import { ALL_STEPS, UPS_PUSH } from './step-uids.ts';
import { malformed } from './worklist-refused.ts';

/** Event Type ID (0000,1002). */
export const EventType = {
  stateReport: 1,
  cancelRequested: 2,
  progressReport: 3,
  serverStatus: 4,
  assigned: 5,
} as const;
export type EventType = (typeof EventType)[keyof typeof EventType];

/** What is told, without whom it is told to. */
export interface EventReport {
  readonly kind: EventType;
  readonly attributes: JsonDataSet;
}

/** The input is a study that is held: never anything but ready. */
export function stateReport(state: string, reason?: string): EventReport {
  const attributes = buildDataSet({
    ProcedureStepState: state,
    InputReadinessState: 'READY',
    ...(reason !== undefined && { ReasonForCancellation: reason }),
  });
  return { kind: EventType.stateReport, attributes: toDicomJson(attributes) };
}

/** Of a step that our own worker performs. */
export function workerProgress(step: {
  readonly stage: string;
  readonly done?: number | undefined;
  readonly total?: number | undefined;
}): EventReport {
  const { stage, done, total } = step;
  const item = buildDataSet({
    ...(done !== undefined && total && { ProcedureStepProgress: Math.round((100 * done) / total) }),
    ProcedureStepProgressDescription: stage,
  });
  const attributes = buildDataSet({ ProcedureStepProgressInformationSequence: [item] });
  return { kind: EventType.progressReport, attributes: toDicomJson(attributes) };
}

/** Reason For Cancellation, Discontinuation Reason Code Sequence, Contact URI, Contact Display Name. */
export const CANCEL_REQUEST_KEYS = ['00741238', '0074100E', '0074100A', '0074100C'] as const;
/** Scheduled Station Name Code Sequence, Scheduled Human Performers Sequence. */
export const ASSIGNMENT_KEYS = ['00404025', '00404034'] as const;
export const PROGRESS_KEYS = ['00741002'] as const;

export const only = (from: JsonDataSet, keys: readonly string[]): JsonDataSet =>
  Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])));

/** Of what a client says is told, in characters of JSON: every channel holds what it has not sent yet. */
const LONGEST_SAID = 2 ** 14;

/** @throws WorklistRefused malformed where that is too long to be told */
function said(from: JsonDataSet, keys: readonly string[]): JsonDataSet {
  const told = only(from, keys);
  if (JSON.stringify(told).length > LONGEST_SAID)
    throw malformed('Progress, assignment or reason is too long to be told to others.');
  return told;
}

/** A request over HTTP comes from no application entity: ours stands for it. */
export const REQUESTING_AE = 'PROMONTORY';

export const cancelRequested = (asked: JsonDataSet): EventReport => ({
  kind: EventType.cancelRequested,
  attributes: {
    '00741236': { vr: 'AE', Value: [REQUESTING_AE] },
    ...said(asked, CANCEL_REQUEST_KEYS),
  },
});

export const performerProgress = (step: JsonDataSet): EventReport => ({
  kind: EventType.progressReport,
  attributes: said(step, PROGRESS_KEYS),
});

export const assigned = (step: JsonDataSet): EventReport => ({
  kind: EventType.assigned,
  attributes: said(step, ASSIGNMENT_KEYS),
});

export const isAssigned = (step: JsonDataSet | undefined): step is JsonDataSet =>
  ASSIGNMENT_KEYS.some((key) => step?.[key]?.Value !== undefined);

/** The server has been started; worklist and subscriptions are as they were. */
export const RESTARTED: EventReport = {
  kind: EventType.serverStatus,
  attributes: {
    '00741242': { vr: 'CS', Value: ['RESTARTED'] },
    '00741244': { vr: 'CS', Value: ['WARM START'] },
    '00741246': { vr: 'CS', Value: ['WARM START'] },
  },
};

/**
 * As it is sent.
 * @param uid of the step; none for what concerns the server
 * @param messageId counts the messages of a channel, so that who hands them on over DIMSE has one
 */
export const eventMessage = (
  { kind, attributes }: EventReport,
  uid: string | undefined,
  messageId: number,
): JsonDataSet => ({
  '00000002': { vr: 'UI', Value: [UPS_PUSH] },
  '00000110': { vr: 'US', Value: [messageId & 0xffff] },
  '00001000': { vr: 'UI', Value: [uid ?? ALL_STEPS] },
  '00001002': { vr: 'US', Value: [kind] },
  ...attributes,
});
