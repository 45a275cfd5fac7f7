import type { InPlaneGrid } from '../geometry/index.ts';
import {
  CANAL_VALUE,
  CORD_VALUE,
  type DiscLabel,
  type SagittalPlane,
  type SpineOutline,
  VERTEBRA_VALUE,
  VERTEBRAE,
  type VertebraLabel,
} from '../spine/index.ts';
import { traceLabel } from './contours.ts';

/** Values of the discs are 100 + that of the vertebra above (see `spine/levels`). */
const DISC_OFFSET = 100;

/**
 * Named outlines from one slice of a label map (values as in `segmentation.nii.gz`), on the lattice of that slice.
 * A disc is named by the two nearest present vertebrae.
 */
export function outlineFromLabels(
  labels: ArrayLike<number>,
  inPlane: InPlaneGrid,
  plane: SagittalPlane,
  millimetresValid: boolean,
): SpineOutline {
  const { columns, rows, spacingMm, originMm } = inPlane;
  const trace = (value: number) =>
    traceLabel(labels, columns, rows, value)?.map(
      ([x, y]) => [originMm[0] + x * spacingMm[0], originMm[1] + y * spacingMm[1]] as const,
    );
  const bodies = VERTEBRAE.flatMap((label) => {
    const outline = trace(VERTEBRA_VALUE[label]);
    return outline ? [{ label, outline }] : [];
  });
  const present = new Set<VertebraLabel>(bodies.map((b) => b.label));
  const discs = VERTEBRAE.slice(0, -1).flatMap((above, index) => {
    const outline = trace(DISC_OFFSET + VERTEBRA_VALUE[above]);
    if (!outline) return [];
    const below = VERTEBRAE.slice(index + 1).find((v) => present.has(v)) ?? usualBelow(above);
    return [{ label: `${above}/${below}` as DiscLabel, outline }];
  });
  const sac = trace(CANAL_VALUE);
  const cord = trace(CORD_VALUE);
  return {
    plane,
    millimetresValid,
    pixelMm: Math.max(...spacingMm),
    bodies,
    discs,
    ...(sac ? { sac } : {}),
    ...(cord ? { cord } : {}),
  };
}

/** The vertebra under `above` in a spine with five lumbar vertebrae. */
function usualBelow(above: VertebraLabel): VertebraLabel {
  return above === 'L5' || above === 'L6' ? 'S1' : VERTEBRAE[VERTEBRAE.indexOf(above) + 1];
}
