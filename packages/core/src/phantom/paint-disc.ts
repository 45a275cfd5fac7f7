import type { PlanePoint } from '../spine/index.ts';
import type { DiscAnatomy } from './anatomy.ts';
import type { DiscTissue } from './level-tissue.ts';
import { type PhantomShape, sidewaysMm } from './phantom-shape.ts';
import { discSection, frameOfDisc } from './plane-section.ts';
import { along, lerp, stroke } from './polygon.ts';
import { fill, type Target } from './raster.ts';
import { type LateralFrame, lateralShare, sectionAt } from './section.ts';
import type { PlacedDisc } from './spine-shape.ts';

/** All discs in the plane `x` mm to the left. */
export function paintDiscs(shape: PhantomShape, x: number, target: Target): void {
  shape.spine.discs.forEach((disc, k) => {
    const outline = discSection(shape, k, x);
    if (outline.length === 0) return;
    const t = shape.tissues.discs[k];
    fill(target, outline, t.outerAnnulus);
    const at = x - sidewaysMm(shape.anatomy, disc.centre[1]);
    paintNucleus(disc, disc.anatomy, t, frameOfDisc(shape, k), at, target);
  });
}

/** Inner annulus, nucleus, cleft and high-intensity zone between the endplates. */
function paintNucleus(
  disc: PlacedDisc,
  d: DiscAnatomy,
  t: DiscTissue,
  frame: LateralFrame,
  x: number,
  target: Target,
): void {
  const across = 1 - lateralShare(Math.min(1, (x < 0 ? -x : x) / (0.78 * frame.halfWidthMm)));
  const lens = (from: number, to: number, gapMm: number, share: number): PlanePoint[] => {
    const n = disc.top.length - 1;
    const upper: PlanePoint[] = [];
    const lower: PlanePoint[] = [];
    const a = from + across * (0.5 - from);
    const b = to - across * (to - 0.5);
    for (let i = 0; i <= 20; i++) {
      const s = a + ((b - a) * i) / 20;
      const p = disc.top[Math.round(s * n)];
      const q = disc.bottom[Math.round(s * n)];
      const height = Math.sqrt((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]));
      const e = (2 * i) / 20 - 1;
      // Rounded ends.
      const open = Math.max(0, height / 2 - gapMm) * share * Math.sqrt(Math.max(0, 1 - e * e * e * e));
      const m = lerp(p, q, 0.5);
      upper.push(along(m, disc.headward, open));
      lower.push(along(m, disc.headward, -open));
    }
    return [...upper, ...lower.reverse()];
  };
  if (across > 0.97) return;
  const place = (polygon: PlanePoint[]) => sectionAt(polygon, frame, x);
  fill(target, place(lens(0.1, 0.91, 0.35, 1)), t.innerAnnulus);
  fill(target, place(lens(0.2, 0.84, 0.6, 1)), t.nucleus);
  if (d.cleft) fill(target, place(lens(0.28, 0.78, 0.6, 0.16)), t.cleft);
  if (d.highIntensityZone && x * x < 16) {
    const n = disc.top.length - 1;
    const m = lerp(disc.top[Math.round(0.93 * n)], disc.bottom[Math.round(0.93 * n)], 0.62);
    fill(target, stroke([along(m, disc.headward, 1.4), m, along(m, disc.headward, -1.4)], 0.9), t.zone);
  }
  const h = d.herniation;
  if (h && across < 0.9) {
    const off = (x - h.lateralMm) / h.halfWidthMm;
    if (off * off < 0.6) {
      const back = lerp(disc.top[disc.top.length - 1], disc.bottom[disc.bottom.length - 1], 0.5);
      const inner = along(along(back, disc.headward, -h.migrationMm), disc.backward, 0.45 * h.depthMm);
      const centre = along(back, disc.backward, -6);
      fill(
        target,
        stroke([centre, lerp(centre, inner, 0.6), inner], (i) => [0.8, 1.1, 0.36 * h.halfHeightMm][i]),
        t.innerAnnulus,
      );
    }
  }
}
