/** Pixel data as they lie in the file, and the fragments of encapsulated frames (PS3.5 section A.4). */
import { Fault } from '../fault/index.ts';
import { concatenate } from './bytes.ts';
import type { DataElement, DataSet } from './data-set.ts';
import { Tag } from './dictionary.generated.ts';

export interface PixelData {
  /** (7FE0,0010) Pixel Data, (7FE0,0008) Float Pixel Data or (7FE0,0009) Double Float Pixel Data. */
  readonly tag: number;
  readonly vr: DataElement['vr'];
  /** Byte order of `native`; with OB there is none. */
  readonly littleEndian: boolean;
  /** Uncompressed pixel bytes as stored, trailing pad byte included; `undefined` when encapsulated. A view. */
  readonly native: Uint8Array | undefined;
  /** Fragments without the basic offset table; `undefined` when native. Views. */
  readonly fragments: readonly Uint8Array[] | undefined;
  /** Byte offset of each frame's first fragment item, counted from the first fragment item; `[]` when the table is empty. */
  readonly basicOffsets: readonly number[];
  /** The same from Extended Offset Table (7FE0,0001); `[]` when absent. */
  readonly extendedOffsets: readonly number[];
}

/** @returns `undefined` when the data set holds no pixel data */
export function pixelDataOf(dataSet: DataSet): PixelData | undefined {
  const element =
    dataSet.get(Tag.PixelData) ?? dataSet.get(Tag.FloatPixelData) ?? dataSet.get(Tag.DoubleFloatPixelData);
  if (element === undefined) return undefined;
  const { tag, vr, littleEndian } = element;
  const encapsulated = element.fragments;
  if (encapsulated === undefined) {
    return {
      tag,
      vr,
      littleEndian,
      native: element.bytes,
      fragments: undefined,
      basicOffsets: [],
      extendedOffsets: [],
    };
  }
  return {
    tag,
    vr,
    littleEndian,
    native: undefined,
    fragments: encapsulated.slice(1),
    basicOffsets: readOffsets(encapsulated[0], 4),
    extendedOffsets: readOffsets(dataSet.bytes(Tag.ExtendedOffsetTable), 8),
  };
}

function readOffsets(table: Uint8Array | undefined, width: 4 | 8): number[] {
  if (table === undefined) return [];
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  const offsets: number[] = [];
  for (let at = 0; at + width <= table.length; at += width) {
    offsets.push(width === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true)));
  }
  return offsets;
}

/**
 * The compressed bytes of each frame, its fragments joined.
 * Frames are told apart by the extended offset table, else the basic one, else by one fragment a frame, else (more
 * fragments than frames) by the marker that starts a JPEG, JPEG-LS or JPEG 2000 code stream.
 * @param frameCount Number of Frames (0028,0008), 1 when absent
 * @throws Fault PIXELS_INCONSISTENT when the fragments cannot be shared out among that many frames
 */
export function encapsulatedFrames(pixelData: PixelData, frameCount: number): Uint8Array[] {
  const fragments = pixelData.fragments;
  if (
    fragments === undefined ||
    !Number.isInteger(frameCount) ||
    frameCount < 1 ||
    fragments.length < frameCount
  ) {
    throw new Fault('PIXELS_INCONSISTENT', `fewer fragments than the ${frameCount} frames`, {
      tag: '(7FE0,0010)',
    });
  }
  if (frameCount === 1) return [join(fragments)];
  if (fragments.length === frameCount) return [...fragments];
  const starts =
    startsFromOffsets(fragments, pixelData.extendedOffsets, frameCount) ??
    startsFromOffsets(fragments, pixelData.basicOffsets, frameCount) ??
    startsFromMarkers(fragments, frameCount);
  if (starts === undefined) {
    throw new Fault('PIXELS_INCONSISTENT', 'no offset table tells which fragments make a frame', {
      tag: '(7FE0,0010)',
    });
  }
  return starts.map((start, i) => join(fragments.slice(start, starts[i + 1])));
}

/** Index of each frame's first fragment, or `undefined` where a table does not fit the fragments. */
function startsFromOffsets(
  fragments: readonly Uint8Array[],
  offsets: readonly number[],
  frameCount: number,
): number[] | undefined {
  if (offsets.length !== frameCount) return undefined;
  const indexByOffset = new Map<number, number>();
  let offset = 0;
  fragments.forEach((fragment, i) => {
    indexByOffset.set(offset, i);
    offset += 8 + fragment.length;
  });
  const starts: number[] = [];
  for (const each of offsets) {
    const index = indexByOffset.get(each);
    if (index === undefined || index <= (starts.at(-1) ?? -1)) return undefined;
    starts.push(index);
  }
  return starts[0] === 0 ? starts : undefined;
}

function startsFromMarkers(fragments: readonly Uint8Array[], frameCount: number): number[] | undefined {
  const starts = fragments.flatMap((fragment, i) => {
    // SOI of JPEG and JPEG-LS (FFD8), SOC of JPEG 2000 (FF4F).
    const marked = fragment[0] === 0xff && (fragment[1] === 0xd8 || fragment[1] === 0x4f);
    return marked ? [i] : [];
  });
  return starts.length === frameCount && starts[0] === 0 ? starts : undefined;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0]! : concatenate(parts);
}
