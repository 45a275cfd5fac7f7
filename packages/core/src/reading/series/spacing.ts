import type { Warning } from '../../fault/index.ts';

/** In-plane pixel size of clinical spine MR lies within, mm; interpolated 1024 matrices at the low end. */
const PIXEL_MM: readonly [number, number] = [0.15, 2.5];
/** Height of a sagittal field of view that can show a lumbar spine, mm. */
const SAGITTAL_HEIGHT_MM: readonly [number, number] = [120, 600];
/** MR pixels are square or nearly so after reconstruction. */
const ASPECT_AT_MOST = 2;

/**
 * Height that an image is taken to have where its pixel size is not to be trusted, mm: near the median (289 mm) of
 * the sagittal series of SPIDER (van der Graaf 2024). It brings images to a scale and never gives a length.
 */
export const NOMINAL_HEIGHT_MM = 290;

/**
 * Whether millimetres may be taken from a slice. They may not where the spacing is absent, not a positive number,
 * out of range for MR, or contradicts the field of view of a lumbar spine; lengths are then left out and ratios kept.
 *
 * @param pixelSpacing Between rows, between columns, mm, as stored.
 * @param sagittal Whether the field of view is held against a lumbar spine's height.
 */
export function judgeSpacing(
  pixelSpacing: readonly number[] | undefined,
  size: { readonly rows: number; readonly columns: number },
  sagittal: boolean,
): Warning | undefined {
  if (pixelSpacing === undefined || pixelSpacing.length === 0) {
    return { code: 'SPACING_MISSING', message: 'No pixel spacing is stated; lengths are left out.' };
  }
  const implausible = (why: string): Warning => ({
    code: 'SPACING_IMPLAUSIBLE',
    message: `The pixel spacing ${why}; lengths are left out.`,
  });
  const [betweenRows, betweenColumns] = pixelSpacing;
  if (
    pixelSpacing.length !== 2 ||
    !(betweenRows > 0 && betweenColumns > 0) ||
    !pixelSpacing.every(Number.isFinite)
  ) {
    return implausible('is not a pair of positive numbers');
  }
  const smallest = Math.min(betweenRows, betweenColumns);
  const largest = Math.max(betweenRows, betweenColumns);
  if (smallest < PIXEL_MM[0] || largest > PIXEL_MM[1]) {
    return implausible(
      `of ${smallest.toPrecision(3)} to ${largest.toPrecision(3)} mm is outside ${PIXEL_MM.join('–')} mm`,
    );
  }
  if (largest / smallest > ASPECT_AT_MOST)
    return implausible('differs between rows and columns more than twofold');
  const heightMm = size.rows * betweenRows;
  if (sagittal && (heightMm < SAGITTAL_HEIGHT_MM[0] || heightMm > SAGITTAL_HEIGHT_MM[1])) {
    return implausible(`gives a field of view ${heightMm.toFixed(0)} mm high, which no lumbar spine has`);
  }
  return undefined;
}
