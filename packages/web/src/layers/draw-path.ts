import { type Point2, simplifyPolygon, type Vec3 } from '@promontory/core/geometry';
import type { PaneProjection } from './projection.ts';

/**
 * Corners that move a line by less than this are not drawn, CSS px. Outlines have some hundred corners each, and dashes
 * along them are what a computer without a graphics card spends most of a frame on.
 */
const UNSEEN_PX = 0.3;

const px = (n: number): string => n.toFixed(1);
const written = (points: readonly Point2[]): string => points.map((p) => p.map(px).join(' ')).join('L');

export function pathOf(
  points: readonly Vec3[],
  pane: Pick<PaneProjection, 'toCanvas'>,
  isClosed: boolean,
): string {
  if (points.length === 0) return '';
  const drawn = points.map((p): Point2 => pane.toCanvas(p));
  return isClosed ? `M${written(simplifyPolygon(drawn, UNSEEN_PX))}Z` : `M${written(drawn)}`;
}
