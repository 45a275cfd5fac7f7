import { type DataSet, Tag } from '../dicom/index.ts';
import { functionalGroup } from './functional-groups.ts';

/** Modality value = stored value · slope + intercept (PS3.3 C.11.1). */
export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
}

/** Slope 1, intercept 0 where the object has none, or has a slope of zero, which would wipe the image out. */
export function rescaleOf(dataSet: DataSet, frame: number): Rescale {
  const source = functionalGroup(dataSet, Tag.PixelValueTransformationSequence, frame) ?? dataSet;
  const slope = source.number(Tag.RescaleSlope);
  const intercept = source.number(Tag.RescaleIntercept);
  if (slope === 0) return { slope: 1, intercept: 0 };
  return { slope: slope ?? 1, intercept: intercept ?? 0 };
}
