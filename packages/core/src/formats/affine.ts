import { cross, dot, type Grid, length, scale, type Vec3 } from '../geometry/index.ts';

/** Three rows of four: patient position in mm of a voxel index, in NIfTI's RAS (+x right, +y anterior, +z head). */
export type AffineRas = readonly [Row, Row, Row];
type Row = readonly [number, number, number, number];

/** Cosine between two axes beyond which a lattice counts as sheared; scanners round to about 1e-4. */
const SHEAR_TOLERANCE = 1e-3;

/**
 * The grid of an RAS affine, in LPS. Undefined where the affine is degenerate or sheared, for a `Grid` has
 * orthogonal axes.
 */
export function gridFromAffine(affine: AffineRas, size: readonly [number, number, number]): Grid | undefined {
  const columns = [0, 1, 2].map((c) => lps(affine[0][c], affine[1][c], affine[2][c]));
  const spacing = columns.map(length);
  if (spacing.some((s) => !(s > 0) || !Number.isFinite(s))) return undefined;
  const [x, y, z] = columns.map((c, i) => scale(c, 1 / spacing[i]));
  if ([dot(x, y), dot(y, z), dot(z, x)].some((d) => Math.abs(d) > SHEAR_TOLERANCE)) return undefined;
  const originMm = lps(affine[0][3], affine[1][3], affine[2][3]);
  if (!originMm.every(Number.isFinite)) return undefined;
  return { size, spacingMm: [spacing[0], spacing[1], spacing[2]], originMm, axes: [x, y, z] };
}

/** The RAS affine of a grid. */
export function affineFromGrid(grid: Grid): AffineRas {
  const row = (r: 0 | 1 | 2): Row => {
    const sign = r === 2 ? 1 : -1;
    const at = (c: 0 | 1 | 2) => unsign(sign * grid.axes[c][r] * grid.spacingMm[c]);
    return [at(0), at(1), at(2), unsign(sign * grid.originMm[r])];
  };
  return [row(0), row(1), row(2)];
}

/** A quaternion (b, c, d; a ≥ 0 follows) and the sign of the slice axis, as NIfTI's qform holds a rotation. */
export interface Quaternion {
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly qfac: 1 | -1;
}

/** Rotation part of an RAS affine as a quaternion (nifti1.h, method 2). The axes must be orthogonal. */
export function quaternionFromAffine(affine: AffineRas): Quaternion {
  const unit = (c: number): Vec3 => {
    const v: Vec3 = [affine[0][c], affine[1][c], affine[2][c]];
    return scale(v, 1 / length(v));
  };
  const x = unit(0);
  const y = unit(1);
  const qfac = dot(cross(x, y), unit(2)) < 0 ? -1 : 1;
  const z = scale(unit(2), qfac);
  const trace = x[0] + y[1] + z[2];
  // Four formulas, each stable where its divisor is large.
  let [a, b, c, d] = [0, 0, 0, 0];
  if (trace > 0) {
    a = Math.sqrt(1 + trace) / 2;
    [b, c, d] = [(y[2] - z[1]) / (4 * a), (z[0] - x[2]) / (4 * a), (x[1] - y[0]) / (4 * a)];
  } else if (x[0] >= y[1] && x[0] >= z[2]) {
    b = Math.sqrt(1 + x[0] - y[1] - z[2]) / 2;
    [a, c, d] = [(y[2] - z[1]) / (4 * b), (x[1] + y[0]) / (4 * b), (z[0] + x[2]) / (4 * b)];
  } else if (y[1] >= z[2]) {
    c = Math.sqrt(1 + y[1] - x[0] - z[2]) / 2;
    [a, b, d] = [(z[0] - x[2]) / (4 * c), (x[1] + y[0]) / (4 * c), (y[2] + z[1]) / (4 * c)];
  } else {
    d = Math.sqrt(1 + z[2] - x[0] - y[1]) / 2;
    [a, b, c] = [(x[1] - y[0]) / (4 * d), (z[0] + x[2]) / (4 * d), (y[2] + z[1]) / (4 * d)];
  }
  return a < 0 ? { b: -b, c: -c, d: -d, qfac } : { b, c, d, qfac };
}

/** The RAS affine of a qform (nifti1.h, method 2). */
export function affineFromQuaternion(q: Quaternion, spacingMm: Vec3, offsetMm: Vec3): AffineRas {
  let { b, c, d } = q;
  const square = b * b + c * c + d * d;
  const a = square > 1 ? 0 : Math.sqrt(1 - square);
  if (square > 1) [b, c, d] = scale([b, c, d], 1 / Math.sqrt(square));
  const [sx, sy, sz] = [spacingMm[0], spacingMm[1], spacingMm[2] * q.qfac];
  return [
    [(a * a + b * b - c * c - d * d) * sx, 2 * (b * c - a * d) * sy, 2 * (b * d + a * c) * sz, offsetMm[0]],
    [2 * (b * c + a * d) * sx, (a * a + c * c - b * b - d * d) * sy, 2 * (c * d - a * b) * sz, offsetMm[1]],
    [2 * (b * d - a * c) * sx, 2 * (c * d + a * b) * sy, (a * a + d * d - b * b - c * c) * sz, offsetMm[2]],
  ];
}

const lps = (x: number, y: number, z: number): Vec3 => [unsign(-x), unsign(-y), unsign(z)];
const unsign = (x: number): number => (x === 0 ? 0 : x); // no negative zeros
