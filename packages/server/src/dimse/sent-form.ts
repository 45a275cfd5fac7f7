/** The data set of a kept instance in the transfer syntax that a peer takes: as kept, or uncompressed; never lossier. */
import { isUncompressed, parseDicom, writeDicom } from '@promontory/core/dicom';
import type { InstanceRecord } from '../archive/index.ts';
import { readAll } from '../ports/blobs/index.ts';
import { bareDataSet, dataSetOf } from './part10.ts';

/** A whole Part 10 file in an uncompressed transfer syntax. */
export type Transcode = (file: Uint8Array, transferSyntax: string) => Promise<Uint8Array>;

export interface SentFormPorts {
  open(instance: InstanceRecord): Promise<AsyncIterable<Uint8Array>>;
  /** Absent: compressed instances go only to peers that take them as they are. */
  readonly transcode?: Transcode;
  readonly maxTranscodeBytes: number;
}

/** Whether an instance can be sent in a transfer syntax without loss. */
export const canBeSent = (
  { transferSyntax, sizeBytes }: InstanceRecord,
  target: string,
  ports: Pick<SentFormPorts, 'transcode' | 'maxTranscodeBytes'>,
): boolean =>
  transferSyntax === target ||
  (isUncompressed(target) &&
    sizeBytes <= ports.maxTranscodeBytes &&
    (isUncompressed(transferSyntax) || ports.transcode !== undefined));

/** For what `canBeSent`. @throws BlobMissing, BlobDamaged, Fault */
export async function sentForm(
  instance: InstanceRecord,
  target: string,
  ports: SentFormPorts,
): Promise<AsyncIterable<Uint8Array> | readonly Uint8Array[]> {
  const file = await ports.open(instance);
  if (instance.transferSyntax === target) return dataSetOf(file);
  const bytes = await readAll(file);
  if (ports.transcode !== undefined) return [bareDataSet(await ports.transcode(bytes, target))];
  // Between uncompressed transfer syntaxes: nothing is decoded.
  return [bareDataSet(writeDicom(parseDicom(bytes), { transferSyntaxUid: target }))];
}
