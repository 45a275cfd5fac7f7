import { cross, distance, dot, type Grid, subtract, toPatient, type Vec3 } from '@promontory/core/geometry';
import { describe, expect, it } from 'vitest';
import { labelSurface, labelValues } from './label-surface.ts';
import { surfaceNet } from './surface-net.ts';

interface Mesh {
  readonly positions: Float32Array;
  readonly triangles: Uint32Array;
}
const corner = ({ positions }: Mesh, v: number): Vec3 => [
  positions[3 * v],
  positions[3 * v + 1],
  positions[3 * v + 2],
];

/** By the divergence theorem; positive where triangles turn outwards. */
function volumeOf(mesh: Mesh): number {
  let six = 0;
  for (let t = 0; t < mesh.triangles.length; t += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => corner(mesh, mesh.triangles[t + k]));
    six += dot(a, cross(b, c));
  }
  return six / 6;
}

/** Every side of a triangle belongs to another one, the other way round. */
function isClosed({ triangles }: Mesh): boolean {
  const sides = new Map<string, number>();
  for (let t = 0; t < triangles.length; t += 3)
    for (let c = 0; c < 3; c++) {
      const [a, b] = [triangles[t + c], triangles[t + ((c + 1) % 3)]];
      sides.set(`${a} ${b}`, (sides.get(`${a} ${b}`) ?? 0) + 1);
    }
  return [...sides].every(([side, count]) => sides.get(side.split(' ').reverse().join(' ')) === count);
}

function ball(n: number, radius: number) {
  const data = new Float32Array(n ** 3);
  const middle = (n - 1) / 2;
  for (let k = 0; k < n; k++)
    for (let j = 0; j < n; j++)
      for (let i = 0; i < n; i++)
        data[i + n * (j + n * k)] = radius - Math.hypot(i - middle, j - middle, k - middle);
  return { size: [n, n, n] as const, data };
}

describe('a surface', () => {
  it('is closed, turns outwards and holds the volume', () => {
    const mesh = surfaceNet(ball(34, 13), 0);
    expect(isClosed(mesh)).toBe(true);
    expect(volumeOf(mesh) / ((4 / 3) * Math.PI * 13 ** 3)).toBeCloseTo(1, 1);
  });

  /** Sagittal slices of 4 mm, as they come: rows to the back, columns to the feet. */
  const lattice = (left: 1 | -1): Grid => ({
    size: [50, 60, 13],
    spacingMm: [1, 1, 4],
    originMm: [-24 * left, -25, 40],
    axes: [
      [0, 1, 0],
      [0, 0, -1],
      [left, 0, 0],
    ],
  });
  it.each([1, -1] as const)(
    'of a label in thick slices stays within a millimetre of it, also left-handed (%i)',
    (left) => {
      const grid = lattice(left);
      const centre = toPatient(grid, [25, 30, 6]);
      const data = new Uint8Array(50 * 60 * 13);
      for (let k = 0; k < 13; k++)
        for (let j = 0; j < 60; j++)
          for (let i = 0; i < 50; i++)
            if (distance(toPatient(grid, [i, j, k]), centre) <= 16) data[i + 50 * (j + 60 * k)] = 23;
      expect(labelValues({ grid, data })).toEqual([23]);
      const surface = labelSurface({ grid, data }, 23);
      if (surface === undefined) throw new Error('No surface');
      expect(isClosed(surface)).toBe(true);
      const about = { ...surface, positions: surface.positions.map((p, k) => p - centre[k % 3]) };
      expect(volumeOf(about) / ((4 / 3) * Math.PI * 16 ** 3)).toBeGreaterThan(0.9);
      expect(volumeOf(about) / ((4 / 3) * Math.PI * 16 ** 3)).toBeLessThan(1.1);
      for (let v = 0; v < surface.normals.length / 3; v += 7) {
        const n: Vec3 = [surface.normals[3 * v], surface.normals[3 * v + 1], surface.normals[3 * v + 2]];
        expect(Math.hypot(...n)).toBeCloseTo(1, 4);
        expect(dot(n, subtract(corner(surface, v), centre))).toBeGreaterThan(0);
      }
      // Off the poles, where the last slice ends somewhere within its thickness.
      for (let v = 0; v < surface.positions.length / 3; v++) {
        const d = subtract(corner(surface, v), centre);
        if (Math.abs(d[0]) < 8) expect(Math.abs(Math.hypot(...d) - 16)).toBeLessThan(1.3);
      }
    },
  );

  it('of a label at the edge of the volume is closed, and of one that does not occur is none', () => {
    const grid = lattice(1);
    const data = new Uint8Array(50 * 60 * 13);
    for (let k = 0; k < 13; k++)
      for (let j = 0; j < 9; j++) for (let i = 0; i < 50; i++) data[i + 50 * (j + 60 * k)] = 5;
    const surface = labelSurface({ grid, data }, 5);
    expect(surface !== undefined && isClosed(surface)).toBe(true);
    expect(labelSurface({ grid, data }, 6)).toBeUndefined();
  });
});
