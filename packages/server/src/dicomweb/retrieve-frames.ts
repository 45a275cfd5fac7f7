/** WADO-RS, frames: PS3.18 section 10.4.1.1.6. */
import type { InstanceRecord } from '../archive/index.ts';
import { formatMediaType } from '../ports/mime/index.ts';
import { type Answer, OCTETS, unchanged } from './answer.ts';
import { frameList } from './frame-list.ts';
import { multipartRelated } from './multipart-writer.ts';
import { type Choice, negotiate, notAcceptable, type Offer } from './negotiate.ts';
import { absent, instancesOf, keptFile, type Retrieval } from './retrieve-context.ts';
import { pathOf } from './scope.ts';
import { DEFAULT_SYNTAX, frameType, isReadable } from './transfer-syntaxes.ts';

/**
 * Frames, uncompressed as `application/octet-stream`, or as they are kept under the media type of their compression.
 * @param list `1,3,5-7`
 * @throws DicomwebRefusal not-acceptable, absent, bad-request; Fault where the pixels are damaged
 */
export async function retrieveFrames(retrieval: Retrieval, list: string): Promise<Answer> {
  const [record] = await instancesOf(retrieval, 'retrieve');
  if (record.frames === 0) throw absent();
  return framesOf(retrieval, record, frameList(list, record.frames));
}

/** All numbers are those of frames that are there. */
export async function framesOf(
  retrieval: Retrieval,
  record: InstanceRecord,
  numbers: readonly number[],
): Promise<Answer> {
  const offers = offersOf(record, numbers.length);
  const choice = negotiate(retrieval.wanted, offers).find((each) => formOf(record, each) !== undefined);
  if (choice === undefined) throw notAcceptable(offers);
  const form = formOf(record, choice) as 'native' | 'stored';
  const etag = `"${record.sha256.slice(0, 32)}-${form}-${numbers.join('.')}"`;
  const same =
    numbers.length === 1 && !choice.offer.multipart ? unchanged(retrieval.ifNoneMatch, etag) : undefined;
  if (same !== undefined) return same;

  const { records, images, work, baseUrl } = retrieval;
  const { frames, transferSyntax } = await images.frames(keptFile(records, record), numbers, form, work);
  const { type, multipart } = choice.offer;
  const contentType = formatMediaType(type, { 'transfer-syntax': transferSyntax });
  if (!multipart) return { status: 200, headers: { 'content-type': contentType, etag }, body: frames[0] };
  const parts = frames.map((body, i) => ({
    headers: {
      'Content-Type': contentType,
      'Content-Location': `${baseUrl}${pathOf(record)}/frames/${numbers[i]}`,
    },
    body,
  }));
  const answer = multipartRelated(parts, type);
  return { status: 200, headers: { 'content-type': answer.contentType }, body: answer.body };
}

/** The first is what anything gets: uncompressed where that can be made. */
function offersOf({ transferSyntax }: InstanceRecord, count: number): Offer[] {
  const types = [OCTETS, frameType(transferSyntax)].filter((type) => type !== undefined);
  const offers: Offer[] = types.map((type) => ({ type, multipart: true }));
  return count === 1 ? [...offers, ...types.map((type) => ({ type, multipart: false }))] : offers;
}

/**
 * How the frames must be made for a choice; undefined where it cannot be met. `application/octet-stream` with the kept
 * transfer syntax, or any, gives compressed frames as they are: viewers ask so. A compressed type without a transfer
 * syntax stands for the one that is kept, lossy or not: the answer names it.
 */
function formOf(
  { transferSyntax: kept }: InstanceRecord,
  { offer, transferSyntax: asked }: Choice<Offer>,
): 'native' | 'stored' | undefined {
  const compressed = frameType(kept) !== undefined;
  if (offer.type === OCTETS) {
    if (asked === '*' || (asked === kept && compressed)) return 'stored';
    return (asked ?? DEFAULT_SYNTAX) === DEFAULT_SYNTAX && isReadable(kept) ? 'native' : undefined;
  }
  return asked === undefined || asked === '*' || asked === kept ? 'stored' : undefined;
}
