import type { Vec3 } from '@promontory/core/geometry';
import type { PaneProjection } from './projection.ts';

const px = (n: number): string => n.toFixed(1);

export function pathOf(
  points: readonly Vec3[],
  pane: Pick<PaneProjection, 'toCanvas'>,
  isClosed: boolean,
): string {
  const parts = points.map((p) => pane.toCanvas(p).map(px).join(' '));
  return parts.length === 0 ? '' : `M${parts.join('L')}${isClosed ? 'Z' : ''}`;
}
