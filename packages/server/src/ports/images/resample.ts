import type { Picture } from '@promontory/core/formats';

/** A part of a picture, in its pixels; a negative size turns the part round along that axis. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What one output pixel takes from the line: source indices from `from`, with weights that sum to one. */
interface Tap {
  readonly from: number;
  readonly weights: Float32Array;
}

/**
 * A region at another size: triangle filter as wide as the step, that is, linear when enlarging and an average
 * when reducing, which leaves no aliasing.
 */
export function resample(picture: Picture, region: Region, width: number, height: number): Picture {
  const { channels } = picture;
  const across = taps(region.x, region.width, width, picture.width);
  const down = taps(region.y, region.height, height, picture.height);
  const lines = new Float32Array(width * picture.height * channels);
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < width; x++) {
      const { from, weights } = across[x];
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) {
          sum += weights[k] * picture.data[(y * picture.width + from + k) * channels + c];
        }
        lines[(y * width + x) * channels + c] = sum;
      }
    }
  }
  const data = new Uint8ClampedArray(width * height * channels);
  const lineLength = width * channels;
  for (let y = 0; y < height; y++) {
    const { from, weights } = down[y];
    for (let x = 0; x < lineLength; x++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k] * lines[(from + k) * lineLength + x];
      data[y * lineLength + x] = sum;
    }
  }
  return { width, height, channels, data };
}

function taps(start: number, size: number, count: number, length: number): Tap[] {
  const step = Math.abs(size) / count;
  const reach = Math.max(1, step);
  return Array.from({ length: count }, (_, i) => {
    const turned = size < 0 ? count - 1 - i : i;
    const centre = start + (turned + 0.5) * step - 0.5;
    const from = Math.min(length - 1, Math.max(0, Math.ceil(centre - reach)));
    const to = Math.max(from, Math.min(length - 1, Math.floor(centre + reach)));
    const weights = new Float32Array(to - from + 1);
    for (let at = from; at <= to; at++) weights[at - from] = Math.max(0, 1 - Math.abs(at - centre) / reach);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    if (sum === 0) weights[0] = 1;
    else for (let k = 0; k < weights.length; k++) weights[k] = weights[k] / sum;
    return { from, weights };
  });
}
