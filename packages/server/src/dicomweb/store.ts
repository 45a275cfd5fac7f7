/** STOW-RS: PS3.18 section 10.5. */
import type { Records, StoreOutcome } from '../archive/index.ts';
import { parseMediaType } from '../ports/mime/index.ts';
import { type Answer, DICOM } from './answer.ts';
import { type PartLimits, readMultipart } from './multipart-reader.ts';
import type { Wanted } from './negotiate.ts';
import { DicomwebRefusal } from './refusal.ts';
import { storeAnswer } from './store-answer.ts';

export interface StoreRequest {
  /** The request names the study that all instances must belong to. */
  readonly studyUid: string | undefined;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly stream: AsyncIterable<Uint8Array>;
  readonly wanted: Wanted;
  readonly baseUrl: string;
}

export const STORED_TYPES = `multipart/related; type="${DICOM}", ${DICOM}`;

/**
 * Keeps the instances of a request. Where its body breaks off, what came whole before is kept, and the answer, 400,
 * says what became of it.
 * @throws DicomwebRefusal
 */
export async function store(records: Records, request: StoreRequest, limits?: PartLimits): Promise<Answer> {
  const parts = partsOf(request, limits);
  const outcomes: StoreOutcome[] = [];
  const options = { ...(request.studyUid === undefined ? {} : { studyUid: request.studyUid }), outcomes };
  const where = { studyUid: request.studyUid, baseUrl: request.baseUrl, wanted: request.wanted };
  try {
    const all = await records.store(parts.accepted(), options);
    return storeAnswer(parts.inOrder(all), where);
  } catch (error) {
    if (!(error instanceof DicomwebRefusal)) throw error;
    const known = parts.inOrder(outcomes);
    if (known.length === 0) throw error;
    return storeAnswer(known, where, error.reason === 'too-large' ? 413 : 400);
  }
}

interface Parts {
  /** Those of DICOM. */
  accepted(): AsyncIterable<AsyncIterable<Uint8Array>>;
  /** What became of all, those that were never passed on among them. */
  inOrder(outcomes: readonly StoreOutcome[]): StoreOutcome[];
}

const WRONG_TYPE: StoreOutcome = {
  status: 'failed',
  failure: 'notUnderstood',
  message: 'The part is not of application/dicom.',
  warnings: [],
};

function partsOf(
  { contentType, contentEncoding, stream }: StoreRequest,
  limits: PartLimits | undefined,
): Parts {
  if (contentEncoding !== undefined && contentEncoding.trim().toLowerCase() !== 'identity') {
    throw new DicomwebRefusal('unsupported-media-type', 'Send the body without a content coding.', {
      'accept-encoding': 'identity',
    });
  }
  const type = parseMediaType(contentType ?? '');
  if (type?.essence === DICOM) {
    return {
      async *accepted() {
        yield stream;
      },
      inOrder: (outcomes) => outcomes.filter((outcome) => outcome !== undefined),
    };
  }
  const boundary = type?.parameters.get('boundary');
  const parts = type?.parameters.get('type') ?? DICOM;
  if (type?.essence !== 'multipart/related' || parts.toLowerCase() !== DICOM) {
    throw new DicomwebRefusal('unsupported-media-type', `Send ${STORED_TYPES}.`, { accept: STORED_TYPES });
  }
  // RFC 2046 section 5.1.1, the last no blank. It allows seventy; Orthanc's client sends seventy-three.
  if (
    boundary === undefined ||
    !/^[0-9A-Za-z'()+_,\-./:=? ]{0,255}[0-9A-Za-z'()+_,\-./:=?]$/.test(boundary)
  ) {
    throw new DicomwebRefusal('bad-request', 'The boundary is absent or malformed.');
  }
  /** Whether a part was passed on, by its place. */
  const passed: boolean[] = [];
  return {
    async *accepted() {
      for await (const { headers, body } of readMultipart(stream, boundary, limits)) {
        const declared = headers.get('content-type');
        const isDicom = declared === undefined || parseMediaType(declared)?.essence === DICOM;
        passed.push(isDicom);
        if (isDicom) yield body;
      }
    },
    inOrder(outcomes) {
      let next = 0;
      return passed
        .map((given) => (given ? outcomes[next++] : WRONG_TYPE))
        .filter((outcome) => outcome !== undefined);
    },
  };
}
