import type { PlanePoint } from '../spine/index.ts';
import { CORTEX_MM, endplateBand } from './paint-body.ts';
import type { PhantomShape } from './phantom-shape.ts';
import { along, inset, lerp, roundedBox } from './polygon.ts';
import { fill, type Target } from './raster.ts';
import { type LateralFrame, sectionAt } from './section.ts';
import { CORTEX, POSTERIOR_MARROW } from './tissue.ts';

/** Wings of the sacrum, beside its bodies. */
function paintAla(shape: PhantomShape, x: number, target: Target): void {
  const ax = x < 0 ? -x : x;
  const half = shape.anatomy.sacrumWidthMm / 2;
  const reach = 2.3 * half;
  if (ax < 0.62 * half || ax > reach) return;
  const [s1, s2] = shape.spine.sacrum;
  const share = Math.sqrt(1 - (ax / reach) * (ax / reach));
  const centre = lerp(s1.centre, s2.centre, 0.35);
  const outline = roundedBox(
    along(centre, s1.backward, 4 + 0.12 * ax),
    s1.headward,
    (shape.anatomy.sacrum[0].heightMm + 6) * (0.45 + 0.55 * share),
    0.5 * shape.anatomy.sacrum[0].upperDepthMm * (0.35 + 0.65 * share),
  );
  fill(target, outline, CORTEX);
  fill(target, inset(outline, 0.9), POSTERIOR_MARROW);
}

/** Wings, bodies and remnant discs of the sacrum in the plane `x` mm to the left. */
export function paintSacrum(shape: PhantomShape, x: number, target: Target): void {
  const { sacrum } = shape.spine;
  const t = shape.tissues;
  const half = shape.anatomy.sacrumWidthMm / 2;
  paintAla(shape, x, target);
  sacrum.forEach((segment, i) => {
    const frame = (s: typeof segment): LateralFrame => ({
      centre: s.centre,
      backward: s.backward,
      headward: s.headward,
      halfWidthMm: half * (1 - 0.13 * i),
      halfHeightMm: 0,
    });
    const tissue = i === 0 ? t.s1 : t.sacrum;
    const next = sacrum[i + 1];
    if (next) {
      const gap = [
        segment.shape.corners.lowerFront,
        segment.shape.corners.lowerBack,
        next.shape.corners.upperBack,
        next.shape.corners.upperFront,
      ];
      const grown = [...segment.shape.lower, ...[...next.shape.upper].reverse()];
      const section = sectionAt(i === 0 ? grown : gap, frame(segment), x);
      fill(target, section, shape.anatomy.sacrum[i].gapMm > 1.6 ? t.remnant : t.sacrum.cortex);
    }
    const outline = sectionAt(segment.shape.outline, frame(segment), x);
    if (outline.length === 0) return;
    fill(target, outline, tissue.cortex);
    fill(target, inset(outline, i === 0 ? CORTEX_MM : 0.6), tissue.marrow);
    if (i === 0 && shape.anatomy.discs[0].modic > 0) {
      const down: PlanePoint = [-segment.headward[0], -segment.headward[1]];
      const d = shape.anatomy.discs[0];
      fill(
        target,
        sectionAt(endplateBand(segment.shape.upper, down, d.modicLowerMm), frame(segment), x),
        t.s1.upperBand,
        t.s1.marrow,
      );
    }
  });
}
