/** Instances as a PACS keeps them: WADO-RS, PS3.18 section 10.4. */
import { MultipartRefused, parseMediaType, readMultipart } from '../mime/index.ts';
import type { Answer, Exchange } from './exchange.ts';
import { PacsAbsent, PacsAnswerUnusable, PacsUnavailable } from './faults.ts';
import type { PeerLimits } from './limits.ts';
import type { InstanceUids, RetrievedInstance } from './peer.ts';
import { instancePath } from './uids.ts';

/** Nothing decoded or packed anew: the bytes are known by their hash (PS3.18 section 8.7.3.5.2). */
export const AS_KEPT = 'multipart/related; type="application/dicom"; transfer-syntax=*';

/** Headers and boundaries beside the one part. */
const AROUND_BYTES = 2 ** 16;

/** @throws PacsAbsent, PacsAnswerUnusable, PacsUnavailable */
export async function retrieveInstance(
  exchange: Exchange,
  uids: InstanceUids,
  { maxInstanceBytes }: PeerLimits,
): Promise<RetrievedInstance> {
  const answer = await exchange.ask({
    method: 'GET',
    path: instancePath(uids),
    accept: AS_KEPT,
    maxAnswerBytes: maxInstanceBytes + AROUND_BYTES,
  });
  const fail = (error: Error): never => {
    answer.discard();
    throw error;
  };
  if (answer.status === 404 || answer.status === 410)
    fail(new PacsAbsent('The PACS does not hold the instance.'));
  if (answer.status >= 500)
    fail(new PacsUnavailable(`The PACS answers a retrieval with status ${answer.status}.`));
  if (answer.status !== 200)
    fail(new PacsAnswerUnusable(`The PACS answers a retrieval with status ${answer.status}.`));
  const type = parseMediaType(answer.contentType);
  const boundary = type?.parameters.get('boundary');
  if (type?.essence === 'application/dicom') return { body: answer.body, discard: answer.discard };
  if (type?.essence !== 'multipart/related' || boundary === undefined)
    fail(new PacsAnswerUnusable('The PACS gives an instance in a form that was not asked for.'));
  return { body: onlyPart(answer, boundary as string, maxInstanceBytes), discard: answer.discard };
}

async function* onlyPart(
  { body }: Answer,
  boundary: string,
  maxPartBytes: number,
): AsyncGenerator<Uint8Array> {
  const maxHeaderBytes = 16 * 1024;
  const limits = { maxHeaderBytes, maxParts: 1, maxPartBytes, maxRequestBytes: maxPartBytes + AROUND_BYTES };
  let parts = 0;
  try {
    for await (const part of readMultipart(body, boundary, limits)) {
      parts += 1;
      yield* part.body;
    }
  } catch (cause) {
    if (!(cause instanceof MultipartRefused)) throw cause;
    throw new PacsAnswerUnusable('The PACS gives an instance in a body that is malformed or too large.', {
      cause,
    });
  }
  if (parts === 0) throw new PacsAnswerUnusable('The PACS gives an answer without an instance.');
}
