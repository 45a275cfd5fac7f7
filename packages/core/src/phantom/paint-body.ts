import type { PlanePoint } from '../spine/index.ts';
import { bump } from './arithmetic.ts';
import type { BodyTissue } from './level-tissue.ts';
import { type PhantomShape, sidewaysMm } from './phantom-shape.ts';
import { bodySection, frameOfBody } from './plane-section.ts';
import { along, inset, lerp, stroke } from './polygon.ts';
import { fill, type Target } from './raster.ts';
import { sectionAt } from './section.ts';

/** Cortical bone, and the dark line of bony and cartilage endplate, mm. */
export const CORTEX_MM = 0.75;

/** All vertebral bodies in the plane `x` mm to the left. */
export function paintBodies(shape: PhantomShape, x: number, target: Target): void {
  shape.spine.bodies.forEach((body, k) => {
    const outline = bodySection(shape, k, x);
    if (outline.length === 0) return;
    const t = shape.tissues.bodies[k];
    const frame = frameOfBody(shape, k);
    const at = x - sidewaysMm(shape.anatomy, body.centre[1]);
    fill(target, outline, t.cortex);
    fill(target, inset(outline, CORTEX_MM), t.marrow);
    const above = shape.anatomy.discs[k + 1];
    const below = shape.anatomy.discs[k];
    const place = (polygon: readonly PlanePoint[]) => sectionAt(polygon, frame, at);
    const down: PlanePoint = [-body.headward[0], -body.headward[1]];
    if (above && above.modic > 0)
      fill(target, place(endplateBand(body.shape.upper, down, above.modicLowerMm)), t.upperBand, t.marrow);
    if (below.modic > 0)
      fill(
        target,
        place(endplateBand(body.shape.lower, body.headward, below.modicUpperMm)),
        t.lowerBand,
        t.marrow,
      );
    if (above?.lowerEndplateChange) erode(target, place, body.shape.upper, down, t, k);
    if (below.upperEndplateChange) erode(target, place, body.shape.lower, body.headward, t, k + 3);
    const g = body.anatomy.haemangioma;
    if (g && at * at < 64) {
      const c = lerp(
        lerp(body.shape.corners.lowerFront, body.shape.corners.lowerBack, g.along),
        lerp(body.shape.corners.upperFront, body.shape.corners.upperBack, g.along),
        g.up,
      );
      fill(
        target,
        stroke(
          [along(c, body.backward, -g.radiusMm * 0.6), c, along(c, body.backward, g.radiusMm * 0.6)],
          g.radiusMm * 0.8,
        ),
        t.haemangioma,
        t.marrow,
      );
    }
    // Basivertebral vein: a wedge in the middle of the back wall, at most 5 mm to either side.
    if (at * at < 25) {
      const back = body.shape.back[Math.round(body.shape.back.length / 2)];
      const deep = along(back, body.backward, -(3.5 + 5 * bump(at / 6)));
      const wedge: PlanePoint[] = [
        along(back, body.headward, 1.9),
        deep,
        along(back, body.headward, -1.9),
        along(back, body.backward, 0.4),
      ];
      fill(target, wedge, t.vein, t.marrow);
      fill(target, wedge, t.vein, t.cortex);
    }
  });
}

/** Part of a body next to an endplate: from the front rim to the back, thickest in front of the middle. */
export function endplateBand(endplate: readonly PlanePoint[], inward: PlanePoint, mm: number): PlanePoint[] {
  const n = endplate.length - 1;
  const inner: PlanePoint[] = [];
  for (let i = 0; i <= 16; i++) {
    const t = i / 16;
    inner.push(along(endplate[Math.round(t * n)], inward, mm * (0.45 + 0.55 * bump((t - 0.4) / 0.75))));
  }
  return [...endplate, ...inner.reverse()];
}

/** Small irregular bites of dark cortex along a changed endplate. */
function erode(
  target: Target,
  place: (p: readonly PlanePoint[]) => readonly PlanePoint[],
  endplate: readonly PlanePoint[],
  inward: PlanePoint,
  t: BodyTissue,
  salt: number,
): void {
  const n = endplate.length - 1;
  for (let j = 0; j < 4; j++) {
    const at = 0.18 + 0.19 * j + 0.03 * ((salt * 7 + j * 5) % 4);
    const depth = 1.2 + 0.55 * ((salt * 3 + j * 7) % 4);
    const width = 2 + ((salt + j) % 3);
    const c = endplate[Math.round(at * n)];
    const a = endplate[Math.max(0, Math.round(at * n) - width)];
    const b = endplate[Math.min(n, Math.round(at * n) + width)];
    fill(
      target,
      place([
        a,
        along(lerp(a, c, 0.5), inward, 0.8 * depth),
        along(c, inward, depth),
        along(lerp(c, b, 0.5), inward, 0.7 * depth),
        b,
      ]),
      t.cortex,
      t.marrow,
    );
  }
}
