import { type DataSet, type DicomFile, Tag } from '@promontory/core/dicom';
import type { Picture } from '@promontory/core/formats';
import { type PixelReader, readPalette, rescaleOf, type StoredFrame } from '@promontory/core/pixels';
import { type LookupTable, lookedUp, lookupTable } from './lookup-table.ts';
import { greyOf, type Voi, voiFromData, voiFromTags } from './voi.ts';

/**
 * A frame as it is to be seen (PS3.4 annex N, without presentation states): grey through the Modality LUT or Rescale,
 * the window or VOI LUT, and the polarity that the object asks for; colour as it is. Overlays are not drawn.
 *
 * @param voi in place of the object's own window or table; colour has none
 */
export async function pictureOf(
  file: DicomFile,
  pixels: PixelReader,
  frame: number,
  voi: Voi | undefined,
): Promise<Picture> {
  const stored = await pixels.decodeStored(frame);
  const { columns: width, rows: height } = stored;
  switch (stored.photometric) {
    case 'MONOCHROME1':
    case 'MONOCHROME2': {
      const { values, isSigned } = modalityValues(file, stored, frame, pixels.format.signed);
      const data = greyOf(values, voi ?? ownVoi(file.dataSet, frame, isSigned) ?? voiFromData(values));
      if (isInverted(file.dataSet, stored.photometric))
        for (let i = 0; i < data.length; i++) data[i] = 255 - data[i];
      return { width, height, channels: 1, data };
    }
    case 'PALETTE':
      return { width, height, channels: 3, data: paletteColours(file, stored, pixels.format.signed) };
    case 'RGB':
    case 'YBR':
      return { width, height, channels: 3, data: colours(stored, pixels.format.bitsStored) };
  }
}

/** PS3.3 C.11.1: a table goes before slope and intercept. */
function modalityValues(
  { dataSet }: DicomFile,
  { data }: StoredFrame,
  frame: number,
  isSigned: boolean,
): { readonly values: ArrayLike<number>; readonly isSigned: boolean } {
  const table = lookupTable(dataSet, Tag.ModalityLUTSequence, isSigned);
  if (table !== undefined) return { values: lookedUp(data, table), isSigned: false };
  const { slope, intercept } = rescaleOf(dataSet, frame);
  if (slope === 1 && intercept === 0) return { values: data, isSigned };
  const values = Float64Array.from(data, (value) => value * slope + intercept);
  return { values, isSigned: isSigned || intercept < 0 || slope < 0 };
}

/**
 * The window goes before the table: both are choices of the one who made the image (PS3.3 C.11.2), and a window is what
 * other viewers show first.
 */
const ownVoi = (dataSet: DataSet, frame: number, isSigned: boolean): Voi | LookupTable | undefined =>
  voiFromTags(dataSet, frame) ?? lookupTable(dataSet, Tag.VOILUTSequence, isSigned);

/** PS3.3 C.11.6.1.2: Presentation LUT Shape says what is white; where it is absent, the photometric interpretation. */
function isInverted(dataSet: DataSet, photometric: StoredFrame['photometric']): boolean {
  const shape = dataSet.text(Tag.PresentationLUTShape);
  if (shape === 'INVERSE') return true;
  return photometric === 'MONOCHROME1' && shape !== 'IDENTITY';
}

function paletteColours(file: DicomFile, { data }: StoredFrame, signed: boolean): Uint8ClampedArray {
  const { firstStored, tables, bits } = readPalette(file.dataSet, signed);
  const last = tables[0].length - 1;
  const scale = bits === 16 ? 1 / 257 : 1;
  const out = new Uint8ClampedArray(data.length * 3);
  for (let i = 0; i < data.length; i++) {
    const at = Math.min(last, Math.max(0, data[i] - firstStored));
    for (let c = 0; c < 3; c++) out[3 * i + c] = (tables[c][at] as number) * scale;
  }
  return out;
}

/** YBR as PS3.3 C.7.6.3.1.2 (full range, ITU-R BT.601). */
function colours({ data, photometric }: StoredFrame, bitsStored: number): Uint8ClampedArray {
  const scale = 255 / (2 ** bitsStored - 1);
  const out = new Uint8ClampedArray(data.length);
  if (photometric === 'RGB') {
    for (let i = 0; i < data.length; i++) out[i] = data[i] * scale;
    return out;
  }
  for (let i = 0; i + 2 < data.length; i += 3) {
    const y = data[i] * scale;
    const cb = data[i + 1] * scale - 128;
    const cr = data[i + 2] * scale - 128;
    out[i] = y + 1.402 * cr;
    out[i + 1] = y - 0.344136 * cb - 0.714136 * cr;
    out[i + 2] = y + 1.772 * cb;
  }
  return out;
}

/** Height over width of one pixel on screen: Pixel Spacing, else Pixel Aspect Ratio (PS3.3 C.7.6.3.1.7); 1 where unknown. */
export function pixelAspect({ dataSet }: DicomFile): number {
  const measures = dataSet.items(Tag.SharedFunctionalGroupsSequence)[0]?.items(Tag.PixelMeasuresSequence)[0];
  for (const pair of [
    (measures ?? dataSet).numbers(Tag.PixelSpacing),
    dataSet.numbers(Tag.ImagerPixelSpacing),
    dataSet.numbers(Tag.PixelAspectRatio),
  ]) {
    const [vertical = 0, horizontal = 0] = pair;
    if (vertical > 0 && horizontal > 0) return vertical / horizontal;
  }
  return 1;
}
