import { boundsOf, type InPlaneGrid, type Polygon2 } from '../../geometry/index.ts';
import type { SpineOutline } from '../../spine/index.ts';
import { largestContour, type PlaneMap } from '../contours/index.ts';

/** Share of each pixel inside the polygon (5 × 5 points), blurred by a Gaussian and with noise added. */
function probabilityMap(
  polygon: Polygon2,
  spacing: number,
  blurMm: number,
  noise: number,
  random: () => number,
): PlaneMap {
  const { min, max } = boundsOf(polygon)!;
  const margin = 4 + 3 * blurMm;
  const phase = random() * spacing;
  const inPlane: InPlaneGrid = {
    columns: Math.ceil((max[0] - min[0] + 2 * margin) / spacing),
    rows: Math.ceil((max[1] - min[1] + 2 * margin) / spacing),
    spacingMm: [spacing, spacing],
    originMm: [min[0] - margin + phase, min[1] - margin + phase * 0.7],
  };
  const { columns, rows, originMm } = inPlane;
  const fine = 5;
  let data = new Float64Array(columns * rows);
  for (let j = 0; j < rows * fine; j++) {
    const v = originMm[1] + ((j + 0.5) / fine - 0.5) * spacing;
    const cuts: number[] = [];
    for (let e = 0; e < polygon.length; e++) {
      const a = polygon[e];
      const b = polygon[(e + 1) % polygon.length];
      if (a[1] <= v !== b[1] <= v) cuts.push(a[0] + ((v - a[1]) / (b[1] - a[1])) * (b[0] - a[0]));
    }
    cuts.sort((x, y) => x - y);
    for (let c = 0; c + 1 < cuts.length; c += 2) {
      const toFine = (u: number): number => ((u - originMm[0]) / spacing + 0.5) * fine - 0.5;
      for (
        let i = Math.max(0, Math.ceil(toFine(cuts[c])));
        i < Math.min(columns * fine, toFine(cuts[c + 1]));
        i++
      )
        data[Math.floor(i / fine) + columns * Math.floor(j / fine)] += 1 / (fine * fine);
    }
  }
  const sigma = blurMm / spacing;
  const reach = Math.ceil(3 * sigma);
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-0.5 * ((k - reach) / sigma) ** 2));
  const total = kernel.reduce((s, w) => s + w, 0);
  for (const step of [1, columns]) {
    const next = new Float64Array(data.length);
    for (let at = 0; at < data.length; at++) {
      let sum = 0;
      for (let k = -reach; k <= reach; k++) sum += (kernel[k + reach] / total) * (data[at + k * step] ?? 0);
      next[at] = sum;
    }
    data = next;
  }
  return { inPlane, data: data.map((x) => x + noise * (random() + random() + random() - 1.5) * 2) };
}

/** Every outline of a spine turned into a map of probability as a segmenter gives it, and traced again. */
export function traced(
  outline: SpineOutline,
  spacing: number,
  blurMm: number,
  noise: number,
  seed: number,
): SpineOutline {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  const trace = (polygon: Polygon2) =>
    largestContour(probabilityMap(polygon, spacing, blurMm, noise, random))!.outline;
  return {
    ...outline,
    pixelMm: spacing,
    bodies: outline.bodies.map((b) => ({ ...b, outline: trace(b.outline) })),
    discs: outline.discs.map((d) => ({ ...d, outline: trace(d.outline) })),
    ...(outline.sac === undefined ? {} : { sac: trace(outline.sac) }),
    ...(outline.canal === undefined ? {} : { canal: trace(outline.canal) }),
  };
}
