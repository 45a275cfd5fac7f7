import { type Staged, type StageOptions, stage } from '../ports/blobs/index.ts';

const PREAMBLE_BYTES = 128;
const PREFIX = [0x44, 0x49, 0x43, 0x4d];

/** The bytes do not start as a DICOM file does. */
export class NotPart10 extends Error {
  override readonly name = 'NotPart10';
}

/** Larger than an instance may be. */
export class InstanceTooLarge extends Error {
  override readonly name = 'InstanceTooLarge';
}

/**
 * Receives a Part 10 file with its preamble zeroed (CVE-2019-11687), judging its head before the rest is read.
 * @throws NotPart10, InstanceTooLarge, StorageFull
 */
export const receive = (
  source: AsyncIterable<Uint8Array>,
  options: StageOptions & { readonly maxInstanceBytes: number },
): Promise<Staged> => stage(withoutPreamble(source, options.maxInstanceBytes), options);

async function* withoutPreamble(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > maxBytes) throw new InstanceTooLarge('The instance is larger than this archive takes.');
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = head.length === 0 ? Uint8Array.from(chunk) : Uint8Array.from([...head, ...chunk]);
    if (head.length < PREAMBLE_BYTES + PREFIX.length) continue;
    if (!startsAsDicom(head)) throw new NotPart10('The part is no DICOM file.');
    yield head.fill(0, 0, PREAMBLE_BYTES);
    head = undefined;
  }
  if (head !== undefined) throw new NotPart10('The part is no DICOM file.');
}

const startsAsDicom = (bytes: Uint8Array): boolean =>
  PREFIX.every((byte, i) => bytes[PREAMBLE_BYTES + i] === byte);
