/**
 * The bulk of bytes that an image consists of. Any other could hold a document, a picture or a signature; so could these,
 * where their form is not what the attributes beside them say.
 */
import { type DataElement, type DataSet, Tag } from '../dicom/index.ts';

/** Tables by the attribute that tells their number of values, the first of them and their bits (PS3.3 C.7.6.3.1.5, C.11.1.1). */
const DESCRIPTOR_OF: ReadonlyMap<number, number> = new Map([
  [Tag.RedPaletteColorLookupTableData, Tag.RedPaletteColorLookupTableDescriptor],
  [Tag.GreenPaletteColorLookupTableData, Tag.GreenPaletteColorLookupTableDescriptor],
  [Tag.BluePaletteColorLookupTableData, Tag.BluePaletteColorLookupTableDescriptor],
  [Tag.AlphaPaletteColorLookupTableData, Tag.AlphaPaletteColorLookupTableDescriptor],
  [Tag.BlendingLookupTableData, Tag.BlendingLookupTableDescriptor],
  [Tag.GrayLookupTableData, Tag.GrayLookupTableDescriptor],
  [Tag.LUTData, Tag.LUTDescriptor],
]);
/** Their length tells nothing: they are programs that make a table. */
const SEGMENTED: ReadonlySet<number> = new Set([
  Tag.SegmentedRedPaletteColorLookupTableData,
  Tag.SegmentedGreenPaletteColorLookupTableData,
  Tag.SegmentedBluePaletteColorLookupTableData,
  Tag.SegmentedAlphaPaletteColorLookupTableData,
]);

export const isBulk = (tag: number): boolean =>
  tag === Tag.PixelData || tag === Tag.ICCProfile || DESCRIPTOR_OF.has(tag) || SEGMENTED.has(tag);

/** Of an attribute that `isBulk`: whether its bytes have the form that is said of them. */
export function isImageBytes(dataSet: DataSet, { tag, bytes }: DataElement, nested: boolean): boolean {
  // Pixels within items are icons: pictures of the picture. Those of the object are looked at by themselves.
  if (tag === Tag.PixelData) return !nested;
  if (tag === Tag.ICCProfile) return isProfile(bytes);
  if (SEGMENTED.has(tag)) return dataSet.text(Tag.PhotometricInterpretation) === 'PALETTE COLOR';
  const [count, , bits] = dataSet.numbers(DESCRIPTOR_OF.get(tag)!);
  if (count === undefined || bits === undefined) return false;
  // 65,536 is written as 0; where the pixels are signed, so are these.
  const values = count === 0 ? 0x10000 : count & 0xffff;
  return bytes.length === 2 * values || (bits <= 8 && bytes.length === values + (values % 2));
}

const SIGNATURE_AT = 36;
const SIGNATURE = 'acsp';

/** ISO 15076-1 section 7.2: its length at the beginning, its signature at byte 36. */
function isProfile(bytes: Uint8Array): boolean {
  if (bytes.length < 128) return false;
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
  const signature = String.fromCharCode(...bytes.subarray(SIGNATURE_AT, SIGNATURE_AT + SIGNATURE.length));
  return signature === SIGNATURE && bytes.length === length + (length % 2);
}
