/** WADO-RS, metadata: PS3.18 section 10.4.1.1.2. */
import { createHash } from 'node:crypto';
import type { JsonDataSet } from '@promontory/core/dicom';
import { type Answer, DICOM_JSON, DICOM_XML, JSON_TYPE, unchanged } from './answer.ts';
import { multipartRelated } from './multipart-writer.ts';
import { nativeModel } from './native-model.ts';
import { negotiate } from './negotiate.ts';
import { absent, type Retrieval } from './retrieve-context.ts';

const OFFERS = [
  { type: DICOM_JSON, multipart: false },
  { type: JSON_TYPE, multipart: false },
  { type: DICOM_XML, multipart: true },
] as const;

/** @throws DicomwebRefusal not-acceptable, absent */
export async function retrieveMetadata(retrieval: Retrieval): Promise<Answer> {
  const [{ offer }] = negotiate(retrieval.wanted, OFFERS);
  const texts = await retrieval.records.metadata(retrieval.scope, retrieval.baseUrl);
  if (texts.length === 0) throw absent();
  const hash = createHash('sha256').update(offer.type);
  for (const text of texts) hash.update(text);
  const etag = `"${hash.digest('hex').slice(0, 32)}"`;
  const same = unchanged(retrieval.ifNoneMatch, etag);
  if (same !== undefined) return same;
  if (offer.type !== DICOM_XML) {
    return { status: 200, headers: { 'content-type': offer.type, etag }, body: jsonArray(texts) };
  }
  const { contentType, body } = multipartRelated(xmlParts(texts), DICOM_XML);
  return { status: 200, headers: { 'content-type': contentType, etag }, body };
}

/** Sent in pieces of about this size: fewer are quicker, larger ones double the text in memory. */
const PIECE_LENGTH = 64 * 1024;

async function* jsonArray(texts: readonly string[]): AsyncGenerator<Uint8Array> {
  let piece = '[';
  for (const [i, text] of texts.entries()) {
    piece += i === 0 ? text : `,${text}`;
    if (piece.length < PIECE_LENGTH) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  yield Buffer.from(`${piece}]`);
}

function* xmlParts(texts: readonly string[]) {
  for (const text of texts) {
    yield {
      headers: { 'Content-Type': DICOM_XML },
      body: nativeModel(JSON.parse(text) as JsonDataSet),
    };
  }
}
