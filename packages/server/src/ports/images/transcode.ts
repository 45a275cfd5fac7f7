import {
  createDicomFile,
  DataSetBuilder,
  type DicomFile,
  encodingOf,
  isUncompressed,
  parseDicom,
  Tag,
  TransferSyntax,
  withDataSet,
  writeDicom,
} from '@promontory/core/dicom';
import { Fault } from '@promontory/core/fault';
import { type CodecPort, openPixels, type PixelReader, type StoredFrame } from '@promontory/core/pixels';
import { cellsOf } from './native-cells.ts';

/** Uncompressed pixels of one object may take so much. */
export const MAX_DECODED_BYTES = 2 ** 30;

/**
 * The same instance in another transfer syntax, an uncompressed one. Bytes that are in it already come back as they are.
 * @throws Fault UNSUPPORTED where no codec is at hand, LIMIT_EXCEEDED, and what parsing and decoding throw
 */
export async function transcode(bytes: Uint8Array, target: string, codecs: CodecPort): Promise<Uint8Array> {
  const file = parseDicom(bytes);
  if (file.transferSyntaxUid === target) return bytes;
  if (!isUncompressed(target))
    throw new Fault('UNSUPPORTED', 'compressing is not done', { tag: '(0002,0010)' });
  const plain = isUncompressed(file.transferSyntaxUid)
    ? wideCellsInOrder(file, target)
    : await decompressed(file, codecs);
  return writeDicom(plain, { transferSyntaxUid: target });
}

/**
 * Pixels of 32 bits lie in OW, whose words of 16 bits are what the writer puts into the other byte order; as cells they
 * must be turned round whole (PS3.5 section 8.1.1).
 */
function wideCellsInOrder(file: DicomFile, target: string): DicomFile {
  const wide = file.pixelData?.vr === 'OW' && file.dataSet.number(Tag.BitsAllocated) === 32;
  if (!wide || file.encoding.littleEndian === encodingOf(target).littleEndian) return file;
  if (file.encoding.littleEndian)
    throw new Fault('UNSUPPORTED', 'pixels of 32 bits are not written in big endian');
  const cells = file.pixelData.native!.slice();
  for (let at = 0; at + 4 <= cells.length; at += 4) cells.subarray(at, at + 4).reverse();
  return withDataSet(file, new DataSetBuilder(file.dataSet).set(Tag.PixelData, cells, 'OW').build());
}

/** The file in explicit VR little endian, its frames decoded. */
async function decompressed(file: DicomFile, codecs: CodecPort): Promise<DicomFile> {
  const builder = new DataSetBuilder(file.dataSet);
  // Encapsulated icons have no place in an uncompressed data set, and are optional (PS3.3 C.7.6.1.1.6).
  const icon = file.dataSet.items(Tag.IconImageSequence)[0];
  if (icon?.get(Tag.PixelData)?.fragments !== undefined) builder.remove(Tag.IconImageSequence);
  if (file.pixelData?.fragments !== undefined) await setDecoded(builder, openPixels(file, codecs), file);
  const dataSet = builder.build();
  const transferSyntaxUid = TransferSyntax.ExplicitVRLittleEndian;
  if (file.meta.size === 0) return createDicomFile(dataSet, { transferSyntaxUid });
  const meta = new DataSetBuilder(file.meta).set(Tag.TransferSyntaxUID, transferSyntaxUid).build();
  return {
    ...withDataSet(file, dataSet),
    meta,
    transferSyntaxUid,
    // Not that of the file, which may contradict its own transfer syntax.
    encoding: encodingOf(transferSyntaxUid),
    trailing: undefined,
  };
}

async function setDecoded(builder: DataSetBuilder, pixels: PixelReader, file: DicomFile): Promise<void> {
  const { format, frameCount } = pixels;
  const { bitsAllocated, bitsStored, samples } = format;
  const frameBytes = (format.rows * format.columns * samples * bitsAllocated) / 8;
  if (frameBytes * frameCount > MAX_DECODED_BYTES) {
    throw new Fault('LIMIT_EXCEEDED', `the frames decode to more than ${MAX_DECODED_BYTES} bytes`);
  }
  const all = new Uint8Array(frameBytes * frameCount);
  let last: StoredFrame | undefined;
  for (let i = 0; i < frameCount; i++) {
    last = await pixels.decodeStored(i);
    all.set(cellsOf(last, bitsAllocated), i * frameBytes);
  }
  builder
    .set(Tag.PixelData, all, bitsAllocated === 8 ? 'OB' : 'OW')
    .set(Tag.HighBit, bitsStored - 1)
    .remove(Tag.ExtendedOffsetTable)
    .remove(Tag.ExtendedOffsetTableLengths)
    .remove(Tag.EncapsulatedPixelDataValueTotalLength);
  if (samples === 3) {
    builder.set(Tag.PlanarConfiguration, 0);
    builder.set(Tag.PhotometricInterpretation, colourModel(last, file));
  }
}

/** Codecs undo subsampling and the transforms of JPEG and JPEG 2000; what is left is RGB or full YBR. */
function colourModel(frame: StoredFrame | undefined, file: DicomFile): string {
  if (frame?.photometric !== 'YBR') return 'RGB';
  return file.dataSet.text(Tag.PhotometricInterpretation)?.startsWith('YBR_PARTIAL')
    ? 'YBR_PARTIAL_420'
    : 'YBR_FULL';
}
