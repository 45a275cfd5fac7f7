/** WADO-RS, bulk data: PS3.18 section 10.4.1.1.5. */
import { type Answer, OCTETS, unchanged } from './answer.ts';
import { bulkPath } from './bulk-path.ts';
import { byteRange } from './byte-range.ts';
import { frameList } from './frame-list.ts';
import { multipartRelated } from './multipart-writer.ts';
import { negotiate } from './negotiate.ts';
import { absent, instancesOf, keptFile, type Retrieval } from './retrieve-context.ts';
import { framesOf } from './retrieve-frames.ts';

const OFFERS = [
  { type: OCTETS, multipart: false },
  { type: OCTETS, multipart: true },
] as const;

/**
 * The value of one element, little endian; encapsulated pixel data as all their frames.
 * @param path as the BulkDataURI has it after `/bulkdata/`
 * @param range the Range header: heeded where the value comes in one piece
 * @throws DicomwebRefusal
 */
export async function retrieveBulk(retrieval: Retrieval, path: string, range?: string): Promise<Answer> {
  const tags = bulkPath(path);
  const [record] = await instancesOf(retrieval, 'bulk');
  const { records, images, work } = retrieval;
  const value = await images.bulk(keptFile(records, record), tags, work);
  if (value === undefined) throw absent();
  if (value.kind === 'encapsulated') {
    if (tags.length > 1 || record.frames === 0) throw absent();
    return framesOf(retrieval, record, frameList(`1-${record.frames}`, record.frames));
  }
  const [{ offer }] = negotiate(retrieval.wanted, OFFERS);
  const { bytes } = value;
  if (offer.multipart) {
    const part = { headers: { 'Content-Type': OCTETS }, body: bytes };
    const { contentType, body } = multipartRelated([part], OCTETS);
    return { status: 200, headers: { 'content-type': contentType }, body };
  }
  const etag = `"${record.sha256.slice(0, 32)}-${tags.join('.')}"`;
  const same = unchanged(retrieval.ifNoneMatch, etag);
  if (same !== undefined) return same;
  const headers = { 'content-type': OCTETS, 'accept-ranges': 'bytes', etag };
  const part = byteRange(range, bytes.length);
  if (part === undefined) return { status: 200, headers, body: bytes };
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${part.start}-${part.end - 1}/${bytes.length}` },
    body: bytes.subarray(part.start, part.end),
  };
}
