import { type DataSet, Tag } from '../dicom/index.ts';
import { Fault } from '../fault/index.ts';

/** Colours by stored value, from the Palette Color Lookup Tables (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6). */
export interface Palette {
  readonly firstStored: number;
  /** 0–255 or 0–65535, as the tables have it. */
  readonly luminance: Float32Array;
  /** Red, green and blue, 0–255 or 0–65535 by `bits`. */
  readonly tables: readonly (Uint8Array | Uint16Array)[];
  readonly bits: 8 | 16;
}

/** @throws Fault `PIXELS_INCONSISTENT` where a table is absent or shorter than declared, `UNSUPPORTED` if segmented. */
export function readPalette(dataSet: DataSet, signed: boolean): Palette {
  const descriptor = dataSet.numbers(Tag.RedPaletteColorLookupTableDescriptor);
  const [declared, first, bits] = descriptor;
  if (descriptor.length !== 3 || (bits !== 8 && bits !== 16)) {
    throw new Fault('PIXELS_INCONSISTENT', 'the palette has no descriptor', { tag: '(0028,1101)' });
  }
  const count = declared === 0 ? 65_536 : declared & 0xffff;
  const tables = [
    Tag.RedPaletteColorLookupTableData,
    Tag.GreenPaletteColorLookupTableData,
    Tag.BluePaletteColorLookupTableData,
  ].map((tag) => table(dataSet, tag, count, bits));
  const luminance = Float32Array.from({ length: count }, (_, i) =>
    luma(tables[0][i], tables[1][i], tables[2][i]),
  );
  return { firstStored: signed ? (first << 16) >> 16 : first & 0xffff, luminance, tables, bits };
}

function table(dataSet: DataSet, tag: number, count: number, bits: number): Uint8Array | Uint16Array {
  const element = dataSet.get(tag);
  if (element === undefined) {
    const segmented = dataSet.has(Tag.SegmentedRedPaletteColorLookupTableData);
    if (segmented) throw new Fault('UNSUPPORTED', 'a segmented palette', { tag: '(0028,1221)' });
  }
  const bytes = element?.bytes ?? new Uint8Array(0);
  if (bits === 8 && bytes.length >= count && bytes.length < 2 * count) return bytes.subarray(0, count);
  if (bytes.length < 2 * count) {
    throw new Fault('PIXELS_INCONSISTENT', 'a palette is shorter than its descriptor says', {
      tag: '(0028,1201)',
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length: count }, (_, i) => view.getUint16(2 * i, element?.littleEndian ?? true));
}

/** ITU-R BT.601. */
export const luma = (red: number, green: number, blue: number): number =>
  0.299 * red + 0.587 * green + 0.114 * blue;
