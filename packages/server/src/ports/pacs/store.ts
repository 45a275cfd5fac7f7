/** Storing into a PACS: STOW-RS, PS3.18 section 10.5. */
import { randomUUID } from 'node:crypto';
import { BlobDamaged, type Staged } from '../blobs/index.ts';
import type { Answer, Exchange } from './exchange.ts';
import { InstanceNotTaken, PacsUnavailable } from './faults.ts';
import { DICOM_JSON, firstOf, itemsOf, type JsonRow, rowsOf } from './json-answer.ts';
import type { PeerLimits } from './limits.ts';
import type { InstanceUids } from './peer.ts';

const FAILED = '00081198';
const SOP_UID = '00081155';
const REASON = '00081197';
const PIECE_BYTES = 2 ** 18;

/** @throws InstanceNotTaken, PacsUnavailable */
export async function storeInstance(
  exchange: Exchange,
  { sopUid }: InstanceUids,
  staged: Staged,
  { maxJsonBytes }: PeerLimits,
): Promise<void> {
  const boundary = randomUUID();
  const head = Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`, 'latin1');
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1');
  const answer = await exchange.ask({
    method: 'POST',
    path: '/studies',
    accept: DICOM_JSON,
    body: {
      type: `multipart/related; type="application/dicom"; boundary=${boundary}`,
      length: head.length + staged.size + tail.length,
      async *chunks() {
        yield head;
        yield* piecesOf(staged);
        yield tail;
      },
    },
    maxAnswerBytes: maxJsonBytes,
  });
  if (answer.status >= 500 && answer.status !== 507) {
    answer.discard();
    throw new PacsUnavailable(`The PACS answers a store with status ${answer.status}.`);
  }
  const reason = reasonFor(await saidOf(answer), sopUid);
  if (reason === undefined && [200, 201, 202, 204].includes(answer.status)) return;
  const named = reason === undefined ? '' : `, failure reason ${hex(reason)}`;
  throw new InstanceNotTaken(
    `The PACS does not take the instance (status ${answer.status}${named}).`,
    reason,
  );
}

/** @throws BlobDamaged where other than the announced bytes come */
async function* piecesOf(staged: Staged): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of staged.read()) {
    size += chunk.length;
    if (size > staged.size) throw new BlobDamaged(CUT);
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) yield chunk.subarray(at, at + PIECE_BYTES);
  }
  if (size !== staged.size) throw new BlobDamaged(CUT);
}

const CUT = 'Not all of the bytes came that were announced.';

const hex = (reason: number): string => `${reason.toString(16).toUpperCase().padStart(4, '0')}H`;

/** What is said beside the status; a status alone says enough. */
async function saidOf(answer: Answer): Promise<JsonRow | undefined> {
  if (answer.status === 204) {
    answer.discard();
    return undefined;
  }
  return (await rowsOf(answer).catch(() => undefined))?.[0];
}

/** Failure Reason of the one instance that was sent, whatever UID it is told under. */
function reasonFor(said: JsonRow | undefined, sopUid: string): number | undefined {
  const failures = said === undefined ? [] : itemsOf(said, FAILED);
  const mine = failures.find((item) => firstOf(item, SOP_UID) === sopUid) ?? failures[0];
  if (mine === undefined) return undefined;
  const reason = Number(firstOf(mine, REASON));
  return Number.isInteger(reason) && reason >= 0 && reason <= 0xffff ? reason : 0;
}
