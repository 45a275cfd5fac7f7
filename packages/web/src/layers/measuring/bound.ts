/** A measurement belongs to the one image on which it was made, and is drawn on no other. */
import type { Vec3 } from '@promontory/core/geometry';
import type { DeedOf, MeasuringTool } from '@promontory/core/review';
import type { ImagePane } from '../image-pane.ts';
import { halfWidth95 } from './uncertainty.ts';
import { measuredValue, UNIT_OF } from './value.ts';

export type Measured = Omit<DeedOf<'measurement'>, 'kind' | 'instead'>;
type Bound = Pick<Measured, 'sopInstanceUid' | 'frame'>;
type Shown = Pick<ImagePane, 'sopInstanceUid' | 'frame'>;

export const isShownOn = (measurement: Bound, image: Shown): boolean =>
  image.sopInstanceUid !== undefined &&
  measurement.sopInstanceUid === image.sopInstanceUid &&
  measurement.frame === image.frame;

/** Millimetres hold only where the image says how large its pixels are, and marks only on an image of the study. */
export const canMeasureOn = (image: ImagePane): boolean =>
  image.sopInstanceUid !== undefined && image.pixelMm !== undefined;

/** Beyond a hundredth of a millimetre nothing is meant. */
const rounded = ([x, y, z]: Vec3): [number, number, number] => [hundredth(x), hundredth(y), hundredth(z)];
const hundredth = (n: number): number => Math.round(n * 100) / 100 || 0;

/** @returns `undefined` where the points give no value, or the pane shows no image that it could be bound to */
export function measureOn(
  image: ImagePane,
  tool: MeasuringTool,
  points: readonly Vec3[],
  caption?: string,
): Measured | undefined {
  const { sopInstanceUid, pixelMm, thicknessMm } = image;
  if (sopInstanceUid === undefined || pixelMm === undefined) return undefined;
  const pointsMm = points.map(rounded);
  const value = measuredValue(tool, pointsMm);
  if (value === undefined) return undefined;
  return {
    tool,
    seriesInstanceUid: image.seriesInstanceUid,
    sopInstanceUid,
    frame: image.frame,
    pointsMm,
    value,
    unit: UNIT_OF[tool],
    uncertainty: halfWidth95(tool, pointsMm, { pixelMm, thicknessMm }),
    ...(caption !== undefined && caption !== '' && { caption }),
  };
}
