/** How the worklist's refusals are answered: statuses and warnings of PS3.18 11.4.3 to 11.12.3. */
import type { JsonDataSet } from '@promontory/core/dicom';
import {
  type ReadDataSet,
  readStepDataSet,
  type WorklistReason,
  WorklistRefused,
} from '../readings/index.ts';
import { type Call, HttpRefusal } from './route.ts';

export const ROOT = '/dicom-web';
export const DICOM_JSON = { 'content-type': 'application/dicom+json' };

export type Transaction = 'create' | 'update' | 'change-state' | 'request-cancel' | 'subscribe';

/** The standard's own words: clients tell the reasons apart by them. */
export const warning = (text: string): { readonly warning: string } => ({
  warning: `299 promontory: ${text}`,
});

const STATUS: Readonly<Record<WorklistReason, number>> = {
  malformed: 400,
  'not-performed': 403,
  duplicate: 409,
  'under-way': 409,
  'other-patient': 409,
  'transaction-missing': 400,
  'transaction-incorrect': 400,
  'in-progress': 409,
  'not-claimed': 409,
  'never-again-scheduled': 409,
  'not-final': 409,
  completed: 409,
  cancelled: 409,
  'performer-unreachable': 409,
  'subscriber-refused': 403,
};

const CODE: Readonly<Record<WorklistReason, string>> = {
  malformed: 'INVALID',
  'not-performed': 'NOT_PERFORMED',
  duplicate: 'DUPLICATE',
  'under-way': 'UNDER_WAY',
  'other-patient': 'OTHER_PATIENT',
  'transaction-missing': 'TRANSACTION_UID',
  'transaction-incorrect': 'TRANSACTION_UID',
  'in-progress': 'IN_PROGRESS',
  'not-claimed': 'NOT_CLAIMED',
  'never-again-scheduled': 'NEVER_AGAIN_SCHEDULED',
  'not-final': 'NOT_FINAL',
  completed: 'ENDED',
  cancelled: 'ENDED',
  'performer-unreachable': 'PERFORMER_UNREACHABLE',
  'subscriber-refused': 'SUBSCRIBER_REFUSED',
};

/** 11.6.2: an update of what has ended is no conflict but a bad request. */
const statusOf = (transaction: Transaction, reason: WorklistReason): number =>
  transaction === 'update' && reason === 'completed' ? 400 : STATUS[reason];

function warningOf(transaction: Transaction, reason: WorklistReason): string | undefined {
  const isOfLock = reason === 'transaction-missing' || reason === 'transaction-incorrect';
  if (transaction === 'update' && reason !== 'malformed')
    return isOfLock
      ? 'The target URI did not reference a claimed Workitem.'
      : 'The submitted request is inconsistent with the current state of the Workitem.';
  if (transaction === 'change-state' && reason !== 'malformed') {
    if (reason === 'transaction-missing') return 'The Transaction UID is missing.';
    if (reason === 'transaction-incorrect') return 'The Transaction UID is incorrect.';
    return 'The submitted request is inconsistent with the state of the UPS Instance.';
  }
  if (transaction === 'request-cancel' && reason === 'cancelled')
    return 'The UPS is already in the requested state of CANCELED.';
  return undefined;
}

/** @throws HttpRefusal in place of a WorklistRefused */
export async function answered<T>(transaction: Transaction, work: Promise<T | undefined>): Promise<T> {
  const done = await work.catch((error: unknown) => {
    if (!(error instanceof WorklistRefused)) throw error;
    const { reason, message, uid } = error;
    const text = warningOf(transaction, reason);
    throw new HttpRefusal(statusOf(transaction, reason), CODE[reason], message, {
      ...(text !== undefined && warning(text)),
      ...(uid !== undefined && { 'content-location': `${ROOT}/workitems/${uid}` }),
    });
  });
  if (done === undefined) throw new HttpRefusal(404, 'NOT_FOUND', 'There is no such object.');
  return done;
}

const MOST_BYTES = 2 ** 18;

/**
 * The data set of a request.
 * @returns an empty one where there is no body
 * @throws HttpRefusal; WorklistRefused malformed
 */
export async function dataSetIn(call: Pick<Call, 'stream' | 'headers'>): Promise<ReadDataSet> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of call.stream) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new HttpRefusal(413, 'TOO_LARGE', 'The body is too large.');
    parts.push(chunk);
  }
  if (size === 0) return { dataSet: {}, isCut: false };
  if (!/^application\/(dicom\+)?json\s*(;|$)/i.test(call.headers['content-type'] ?? ''))
    throw new HttpRefusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/dicom+json.');
  let json: unknown;
  try {
    json = JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw new HttpRefusal(400, 'INVALID_JSON', 'The body is no JSON.');
  }
  return readStepDataSet(json);
}

/** As bytes: to a text the server would add a character set, which this media type has not. */
export const encoded = (steps: readonly JsonDataSet[]): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(steps));

/** Parameters by name; one that is given twice counts once. */
export const firstOf = (query: Readonly<Record<string, string | string[]>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? (value[0] ?? '') : value]),
  );

/**
 * A UID that stands in the query by itself (`?1.2.3`), as the templates of chapter 11 have it, or by a name.
 * @returns nothing where there is none
 */
export function uidIn(query: Readonly<Record<string, string>>, name: string): string | undefined {
  for (const [key, value] of Object.entries(query)) {
    if (key === name && value !== '') return value;
    if (value === '' && /^[0-9]+(\.[0-9]+)+$/.test(key)) return key;
  }
  return undefined;
}
