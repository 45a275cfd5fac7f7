import { type DataSet, Tag } from '@promontory/core/dicom';
import { functionalGroup, windowFromData } from '@promontory/core/pixels';
import { type LookupTable, lookedUp } from './lookup-table.ts';

/** Grey levels: VOI LUT Function (PS3.3 C.11.2.1.2). */
export interface Voi {
  readonly centre: number;
  readonly width: number;
  readonly shape: 'linear' | 'linear-exact' | 'sigmoid';
}

const SHAPES: Readonly<Record<string, Voi['shape']>> = {
  LINEAR: 'linear',
  LINEAR_EXACT: 'linear-exact',
  SIGMOID: 'sigmoid',
};

/** The first window of the frame, else of the object; undefined where there is none that can be used. */
export function voiFromTags(dataSet: DataSet, frame: number): Voi | undefined {
  const source = functionalGroup(dataSet, Tag.FrameVOILUTSequence, frame) ?? dataSet;
  const centre = source.number(Tag.WindowCenter);
  const width = source.number(Tag.WindowWidth);
  const shape = SHAPES[source.text(Tag.VOILUTFunction) ?? 'LINEAR'];
  if (centre === undefined || width === undefined || shape === undefined) return undefined;
  return isUsable(width, shape) ? { centre, width, shape } : undefined;
}

/** C.11.2.1.2: the width is at least 1 with LINEAR, and greater than 0 with the others. */
export const isUsable = (width: number, shape: Voi['shape']): boolean =>
  shape === 'linear' ? width >= 1 : width > 0;

/** A window over the frame's own values, where the object names none. */
export function voiFromData(values: ArrayLike<number>): Voi {
  const { low, high } = windowFromData(values);
  // A constant frame comes out mid-grey.
  return { centre: (low + high) / 2, width: Math.max(high - low, Number.MIN_VALUE), shape: 'linear-exact' };
}

/** 0–255. */
export function greyOf(values: ArrayLike<number>, voi: Voi | LookupTable): Uint8ClampedArray {
  if ('entries' in voi) {
    const scale = 255 / (2 ** voi.bits - 1);
    return Uint8ClampedArray.from(lookedUp(values, voi), (entry) => entry * scale);
  }
  const { centre, width, shape } = voi;
  const grey = new Uint8ClampedArray(values.length);
  for (let i = 0; i < grey.length; i++) {
    const x = values[i];
    if (shape === 'sigmoid') grey[i] = 255 / (1 + Math.exp((-4 * (x - centre)) / width));
    else if (shape === 'linear-exact') grey[i] = 255 * ((x - centre) / width + 0.5);
    else if (width > 1) grey[i] = 255 * ((x - (centre - 0.5)) / (width - 1) + 0.5);
    else grey[i] = x <= centre - 0.5 ? 0 : 255;
  }
  return grey;
}
