import { type DataSet, Tag } from '../dicom/index.ts';
import { functionalGroup } from './functional-groups.ts';

/** A linear window on modality values: `low` and below is black, `high` and above is white. */
export interface Window {
  readonly low: number;
  readonly high: number;
}

/** Fractions of the values that are left black and white. */
export interface WindowFractions {
  /** Default 0.01. */
  readonly low?: number;
  /** Default 0.995. */
  readonly high?: number;
}

/** Enough to place a percentile, and quick on any volume. */
const MAX_SAMPLES = 200_000;

/**
 * The window that the object asks for: that of the frame, else of the object (PS3.3 C.11.2.1.2, LINEAR: the centre lies
 * half a value up). Undefined where there is none.
 */
export function windowFromTags(dataSet: DataSet, frame: number): Window | undefined {
  const source = functionalGroup(dataSet, Tag.FrameVOILUTSequence, frame) ?? dataSet;
  const centre = source.number(Tag.WindowCenter);
  const width = source.number(Tag.WindowWidth);
  if (centre === undefined || width === undefined || !(width >= 1)) return undefined;
  if (width === 1) return { low: centre - 0.5, high: centre - 0.5 };
  return { low: centre - 0.5 - (width - 1) / 2, high: centre - 0.5 + (width - 1) / 2 };
}

/** A window between two percentiles of the finite values; a constant image gives `low` = `high`. */
export function windowFromData(
  values: ArrayLike<number>,
  { low = 0.01, high = 0.995 }: WindowFractions = {},
): Window {
  const step = Math.max(1, Math.floor(values.length / MAX_SAMPLES));
  const samples: number[] = [];
  for (let i = 0; i < values.length; i += step) if (Number.isFinite(values[i])) samples.push(values[i]);
  if (samples.length === 0) return { low: 0, high: 0 };
  const sorted = Float64Array.from(samples).sort();
  const at = (fraction: number) => sorted[Math.round(fraction * (sorted.length - 1))];
  return { low: at(low), high: at(high) };
}

/** Grey values 0–255 for showing. Where `low` = `high`, whatever lies above is white. */
export function toGrey(values: ArrayLike<number>, { low, high }: Window): Uint8ClampedArray {
  const grey = new Uint8ClampedArray(values.length);
  const range = high - low;
  for (let i = 0; i < grey.length; i++) {
    grey[i] = range > 0 ? ((values[i] - low) / range) * 255 : values[i] > low ? 255 : 0;
  }
  return grey;
}
