import type { PlanePoint } from '../spine/index.ts';
import { bump } from './arithmetic.ts';
import { type PhantomShape, sidewaysMm } from './phantom-shape.ts';
import { along, lerp } from './polygon.ts';
import { type LateralFrame, sectionAt } from './section.ts';
import type { PlacedDisc } from './spine-shape.ts';

/*
 * Bodies and discs as they are cut by a sagittal plane `x` mm to the left of the middle plane.
 */

export function frameOfDisc(shape: PhantomShape, k: number): LateralFrame {
  const d = shape.spine.discs[k];
  return {
    centre: d.centre,
    backward: d.backward,
    headward: d.headward,
    halfWidthMm: shape.anatomy.vertebrae[k].widthMm / 2 + 0.8,
    halfHeightMm: 0,
  };
}

export function frameOfBody(shape: PhantomShape, k: number): LateralFrame {
  const b = shape.spine.bodies[k];
  return {
    centre: b.centre,
    backward: b.backward,
    headward: b.headward,
    halfWidthMm: b.anatomy.widthMm / 2,
    halfHeightMm: b.heightMm / 2,
  };
}

/** Outline of body `k` in the plane x, sideways curve included. */
export function bodySection(shape: PhantomShape, k: number, x: number): readonly PlanePoint[] {
  const body = shape.spine.bodies[k];
  return sectionAt(body.shape.outline, frameOfBody(shape, k), x - sidewaysMm(shape.anatomy, body.centre[1]));
}

export function discSection(shape: PhantomShape, k: number, x: number): readonly PlanePoint[] {
  const disc = shape.spine.discs[k];
  const at = x - sidewaysMm(shape.anatomy, disc.centre[1]);
  const h = disc.anatomy.herniation;
  if (!h) return sectionAt(disc.outline, frameOfDisc(shape, k), at);
  // A herniation is focal: away from its place the margin falls back to that of the disc without it.
  const share = bump((at - h.lateralMm) / (1.35 * h.halfWidthMm));
  return sectionAt(retreat(disc, Math.sqrt(share)), frameOfDisc(shape, k), at);
}

/** The disc's outline with its back margin drawn in to `share` of what stands out behind the rims. */
function retreat(disc: PlacedDisc, share: number): readonly PlanePoint[] {
  if (share > 0.999) return disc.outline;
  const { top, bottom, backward, backFrom, backTo } = disc;
  const a = top[top.length - 1];
  const b = bottom[bottom.length - 1];
  return disc.outline.map((p, i) => {
    if (i < backFrom || i >= backTo) return p;
    // Distance behind the line through both rims.
    const t = (i - backFrom) / Math.max(1, backTo - backFrom);
    const rim = lerp(a, b, t);
    const out = (p[0] - rim[0]) * backward[0] + (p[1] - rim[1]) * backward[1];
    const kept = Math.max(0, out) * share + Math.min(1.2, Math.max(0, out)) * (1 - share);
    const inside = share < 0.05 ? rim : lerp(rim, p, share);
    return along(
      inside,
      backward,
      Math.max(0, kept - ((inside[0] - rim[0]) * backward[0] + (inside[1] - rim[1]) * backward[1])),
    );
  });
}
