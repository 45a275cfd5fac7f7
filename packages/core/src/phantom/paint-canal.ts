import type { PlanePoint } from '../spine/index.ts';
import { bump, smoothStep } from './arithmetic.ts';
import { band, behind, cordMiddle } from './canal-shape.ts';
import { type PhantomShape, sidewaysMm } from './phantom-shape.ts';
import { stroke } from './polygon.ts';
import { fill, type Target } from './raster.ts';
import { CORD, CSF, DURA, EPIDURAL_FAT, EPIDURAL_VEIN, ROOT } from './tissue.ts';

/** Dura, mm. */
const DURA_MM = 0.35;

/** Epidural fat and veins, dural sac, roots and cord in the plane `x` mm to the left. */
export function paintCanal(shape: PhantomShape, x: number, target: Target): void {
  const { canal, anatomy } = shape;
  const last = canal.line.length - 1;
  const side = (i: number) => x - sidewaysMm(anatomy, canal.line[i][1]);
  // Canal: the hollow behind the bodies, an arch across.
  const open = (i: number) => {
    const q = side(i) / canal.halfWidth[i];
    return q * q < 1 ? Math.sqrt(1 - q * q) : 0;
  };
  fill(
    target,
    band(
      canal,
      0,
      last - 6,
      () => -4,
      (i) => (open(i) > 0 ? canal.back[i] * (0.35 + 0.65 * open(i)) : -4),
    ),
    EPIDURAL_FAT,
  );
  // Ventral veins behind the waists of the bodies.
  shape.spine.bodies.forEach((_, k) => {
    const middle = (canal.upperAt[k] + canal.lowerAt[k]) / 2;
    if (open(Math.round(middle)) > 0.3)
      fill(
        target,
        band(
          canal,
          middle - 7,
          middle + 7,
          () => -3,
          (i) => Math.min(canal.sacFront[i], canal.front[i] + 1.4),
        ),
        EPIDURAL_VEIN,
      );
  });
  const end = Math.floor(canal.sacEndAt);
  const share = (i: number) => {
    const q = side(i) / Math.max(0.1, canal.sacHalfWidth[i]);
    return q * q < 1 ? Math.sqrt(1 - q * q) : 0;
  };
  const sac = (shrink: number) =>
    band(
      canal,
      0,
      end,
      (i) => middleOf(i) - Math.max(0, (share(i) * (canal.sacBack[i] - canal.sacFront[i])) / 2 - shrink),
      (i) => middleOf(i) + Math.max(0, (share(i) * (canal.sacBack[i] - canal.sacFront[i])) / 2 - shrink),
    );
  const middleOf = (i: number) => (canal.sacFront[i] + canal.sacBack[i]) / 2;
  fill(target, sac(0), DURA);
  fill(target, sac(DURA_MM), CSF);
  for (const root of shape.roots) {
    const line: PlanePoint[] = [];
    const flush = () => {
      if (line.length > 2) fill(target, stroke(line, root.halfMm), ROOT, CSF);
      line.length = 0;
    };
    for (let i = Math.max(0, Math.floor(root.from)); i <= Math.min(end - 2, root.to); i += 3) {
      const t = (i - root.from) / (root.to - root.from);
      const sway = 0.07 * wave((i + root.wave) / 37);
      const at = (root.sideFrom + (root.sideTo - root.sideFrom) * t + sway) * canal.sacHalfWidth[i];
      const off = side(i) - at;
      if (off * off > root.halfMm * root.halfMm * 1.3) {
        flush();
        continue;
      }
      const depth = root.depthFrom + (root.depthTo - root.depthFrom) * smoothStep(t, 0, 0.7) + sway;
      line.push(
        behind(canal, i, canal.sacFront[i] + 0.5 + depth * (canal.sacBack[i] - canal.sacFront[i] - 1)),
      );
    }
    flush();
  }
  const cordShare = (i: number) => {
    const q = side(i) / (1.25 * Math.max(0.1, canal.cordHalf[i]));
    return q * q < 1 ? Math.sqrt(1 - q * q) : 0;
  };
  fill(
    target,
    band(
      canal,
      0,
      canal.conusAt - 1,
      (i) => cordMiddle(canal, i) - canal.cordHalf[i] * cordShare(i),
      (i) => cordMiddle(canal, i) + canal.cordHalf[i] * cordShare(i),
    ),
    CORD,
  );
}

/** Triangle-like wave between −1 and 1, smooth. */
function wave(x: number): number {
  const t = x - Math.floor(x);
  return t < 0.5 ? 2 * bump(4 * t - 1) - 1 : 1 - 2 * bump(4 * t - 3) - 0;
}
