import type { PixelFrame, WindowRange } from '../../images/index.ts';

/** Opaque pixels, RGBA, of a frame through a window: linear, dark at `low`. Where `low` = `high`, what lies above is white. */
export function paintPixels(
  out: Uint8ClampedArray,
  frame: PixelFrame,
  { low, high }: WindowRange,
  isInverted: boolean,
): void {
  const { values, rgb } = frame;
  const words = new Uint32Array(out.buffer, out.byteOffset, values.length);
  const [base, gain] = high > low ? [low, 255 / (high - low)] : [low, Number.POSITIVE_INFINITY];
  const isTurned = isInverted !== frame.isInverted;
  if (rgb !== undefined) {
    // Colours are windowed alike, so that a picture with words in it can be made readable too.
    for (let i = 0; i < values.length; i++)
      words[i] = packed(
        shade(rgb[3 * i], base, gain, isTurned),
        shade(rgb[3 * i + 1], base, gain, isTurned),
        shade(rgb[3 * i + 2], base, gain, isTurned),
      );
    return;
  }
  if (values instanceof Int16Array) {
    // Once for each value that occurs, not for each pixel.
    const shades = new Uint32Array(frame.max - frame.min + 1);
    for (let i = 0; i < shades.length; i++) {
      const grey = shade(frame.min + i, base, gain, isTurned);
      shades[i] = packed(grey, grey, grey);
    }
    for (let i = 0; i < values.length; i++) words[i] = shades[values[i] - frame.min];
    return;
  }
  for (let i = 0; i < values.length; i++) {
    const grey = shade(values[i], base, gain, isTurned);
    words[i] = packed(grey, grey, grey);
  }
}

function shade(value: number, base: number, gain: number, isTurned: boolean): number {
  const above = value - base;
  const grey = above <= 0 ? 0 : Math.min(255, Math.round(above * gain));
  return isTurned ? 255 - grey : grey;
}

/** Little endian, as all browsers are that are left. */
const packed = (r: number, g: number, b: number): number => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
