/** WADO-RS, instances as DICOM files: PS3.18 section 10.4.1.1.1. */
import { isFault } from '@promontory/core/fault';
import type { InstanceRecord } from '../archive/index.ts';
import { formatMediaType } from '../ports/mime/index.ts';
import { type Answer, DICOM, unchanged } from './answer.ts';
import { begun, multipartRelated, type OutgoingPart } from './multipart-writer.ts';
import { negotiate } from './negotiate.ts';
import { DicomwebRefusal } from './refusal.ts';
import { instancesOf, keptFile, type Retrieval } from './retrieve-context.ts';
import { pathOf } from './scope.ts';
import { DEFAULT_SYNTAX, isReadable, MAKEABLE } from './transfer-syntaxes.ts';

const MULTIPART = { type: DICOM, multipart: true } as const;
const SINGLE = { type: DICOM, multipart: false } as const;

/**
 * All instances of a study, series or instance, one after the other in constant memory where they are sent as they are
 * kept. Without a transfer syntax in the request they come in explicit VR little endian.
 * @throws DicomwebRefusal not-acceptable, absent
 */
export async function retrieveInstances(retrieval: Retrieval): Promise<Answer> {
  const records = await instancesOf(retrieval, 'retrieve');
  const offers = records.length === 1 ? [MULTIPART, SINGLE] : [MULTIPART];
  const choice = negotiate(retrieval.wanted, offers).find(({ transferSyntax }) =>
    records.every((record) => canBeGiven(record, transferSyntax)),
  );
  if (choice === undefined) {
    throw new DicomwebRefusal('not-acceptable', `Available transfer syntaxes: *, ${MAKEABLE.join(', ')}`);
  }
  const wanted = {
    syntax: choice.transferSyntax ?? DEFAULT_SYNTAX,
    named: choice.transferSyntax !== undefined,
  };
  if (!choice.offer.multipart) return single(retrieval, records[0], wanted);
  const parts = await begun(partsOf(retrieval, records, wanted));
  const { contentType, body } = multipartRelated(parts, DICOM);
  return { status: 200, headers: { 'content-type': contentType }, body };
}

interface WantedSyntax {
  /** `*`: as kept. */
  readonly syntax: string;
  /** The request names it, rather than taking the default. */
  readonly named: boolean;
}

/** Where none is asked for, what cannot be decoded is given as it is kept: better than a study without it. */
const canBeGiven = ({ transferSyntax: kept }: InstanceRecord, asked: string | undefined): boolean =>
  asked === undefined || asked === '*' || asked === kept || (MAKEABLE.includes(asked) && isReadable(kept));

async function single(retrieval: Retrieval, record: InstanceRecord, wanted: WantedSyntax): Promise<Answer> {
  const etag = `"${record.sha256.slice(0, 32)}-${isKept(record, wanted) ? 'kept' : wanted.syntax}"`;
  const same = unchanged(retrieval.ifNoneMatch, etag);
  if (same !== undefined) return same;
  const { transferSyntax, body } = await fileOf(retrieval, record, wanted, wanted.named);
  const contentType = formatMediaType(DICOM, { 'transfer-syntax': transferSyntax });
  return { status: 200, headers: { 'content-type': contentType, etag }, body };
}

async function* partsOf(
  retrieval: Retrieval,
  records: readonly InstanceRecord[],
  wanted: WantedSyntax,
): AsyncGenerator<OutgoingPart> {
  const strict = wanted.named && records.length === 1;
  for (const record of records) {
    retrieval.work.signal?.throwIfAborted();
    const { transferSyntax, body } = await fileOf(retrieval, record, wanted, strict);
    yield {
      headers: {
        'Content-Type': formatMediaType(DICOM, { 'transfer-syntax': transferSyntax }),
        'Content-Location': retrieval.baseUrl + pathOf(record),
      },
      body,
    };
  }
}

const isKept = ({ transferSyntax }: InstanceRecord, { syntax }: WantedSyntax): boolean =>
  syntax === '*' || syntax === transferSyntax || !isReadable(transferSyntax);

/**
 * Where the pixels are damaged, so that they cannot be decoded, the file is given as it is kept: it names its transfer
 * syntax itself, and a study must not lose an image without a word.
 * @param strict refuses instead
 */
async function fileOf(
  { records, images, work }: Retrieval,
  record: InstanceRecord,
  wanted: WantedSyntax,
  strict: boolean,
): Promise<{ transferSyntax: string; body: OutgoingPart['body'] }> {
  if (!isKept(record, wanted)) {
    try {
      const body = await images.transcode(keptFile(records, record), wanted.syntax, work);
      return { transferSyntax: wanted.syntax, body };
    } catch (error) {
      if (!isFault(error)) throw error;
      if (strict) {
        throw new DicomwebRefusal('not-acceptable', `The instance cannot be transcoded: ${error.message}`);
      }
    }
  }
  return { transferSyntax: record.transferSyntax, body: await records.open(record) };
}
