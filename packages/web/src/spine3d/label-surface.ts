/** The surface of one structure of a label map, in patient coordinates. */
import { cross, dot, type Volume, type VoxelArray } from '@promontory/core/geometry';
import { evenOut, surfaceNet, vertexNormals } from './surface-net.ts';

export interface LabelSurface {
  readonly value: number;
  /** LPS mm, x y z in turn. */
  readonly positions: Float32Array;
  /** Unit, outwards, for each vertex. */
  readonly normals: Float32Array;
  readonly triangles: Uint32Array;
}

/** Blur within the slices, standard deviation, mm: takes the steps of the voxels, not the shape. */
export const SMOOTHING_MM = 1;
/** Between slices the blurred masks are interpolated down to this, mm. */
const BETWEEN_MM = 1.5;
const ROUNDS = 8;

export function labelValues({ data }: Volume<VoxelArray>): number[] {
  const seen = new Set<number>();
  for (let k = 0; k < data.length; k++) if (data[k] !== 0) seen.add(data[k]);
  return [...seen].sort((a, b) => a - b);
}

/** @returns `undefined` where the value does not occur */
export function labelSurface(volume: Volume<VoxelArray>, value: number): LabelSurface | undefined {
  const { grid, data } = volume;
  const [nx, ny, nz] = grid.size;
  const box = boxOf(data, nx, ny, value);
  if (box === undefined) return undefined;
  const sigma = [SMOOTHING_MM / grid.spacingMm[0], SMOOTHING_MM / grid.spacingMm[1]];
  const margin = Math.ceil(3 * Math.max(...sigma)) + 2;
  // One empty slice on either side closes the surface half a slice beyond the last one that has it.
  const origin = [box.min[0] - margin, box.min[1] - margin, box.min[2] - 1];
  const size = [
    box.max[0] - box.min[0] + 1 + 2 * margin,
    box.max[1] - box.min[1] + 1 + 2 * margin,
    box.max[2] - box.min[2] + 3,
  ];
  const [cx, cy, cz] = size;
  const mask = new Float32Array(cx * cy * cz);
  for (let k = 0; k < cz; k++)
    for (let j = 0; j < cy; j++)
      for (let i = 0; i < cx; i++) {
        const [x, y, z] = [i + origin[0], j + origin[1], k + origin[2]];
        if (x < 0 || y < 0 || z < 0 || x >= nx || y >= ny || z >= nz) continue;
        if (data[x + nx * (y + ny * z)] === value) mask[i + cx * (j + cy * k)] = 1;
      }
  blur(mask, [cx, cy, cz], 0, sigma[0]);
  blur(mask, [cx, cy, cz], 1, sigma[1]);

  const between = Math.max(1, Math.round(grid.spacingMm[2] / BETWEEN_MM));
  const finer = interpolated(mask, [cx, cy, cz], between);
  const { positions, triangles } = surfaceNet(finer);
  for (let v = 0; v < positions.length; v += 3) {
    const x = (positions[v] + origin[0]) * grid.spacingMm[0];
    const y = (positions[v + 1] + origin[1]) * grid.spacingMm[1];
    const z = (positions[v + 2] / between + origin[2]) * grid.spacingMm[2];
    for (let a = 0; a < 3; a++)
      positions[v + a] = grid.originMm[a] + x * grid.axes[0][a] + y * grid.axes[1][a] + z * grid.axes[2][a];
  }
  evenOut(positions, triangles, ROUNDS);
  // A left-handed lattice turns every triangle inside out.
  if (dot(cross(grid.axes[0], grid.axes[1]), grid.axes[2]) < 0)
    for (let t = 0; t < triangles.length; t += 3)
      [triangles[t + 1], triangles[t + 2]] = [triangles[t + 2], triangles[t + 1]];
  return { value, positions, normals: vertexNormals(positions, triangles), triangles };
}

type Triple = [number, number, number];

function boxOf(
  data: ArrayLike<number>,
  nx: number,
  ny: number,
  value: number,
): { readonly min: Triple; readonly max: Triple } | undefined {
  const min: Triple = [Infinity, Infinity, Infinity];
  const max: Triple = [-1, -1, -1];
  for (let index = 0; index < data.length; index++) {
    if (data[index] !== value) continue;
    const i = index % nx;
    const j = ((index - i) / nx) % ny;
    const place: Triple = [i, j, Math.floor(index / (nx * ny))];
    for (let a = 0; a < 3; a++) {
      min[a] = Math.min(min[a], place[a]);
      max[a] = Math.max(max[a], place[a]);
    }
  }
  return max[0] < 0 ? undefined : { min, max };
}

/** Gaussian along columns (0) or rows (1), in place; the rim is empty, so nothing is lost beyond it. */
function blur(data: Float32Array, [nx, ny, nz]: Triple, axis: 0 | 1, sigma: number): void {
  const reach = Math.ceil(3 * sigma);
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-0.5 * ((k - reach) / sigma) ** 2));
  const total = kernel.reduce((sum, w) => sum + w, 0);
  const n = axis === 0 ? nx : ny;
  const stride = axis === 0 ? 1 : nx;
  const line = new Float32Array(n);
  for (let k = 0; k < nz; k++)
    for (let other = 0; other < (axis === 0 ? ny : nx); other++) {
      const start = k * nx * ny + other * (axis === 0 ? nx : 1);
      for (let p = 0; p < n; p++) line[p] = data[start + p * stride];
      for (let p = 0; p < n; p++) {
        let sum = 0;
        for (let q = Math.max(0, p - reach); q <= Math.min(n - 1, p + reach); q++)
          sum += kernel[q - p + reach] * line[q];
        data[start + p * stride] = sum / total;
      }
    }
}

/** Linear between slices: `parts` steps from each to the next. */
function interpolated(data: Float32Array, [nx, ny, nz]: Triple, parts: number) {
  if (parts === 1) return { size: [nx, ny, nz] as Triple, data };
  const slice = nx * ny;
  const size: Triple = [nx, ny, (nz - 1) * parts + 1];
  const finer = new Float32Array(slice * size[2]);
  for (let k = 0; k < size[2]; k++) {
    const below = Math.min(nz - 2, Math.floor(k / parts));
    const share = k / parts - below;
    for (let p = 0; p < slice; p++)
      finer[k * slice + p] = (1 - share) * data[below * slice + p] + share * data[(below + 1) * slice + p];
  }
  return { size, data: finer };
}
