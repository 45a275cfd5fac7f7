/**
 * A lattice of pixels within one plane. Positions are mm along the row direction (x, increasing column) and the column
 * direction (y, increasing row), from a reference point that both grids of a resampling share: by custom the centre of
 * the native slice's first pixel.
 */
export interface InPlaneGrid {
  readonly columns: number;
  readonly rows: number;
  /** Along columns index, row index. */
  readonly spacingMm: readonly [number, number];
  /** Centre of pixel (0, 0). */
  readonly originMm: readonly [number, number];
}

/**
 * The grid of `spacingMm` that covers the same rectangle as `from`, pixel edges included, centred on it. With `size`
 * (columns, rows) the rectangle is cut or widened about its centre.
 */
export function inPlaneGridAt(
  from: InPlaneGrid,
  spacingMm: number | readonly [number, number],
  size?: readonly [number, number],
): InPlaneGrid {
  const spacing: [number, number] = typeof spacingMm === 'number' ? [spacingMm, spacingMm] : [...spacingMm];
  const extent = [from.columns * from.spacingMm[0], from.rows * from.spacingMm[1]];
  const counts = [0, 1].map((a) => size?.[a] ?? Math.max(1, Math.round(extent[a] / spacing[a])));
  const origin = [0, 1].map((a) => {
    const centre = from.originMm[a] + ((a === 0 ? from.columns : from.rows) - 1) * 0.5 * from.spacingMm[a];
    return centre - 0.5 * (counts[a] - 1) * spacing[a];
  });
  return { columns: counts[0], rows: counts[1], spacingMm: spacing, originMm: [origin[0], origin[1]] };
}
