/** The Store Instances Response: PS3.18 section 10.5.3 and annex I. */
import type { JsonDataSet, JsonElement } from '@promontory/core/dicom';
import { FAILURE, type FailureName, type StoreOutcome } from '../archive/index.ts';
import { type Answer, DICOM_JSON, DICOM_XML, JSON_TYPE, jsonBytes } from './answer.ts';
import { nativeModel } from './native-model.ts';
import { negotiate, type Wanted } from './negotiate.ts';
import { DicomwebRefusal } from './refusal.ts';
import { pathOf } from './scope.ts';

const OFFERS = [
  { type: DICOM_JSON, multipart: false },
  { type: JSON_TYPE, multipart: false },
  { type: DICOM_XML, multipart: false },
] as const;

/** Table I.2-1: "Data Set does not match SOP Class", the one warning that fits what the parser tolerates. */
const TOLERATED = 0xb007;
const RETRY_SECONDS = '60';

/**
 * @param status where the request itself failed; otherwise by the outcomes (table 10.5.3-1)
 * @throws DicomwebRefusal bad-request where no instance was sent
 */
export function storeAnswer(
  outcomes: readonly StoreOutcome[],
  where: { readonly studyUid: string | undefined; readonly baseUrl: string; readonly wanted: Wanted },
  status?: number,
): Answer {
  if (outcomes.length === 0) throw new DicomwebRefusal('bad-request', 'The request holds no instance.');
  const code = status ?? statusOf(outcomes);
  const dataSet = responseOf(outcomes, where);
  const type = typeFor(where.wanted);
  return {
    status: code,
    headers: { 'content-type': type, ...(code === 503 ? { 'retry-after': RETRY_SECONDS } : {}) },
    body: type === DICOM_XML ? nativeModel(dataSet) : jsonBytes(dataSet),
  };
}

/** What was stored is stored: an Accept that fits nothing gets JSON rather than a refusal. */
function typeFor(wanted: Wanted): string {
  try {
    return negotiate(wanted, OFFERS)[0].offer.type;
  } catch (error) {
    if (error instanceof DicomwebRefusal) return DICOM_JSON;
    throw error;
  }
}

function statusOf(outcomes: readonly StoreOutcome[]): number {
  const failures = outcomes.filter(({ status }) => status === 'failed');
  if (failures.length < outcomes.length) {
    return failures.length > 0 || outcomes.some(({ warnings }) => warnings.length > 0) ? 202 : 200;
  }
  const all = (name: FailureName) => failures.every(({ failure }) => failure === name);
  if (all('notAuthorised')) return 403;
  if (all('tooLarge')) return 413;
  return all('outOfResources') ? 503 : 409;
}

function responseOf(
  outcomes: readonly StoreOutcome[],
  { studyUid, baseUrl }: { readonly studyUid: string | undefined; readonly baseUrl: string },
): JsonDataSet {
  const stored = outcomes.filter(({ status }) => status !== 'failed');
  const failures = outcomes.filter(({ status }) => status === 'failed');
  const named = failures.filter(({ sopUid }) => sopUid !== undefined);
  const unknown = failures.filter(({ sopUid }) => sopUid === undefined);
  const studies = new Set(stored.map((outcome) => outcome.studyUid));
  const study = studyUid ?? (studies.size === 1 ? [...studies][0] : undefined);
  return {
    ...(study === undefined || stored.length === 0
      ? {}
      : { '00081190': ur(baseUrl + pathOf({ studyUid: study })) }),
    ...sequence(
      '00081198',
      named.map((outcome) => ({ ...reference(outcome), ...reason(outcome) })),
    ),
    ...sequence(
      '00081199',
      stored.map((outcome) => ({
        ...reference(outcome),
        ...retrieveUrl(outcome, baseUrl),
        ...(outcome.warnings.length > 0 ? { '00081196': us(TOLERATED) } : {}),
      })),
    ),
    ...sequence('0008119A', unknown.map(reason)),
  };
}

/** F.2.2 wants ascending tags: 1150, 1155, then 1190, 1196 or 1197. */
const reference = ({ sopClass, sopUid }: StoreOutcome): JsonDataSet => ({
  '00081150': ui(sopClass),
  '00081155': ui(sopUid),
});

const reason = ({ failure }: StoreOutcome): JsonDataSet => ({
  '00081197': us(FAILURE[failure ?? 'processing'].stow),
});

function retrieveUrl({ studyUid, seriesUid, sopUid }: StoreOutcome, baseUrl: string): JsonDataSet {
  if (studyUid === undefined || seriesUid === undefined || sopUid === undefined) return {};
  return { '00081190': ur(baseUrl + pathOf({ studyUid, seriesUid, sopUid })) };
}

const sequence = (tag: string, items: readonly JsonDataSet[]): JsonDataSet =>
  items.length === 0 ? {} : { [tag]: { vr: 'SQ', Value: items } };
const ui = (value: string | undefined): JsonElement =>
  value === undefined ? { vr: 'UI' } : { vr: 'UI', Value: [value] };
const ur = (value: string): JsonElement => ({ vr: 'UR', Value: [value] });
const us = (value: number): JsonElement => ({ vr: 'US', Value: [value] });
