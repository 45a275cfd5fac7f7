import { type Grid, toPatient, type Vec3 } from '../geometry/index.ts';

/** Distances between the surfaces of two sets of voxels, both ways together, mm. */
export interface SurfaceDistances {
  readonly hd95Mm: number;
  readonly assdMm: number;
}

/**
 * 95th percentile (HD95) and mean (ASSD) of the distance from each surface voxel of one set to the nearest of the other.
 * A voxel lies on the surface if one of its six neighbours is not in the set; distances are between voxel centres.
 * @param a, b voxel indices on the grid, ascending, not empty
 */
export function surfaceDistances(a: readonly number[], b: readonly number[], grid: Grid): SurfaceDistances {
  const [surfaceA, surfaceB] = [surfaceOf(a, grid), surfaceOf(b, grid)];
  const distances = [...nearest(surfaceA, surfaceB), ...nearest(surfaceB, surfaceA)].sort((p, q) => p - q);
  const sum = distances.reduce((total, d) => total + d, 0);
  return {
    hd95Mm: distances[Math.min(distances.length - 1, Math.floor(0.95 * distances.length))],
    assdMm: sum / distances.length,
  };
}

/** Surface points in patient space, sorted by their third coordinate. */
function surfaceOf(voxels: readonly number[], grid: Grid): Vec3[] {
  const [columns, rows, slices] = grid.size;
  const within = new Set(voxels);
  const points: Vec3[] = [];
  for (const at of voxels) {
    const i = at % columns;
    const j = Math.floor(at / columns) % rows;
    const k = Math.floor(at / (columns * rows));
    const buried =
      i > 0 &&
      within.has(at - 1) &&
      i < columns - 1 &&
      within.has(at + 1) &&
      j > 0 &&
      within.has(at - columns) &&
      j < rows - 1 &&
      within.has(at + columns) &&
      (slices === 1 ||
        (k > 0 && within.has(at - columns * rows) && k < slices - 1 && within.has(at + columns * rows)));
    if (!buried) points.push(toPatient(grid, [i, j, k]));
  }
  return points.sort((p, q) => p[2] - q[2]);
}

/** For each point the distance to the nearest of the others; both sorted by their third coordinate. */
function nearest(points: readonly Vec3[], others: readonly Vec3[]): number[] {
  let start = 0;
  return points.map((p) => {
    while (start < others.length - 1 && others[start][2] < p[2]) start++;
    let best = Number.POSITIVE_INFINITY;
    const look = (i: number): boolean => {
      const q = others[i];
      const dz = q[2] - p[2];
      if (dz * dz >= best) return false;
      best = Math.min(best, (q[0] - p[0]) ** 2 + (q[1] - p[1]) ** 2 + dz * dz);
      return true;
    };
    for (let i = start; i < others.length && look(i); i++);
    for (let i = start - 1; i >= 0 && look(i); i--);
    return Math.sqrt(best);
  });
}
