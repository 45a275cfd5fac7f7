/** A closed surface round what is inside of a field: surface nets (Gibson, MICCAI 1998; LNCS 1496: 888). */

/** Values on a lattice, `data[i + columns * (j + rows * k)]`. */
export interface Field {
  readonly size: readonly [number, number, number];
  readonly data: ArrayLike<number>;
}

/** Triangles; positions in lattice indices (x, y, z of each vertex in turn). */
export interface Net {
  readonly positions: Float32Array;
  readonly triangles: Uint32Array;
}

/**
 * One vertex for each cell that the level passes through, at the mean of where it crosses the cell's edges; a quad for
 * each edge that it crosses. Closed wherever the field is below the level all round its rim; triangles turn
 * counter-clockwise seen from outside in a right-handed lattice.
 */
export function surfaceNet({ size, data }: Field, level = 0.5): Net {
  const [nx, ny, nz] = size;
  const at = (i: number, j: number, k: number): number => data[i + nx * (j + ny * k)];
  const vertexOf = new Int32Array((nx - 1) * (ny - 1) * (nz - 1)).fill(-1);
  const cell = (i: number, j: number, k: number): number => i + (nx - 1) * (j + (ny - 1) * k);
  const positions: number[] = [];
  for (let k = 0; k < nz - 1; k++)
    for (let j = 0; j < ny - 1; j++)
      for (let i = 0; i < nx - 1; i++) {
        let [x, y, z, crossings] = [0, 0, 0, 0];
        for (const [a, b] of EDGES) {
          const va = at(i + (a & 1), j + ((a >> 1) & 1), k + (a >> 2)) - level;
          const vb = at(i + (b & 1), j + ((b >> 1) & 1), k + (b >> 2)) - level;
          if (va > 0 === vb > 0) continue;
          const share = va / (va - vb);
          x += (a & 1) + share * ((b & 1) - (a & 1));
          y += ((a >> 1) & 1) + share * (((b >> 1) & 1) - ((a >> 1) & 1));
          z += (a >> 2) + share * ((b >> 2) - (a >> 2));
          crossings += 1;
        }
        if (crossings === 0) continue;
        vertexOf[cell(i, j, k)] = positions.length / 3;
        positions.push(i + x / crossings, j + y / crossings, k + z / crossings);
      }

  const triangles: number[] = [];
  const quad = (a: number, b: number, c: number, d: number, isTurned: boolean): void => {
    if (isTurned) triangles.push(a, c, b, a, d, c);
    else triangles.push(a, b, c, a, c, d);
  };
  for (let k = 1; k < nz - 1; k++)
    for (let j = 1; j < ny - 1; j++)
      for (let i = 1; i < nx - 1; i++) {
        const isIn = at(i, j, k) > level;
        const v = (di: number, dj: number, dk: number): number => vertexOf[cell(i - di, j - dj, k - dk)];
        if (isIn !== at(i + 1, j, k) > level) quad(v(0, 1, 1), v(0, 0, 1), v(0, 0, 0), v(0, 1, 0), !isIn);
        if (isIn !== at(i, j + 1, k) > level) quad(v(1, 0, 1), v(1, 0, 0), v(0, 0, 0), v(0, 0, 1), !isIn);
        if (isIn !== at(i, j, k + 1) > level) quad(v(1, 1, 0), v(0, 1, 0), v(0, 0, 0), v(1, 0, 0), !isIn);
      }
  return { positions: new Float32Array(positions), triangles: new Uint32Array(triangles) };
}

/** Corners 0–7 of a cell (bit 0: x, bit 1: y, bit 2: z), joined by its twelve edges. */
const EDGES = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((a) =>
  [1, 2, 4].flatMap((bit) => ((a & bit) === 0 ? [[a, a | bit] as const] : [])),
);

/**
 * Evens out steps: each vertex moves towards the mean of its neighbours and back (Taubin, SIGGRAPH 1995), which keeps
 * the volume where plain averaging shrinks it. In place.
 */
export function evenOut(positions: Float32Array, triangles: Uint32Array, rounds: number): void {
  const n = positions.length / 3;
  const sums = new Float32Array(positions.length);
  const counts = new Uint16Array(n);
  for (let t = 0; t < triangles.length; t++) counts[triangles[t]] += 2;
  for (let round = 0; round < 2 * rounds; round++) {
    const share = round % 2 === 0 ? 0.5 : -0.53;
    sums.fill(0);
    for (let t = 0; t < triangles.length; t += 3)
      for (let c = 0; c < 3; c++) {
        const to = 3 * triangles[t + c];
        for (const other of [3 * triangles[t + ((c + 1) % 3)], 3 * triangles[t + ((c + 2) % 3)]])
          for (let a = 0; a < 3; a++) sums[to + a] += positions[other + a];
      }
    for (let v = 0; v < n; v++)
      if (counts[v] > 0)
        for (let a = 0; a < 3; a++) {
          const p = 3 * v + a;
          positions[p] += share * (sums[p] / counts[v] - positions[p]);
        }
  }
}

/** The mean of the triangles round each vertex, by their area. */
export function vertexNormals(positions: Float32Array, triangles: Uint32Array): Float32Array {
  const normals = new Float32Array(positions.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [3 * triangles[t], 3 * triangles[t + 1], 3 * triangles[t + 2]];
    const u = [0, 1, 2].map((k) => positions[b + k] - positions[a + k]);
    const v = [0, 1, 2].map((k) => positions[c + k] - positions[a + k]);
    for (let k = 0; k < 3; k++) {
      const n = u[(k + 1) % 3] * v[(k + 2) % 3] - u[(k + 2) % 3] * v[(k + 1) % 3];
      for (const vertex of [a, b, c]) normals[vertex + k] += n;
    }
  }
  for (let v = 0; v < normals.length; v += 3) {
    const size = Math.hypot(normals[v], normals[v + 1], normals[v + 2]) || 1;
    for (let k = 0; k < 3; k++) normals[v + k] /= size;
  }
  return normals;
}
