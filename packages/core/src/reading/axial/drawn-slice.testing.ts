import type { InPlaneGrid, Point2 } from '../../geometry/index.ts';
import { rotate2 } from '../../geometry/index.ts';
import { AXIAL_CLASSES, type AxialClass, type AxialScores } from './score-axial.ts';

/** An ellipse: middle, half axes across and front to back, mm, before the turn of the person. */
export interface Ellipse {
  readonly middle: Point2;
  readonly half: Point2;
}

/** A usual slice, mm from the middle of the picture: x to the patient's left, y to the back. */
export const USUAL: Partial<Record<AxialClass, readonly Ellipse[]>> = {
  sac: [{ middle: [0, 8], half: [9, 7] }],
  disc: [{ middle: [0, -18], half: [25, 17] }],
  psoas: [
    { middle: [-42, -10], half: [14, 18] },
    { middle: [42, -10], half: [12, 18] },
  ],
  multifidus: [
    { middle: [-16, 42], half: [12, 15] },
    { middle: [16, 42], half: [12, 15] },
  ],
};

export const LATTICE: InPlaneGrid = {
  columns: 220,
  rows: 200,
  spacingMm: [0.75, 0.75],
  originMm: [-82.125, -74.625],
};

/** Scores of ellipses with soft edges, the whole turned by an angle about the middle. */
export function drawnScores(
  shapes: Partial<Record<AxialClass, readonly Ellipse[]>>,
  turnDeg = 0,
  lattice: InPlaneGrid = LATTICE,
): AxialScores {
  const n = lattice.columns * lattice.rows;
  const planes = new Map(AXIAL_CLASSES.map((name) => [name, new Float32Array(n)]));
  for (let at = 0; at < n; at++) {
    const i = at % lattice.columns;
    const place: Point2 = [
      lattice.originMm[0] + i * lattice.spacingMm[0],
      lattice.originMm[1] + ((at - i) / lattice.columns) * lattice.spacingMm[1],
    ];
    const [x, y] = rotate2(place, (-turnDeg * Math.PI) / 180);
    let most = 0;
    for (const [name, ellipses] of Object.entries(shapes)) {
      for (const { middle, half } of ellipses) {
        const dx = (x - middle[0]) / half[0];
        const dy = (y - middle[1]) / half[1];
        const r = Math.hypot(dx, dy);
        // Signed distance from the edge, nearly: 0.5 on the edge, falling over about a millimetre.
        const away = r === 0 ? -1e3 : (r - 1) * (r / Math.hypot(dx / half[0], dy / half[1]));
        const p = 1 / (1 + Math.exp(4 * away));
        const plane = planes.get(name as AxialClass)!;
        plane[at] = Math.max(plane[at], p);
        most = Math.max(most, p);
      }
    }
    planes.get('background')![at] = 1 - most;
  }
  return { lattice, plane: (name) => planes.get(name)! };
}
