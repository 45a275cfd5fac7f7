/**
 * Pixel data without what lies beside the pixels in the same bytes: comments in code streams, tails, junk in offset
 * tables and headers. The pixels themselves are not touched.
 */
import {
  DataSetBuilder,
  type DicomFile,
  encapsulatedFrames,
  Tag,
  TransferSyntax,
  withDataSet,
} from '../dicom/index.ts';
import { nativeBytes, type PixelFormat, readPixelFormat } from '../pixels/index.ts';
import { withoutJpeg2000Asides } from './jpeg-2000-stream.ts';
import { withoutJpegAsides } from './jpeg-stream.ts';
import type { RefusalReason } from './refusal.ts';

const JPEG_ROOT = '1.2.840.10008.1.2.4.';
/** Encapsulated Uncompressed Explicit VR Little Endian. */
const ENCAPSULATED_NATIVE = '1.2.840.10008.1.2.1.98';
const RLE_HEADER_BYTES = 64;

type CleanFrame = (frame: Uint8Array) => Uint8Array | undefined;

/**
 * The file itself where nothing lies there.
 * @throws Fault as `readPixelFormat` and `encapsulatedFrames`
 */
export function withoutAsides(file: DicomFile): DicomFile | RefusalReason {
  const { pixelData } = file;
  if (pixelData?.tag !== Tag.PixelData) return file;
  if (pixelData.fragments === undefined) return withoutTail(file);
  const clean = frameCleaner(file);
  if (clean === undefined) return 'PIXELS_NOT_CLEANABLE';
  const before = encapsulatedFrames(pixelData, frameCountOf(file));
  const after: Uint8Array[] = [];
  for (const frame of before) {
    const cleaned = clean(frame);
    if (cleaned === undefined) return 'DAMAGED';
    after.push(cleaned);
  }
  const same = hasPlainTable(file) && after.every((frame, i) => sameButForPadding(before[i]!, frame));
  return same ? file : withDataSet(file, new DataSetBuilder(file.dataSet).setFrames(after).build());
}

/** How frames of the transfer syntax are cleaned; `undefined` for those that hide what they hold, as video does. */
function frameCleaner(file: DicomFile): CleanFrame | undefined {
  const syntax = file.transferSyntaxUid;
  if (syntax === TransferSyntax.RLELossless) return withPlainRleHeader;
  if (syntax === ENCAPSULATED_NATIVE) {
    const most = nativeBytes(readPixelFormat(file), 1);
    return (frame) => frame.subarray(0, most);
  }
  if (!syntax.startsWith(JPEG_ROOT)) return undefined;
  const process = Number(syntax.slice(JPEG_ROOT.length));
  if (process >= 50 && process <= 81) return withoutJpegAsides;
  if ((process >= 90 && process <= 93) || (process >= 201 && process <= 203)) return withoutJpeg2000Asides;
  return undefined;
}

const frameCountOf = ({ dataSet }: DicomFile): number => dataSet.number(Tag.NumberOfFrames) ?? 1;

/** Whether the basic offset table holds offsets and nothing else. */
function hasPlainTable({ dataSet }: DicomFile): boolean {
  const { fragments = [] } = dataSet.get(Tag.PixelData) ?? {};
  const [table, ...rest] = fragments;
  const starts = new Set<number>();
  let offset = 0;
  for (const { length } of rest) {
    starts.add(offset);
    offset += 8 + length;
  }
  if (table === undefined || table.length % 4 !== 0) return false;
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  for (let at = 0; at < table.length; at += 4) if (!starts.has(view.getUint32(at, true))) return false;
  return true;
}

/** A frame may have one byte more, of zero, so that its fragment is even (PS3.5 section A.4). */
const sameButForPadding = (before: Uint8Array, after: Uint8Array): boolean =>
  before.length === after.length
    ? before.every((byte, i) => byte === after[i])
    : before.length === after.length + 1 &&
      before.at(-1) === 0 &&
      after.every((byte, i) => byte === before[i]);

/** The header has room for 15 offsets; those that it does not use are zero (PS3.5 section G.5). */
function withPlainRleHeader(frame: Uint8Array): Uint8Array | undefined {
  if (frame.length < RLE_HEADER_BYTES) return undefined;
  const segments = frame[0]!;
  const cleaned = frame.slice();
  cleaned.fill(0, 1, 4);
  cleaned.fill(0, Math.min(4 + 4 * segments, RLE_HEADER_BYTES), RLE_HEADER_BYTES);
  return cleaned;
}

function withoutTail(file: DicomFile): DicomFile {
  const { vr, native = new Uint8Array(0) } = file.pixelData!;
  const format: PixelFormat = readPixelFormat(file);
  const needed = nativeBytes(format);
  const even = needed + (needed % 2);
  if (native.length <= even) return file;
  const element = file.dataSet.get(Tag.PixelData)!;
  const pixels = (vr === 'OB' ? element.bytes : element.littleEndianBytes).slice(0, even);
  return withDataSet(
    file,
    new DataSetBuilder(file.dataSet).set(Tag.PixelData, pixels, vr === 'OB' ? 'OB' : 'OW').build(),
  );
}
