import type { PlanePoint } from '../spine/index.ts';
import { band, behind } from './canal-shape.ts';
import { type PhantomShape, sidewaysMm } from './phantom-shape.ts';
import { inset, roundedBox } from './polygon.ts';
import { fill, type Target } from './raster.ts';
import { CARTILAGE, CORTEX, EPIDURAL_FAT, FLAVUM, GANGLION, POSTERIOR_MARROW } from './tissue.ts';

/** Laminae, spinous processes, pedicles, facets, foramina, yellow ligament and the sacral crest. */
export function paintPosterior(shape: PhantomShape, x: number, target: Target): void {
  const { canal, spine, anatomy } = shape;
  const last = canal.line.length - 1;
  // Behind the canal first soft tissue: nothing of the belly may show.
  const bone = (outline: readonly PlanePoint[], cortexMm: number) => {
    fill(target, outline, CORTEX);
    fill(target, inset(outline, cortexMm), POSTERIOR_MARROW);
  };
  const at = (i: number) =>
    x - sidewaysMm(anatomy, canal.line[Math.min(last, Math.max(0, Math.round(i)))][1]);
  paintCrest(shape, x, target);
  for (let k = spine.bodies.length - 1; k >= 0; k--) {
    const v = spine.bodies[k].anatomy;
    const d = anatomy.discs[k];
    const up = canal.upperAt[k];
    const low = canal.lowerAt[k];
    const height = low - up;
    const nextUp = k > 0 ? canal.upperAt[k - 1] : canal.sacralAt[0];
    const off = at((up + low) / 2);
    const ox = off < 0 ? -off : off;
    const depth = canal.back[Math.round((up + low) / 2)];
    const half = v.canalWidthMm / 2;
    const thoracic = k >= anatomy.lumbarCount;
    // Roof of the canal falls forward to the sides.
    const q = Math.min(1, ox / half);
    const arch = 0.35 + 0.65 * Math.sqrt(1 - q * q);
    const roof = depth * arch;
    if (ox < half + 2) {
      // Yellow ligament between the laminae.
      const gap = (low + nextUp) / 2 + 2;
      fill(
        target,
        band(
          canal,
          gap - 13,
          gap + 13,
          (i) => canal.back[i] * arch - 0.3 * d.flavumMm,
          (i) => canal.back[i] * arch + 0.7 * d.flavumMm,
        ),
        FLAVUM,
      );
      // Lamina: lower half of the body's level, upper edge leaning forward.
      const centre = behind(canal, up + 0.82 * height, roof + 4);
      const axis = tilted(canal.line, canal.normal, up + 0.82 * height, thoracic ? 0.2 : 0.16);
      bone(roundedBox(centre, axis, 0.4 * height, 3.6), 0.75);
    }
    if (ox < 4.6) {
      // Spinous process: from the lamina backwards and down.
      const s = up + 0.95 * height;
      const n = canal.normal[Math.min(last, Math.round(s))];
      const drop = thoracic ? 0.85 : 0.3;
      const along2 = direction(n, drop);
      const length = v.spinousLengthMm;
      const root = behind(canal, s - 2, depth + 3);
      const thin = ox > 3.4 ? 0.82 : 1;
      bone(spinousOutline(root, along2, (length + 3) * thin, v.spinousHeightMm * 0.46 * thin), 0.75);
    }
    if (ox > half - 2.5) {
      // Pedicle: upper half of the body to the articular pillar.
      const inPedicle = ox < half + 9;
      const fade = Math.sqrt(Math.max(0.05, 1 - Math.max(0, ox - half - 3) / 7));
      if (inPedicle) {
        const foramen = behind(canal, low - 2, 5.5);
        const axis = tilted(canal.line, canal.normal, low, 0.05);
        fill(target, roundedBox(foramen, axis, (0.33 * height + 3) * fade, 6.5 * fade), EPIDURAL_FAT);
        fill(target, roundedBox(behind(canal, low - 6, 4.4), axis, 3, 2.5), GANGLION);
        const shaft = behind(canal, up + 0.28 * height, 4);
        bone(roundedBox(shaft, canal.normal[Math.min(last, up)], 11, 0.25 * height), 0.9);
      }
      const beyond = ox - half;
      if (beyond < 11) {
        // Joint: its plane runs from the front near the middle to the back at the side. In front of it the upper
        // process of the next vertebra, behind it the lower process of this one.
        const axis = tilted(canal.line, canal.normal, low + 2, 0.1);
        const joint = 11.5 + 0.75 * (beyond + 2.5);
        const front = Math.max(8, joint - 8.5);
        const rear = Math.min(joint + 9, 25.5 - 0.2 * beyond);
        if (rear - joint > 2)
          bone(
            roundedBox(
              behind(canal, low - 1, (joint + rear) / 2 + 0.5),
              axis,
              0.5 * height,
              (rear - joint) / 2,
            ),
            1,
          );
        bone(
          roundedBox(behind(canal, low + 7, (joint + front) / 2 - 0.5), axis, 9.5, (joint - front) / 2),
          1,
        );
        fill(target, roundedBox(behind(canal, low + 5, joint), axis, 7, 0.6), CARTILAGE);
      }
      if (beyond > 6 && ox < 40 && !thoracic) {
        // Transverse process.
        const middle = behind(canal, up + 0.3 * height, 7 + 0.08 * ox);
        bone(roundedBox(middle, canal.normal[Math.min(last, up)], 3.6, 5.5 - 0.05 * ox), 1);
      }
    }
  }
}

/** Direction along the canal, leaning backwards by `lean`. */
function tilted(
  line: readonly PlanePoint[],
  normal: readonly PlanePoint[],
  i: number,
  lean: number,
): PlanePoint {
  const j = Math.min(line.length - 1, Math.max(0, Math.round(i)));
  return direction([-normal[j][1], normal[j][0]], -lean);
}

/** `n` turned towards the feet side by `drop` (tangent), unit length. */
function direction(n: PlanePoint, drop: number): PlanePoint {
  const u = n[0] - n[1] * drop;
  const v = n[1] + n[0] * drop;
  const l = Math.sqrt(u * u + v * v);
  return [u / l, v / l];
}

/** Hatchet: narrow at the root, deeper and hooked towards the feet at the tip; shares of length and of half height. */
const HATCHET: readonly (readonly [number, number])[] = [
  [0, -0.62],
  [0.2, -0.58],
  [0.5, -0.5],
  [0.8, -0.62],
  [0.97, -0.62],
  [1.02, -0.1],
  [0.99, 0.62],
  [0.86, 1.0],
  [0.62, 0.86],
  [0.4, 0.6],
  [0.2, 0.56],
  [0, 0.62],
];

function spinousOutline(root: PlanePoint, axis: PlanePoint, length: number, half: number): PlanePoint[] {
  const corners = HATCHET.map(
    ([a, b]): PlanePoint => [
      root[0] + axis[0] * a * length - axis[1] * b * half,
      root[1] + axis[1] * a * length + axis[0] * b * half,
    ],
  );
  return roundOff(roundOff(corners));
}

/** Chaikin's corner cutting, closed. */
function roundOff(points: readonly PlanePoint[]): PlanePoint[] {
  return points.flatMap((p, i): PlanePoint[] => {
    const q = points[(i + 1) % points.length];
    return [
      [0.75 * p[0] + 0.25 * q[0], 0.75 * p[1] + 0.25 * q[1]],
      [0.25 * p[0] + 0.75 * q[0], 0.25 * p[1] + 0.75 * q[1]],
    ];
  });
}

function paintCrest(shape: PhantomShape, x: number, target: Target): void {
  const { canal, anatomy } = shape;
  const ax = x < 0 ? -x : x;
  const last = canal.line.length - 1;
  if (ax > anatomy.sacralCanalWidthMm / 2 + 6) return;
  // Roof of the sacral canal with bumps of the median crest.
  const start = canal.sacralAt[0] + 6;
  const height = [10, 8, 5, 3, 2];
  canal.sacralAt.forEach((s, i) => {
    if (i > 3) return;
    const next = canal.sacralAt[i + 1] ?? last;
    const tall = ax < 5 ? height[i] : 0.4 * height[i];
    const middle = (s + next) / 2 + 2;
    const outline = roundedBox(
      behind(canal, middle, canal.back[Math.min(last, Math.round(middle))] + 1.5 + tall / 2),
      tilted(canal.line, canal.normal, middle, 0.05),
      (next - s) / 2 - 1,
      tall / 2 + 1.5,
    );
    fill(target, outline, CORTEX);
    fill(target, inset(outline, 1), POSTERIOR_MARROW);
  });
  fill(
    target,
    band(
      canal,
      start,
      last - 8,
      (i) => canal.back[i] - 0.5,
      (i) => canal.back[i] + 2.2,
    ),
    CORTEX,
  );
}
