/** Compressed pixels decoded and stored as they are, so that rectangles in them can be blanked. */
import { createDicomFile, DataSetBuilder, type DicomFile, Tag } from '../dicom/index.ts';
import { Fault } from '../fault/index.ts';
import { type CodecPort, openPixels, type Photometric, type StoredFrame } from '../pixels/index.ts';

const MOST_BYTES = 2 ** 29;
const NAME_OF: Readonly<Record<Photometric, string>> = {
  MONOCHROME1: 'MONOCHROME1',
  MONOCHROME2: 'MONOCHROME2',
  RGB: 'RGB',
  YBR: 'YBR_FULL',
  PALETTE: 'PALETTE COLOR',
};

/**
 * The same object with native pixels in explicit VR little endian; the file itself where its pixels are native already,
 * or where it has none. What was lost by compression stays lost, and the object goes on saying so.
 * @throws Fault as `openPixels` and its frames, `LIMIT_EXCEEDED` beyond 512 MiB
 */
export async function decodeToNative(file: DicomFile, codecs: CodecPort): Promise<DicomFile> {
  if (file.pixelData?.fragments === undefined) return file;
  const reader = openPixels(file, codecs);
  const { rows, columns, samples, bitsStored } = reader.format;
  const cellBytes = bitsStored > 8 ? 2 : 1;
  const frameBytes = rows * columns * samples * cellBytes;
  if (bitsStored > 16) throw new Fault('UNSUPPORTED', `${bitsStored} bits of a compressed pixel`);
  if (frameBytes * reader.frameCount > MOST_BYTES) {
    throw new Fault('LIMIT_EXCEEDED', `${reader.frameCount} frames are too many to be decoded at once`);
  }
  const bytes = new Uint8Array(frameBytes * reader.frameCount);
  let photometric: Photometric = reader.format.photometric;
  for (let i = 0; i < reader.frameCount; i++) {
    const frame = await reader.decodeStored(i);
    photometric = frame.photometric;
    store(frame, bytes.subarray(i * frameBytes, (i + 1) * frameBytes), cellBytes);
  }
  const builder = new DataSetBuilder(file.dataSet)
    .set(Tag.PixelData, bytes, cellBytes === 1 ? 'OB' : 'OW')
    .set(Tag.PhotometricInterpretation, NAME_OF[photometric])
    .set(Tag.BitsAllocated, 8 * cellBytes)
    .set(Tag.HighBit, bitsStored - 1)
    .remove(Tag.ExtendedOffsetTable)
    .remove(Tag.ExtendedOffsetTableLengths);
  if (samples === 3) builder.set(Tag.PlanarConfiguration, 0);
  return createDicomFile(builder.build());
}

function store({ data }: StoredFrame, into: Uint8Array, cellBytes: 1 | 2): void {
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    into[i * cellBytes] = value & 0xff;
    if (cellBytes === 2) into[2 * i + 1] = (value >> 8) & 0xff;
  }
}
