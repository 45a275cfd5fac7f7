import { boundsOf, perimeter, polygonArea } from '../geometry/index.ts';
import type { Polygon, SpineOutline } from '../spine/index.ts';
import type { Geometry } from './review.ts';
import type { OutlineStructure } from './slot.ts';

export interface EditedOutline {
  readonly outline: SpineOutline;
  /** Whether a structure is another than the reading drew. */
  isEdited(structure: OutlineStructure, label?: string): boolean;
  /** Whether any is. */
  readonly isAnyEdited: boolean;
  /** What could not be taken: no structure of the reading's, a mere line, or far from the spine. */
  readonly unusable: readonly { readonly structure: string; readonly label?: string }[];
}

const samePolygon = (a: Polygon, b: Polygon): boolean =>
  a.length === b.length && a.every(([u, v], i) => u === b[i][0] && v === b[i][1]);

/** Area over the square of the way round: of a circle 0.08, of a dural sac 0.02. Below this it is a line. */
const THINNEST = 1e-3;
const isThin = (polygon: Polygon): boolean =>
  polygonArea(polygon) < THINNEST * perimeter(polygon) ** 2 || perimeter(polygon) === 0;

/**
 * Whether a polygon lies where the spine is: within its outlines' bounds and as much again on each side. Together with
 * its thickness that bounds its length, and so the work of measuring it.
 */
function within(outline: SpineOutline): (polygon: Polygon) => boolean {
  const all = boundsOf([...outline.bodies, ...outline.discs].flatMap((part) => part.outline));
  if (all === undefined) return () => false;
  const reach = Math.max(all.max[0] - all.min[0], all.max[1] - all.min[1]);
  return (polygon) => {
    const own = boundsOf(polygon);
    return (
      own !== undefined &&
      [0, 1].every((i) => own.min[i] >= all.min[i] - reach && own.max[i] <= all.max[i] + reach)
    );
  };
}

/** The reading's outlines with those that people drew in their place. One drawn as it was is no edit. */
export function editedOutline(outline: SpineOutline, drawn: Geometry['outlines']): EditedOutline {
  const isNear = within(outline);
  const edited = new Set<string>();
  const unusable: { structure: string; label?: string }[] = [];
  const bodies = new Map<string, Polygon>(outline.bodies.map((b) => [b.label, b.outline]));
  const discs = new Map<string, Polygon>(outline.discs.map((d) => [d.label, d.outline]));
  const tubes: { sac?: Polygon; canal?: Polygon } = {};
  for (const { structure, label, outline: polygon } of drawn) {
    const refuse = (): unknown => unusable.push({ structure, ...(label !== undefined && { label }) });
    if (isThin(polygon) || !isNear(polygon)) {
      refuse();
      continue;
    }
    if (structure === 'sac' || structure === 'canal') {
      const before = outline[structure];
      if (before !== undefined && samePolygon(before, polygon)) continue;
      tubes[structure] = polygon;
      edited.add(structure);
      continue;
    }
    const named = structure === 'body' ? bodies : discs;
    const before = named.get(label ?? '');
    if (before === undefined || label === undefined) refuse();
    else if (!samePolygon(before, polygon)) {
      named.set(label, polygon);
      edited.add(`${structure} ${label}`);
    }
  }
  return {
    outline: {
      ...outline,
      bodies: outline.bodies.map((b) => ({ ...b, outline: bodies.get(b.label) ?? b.outline })),
      discs: outline.discs.map((d) => ({ ...d, outline: discs.get(d.label) ?? d.outline })),
      ...tubes,
    },
    isEdited: (structure, label) => edited.has(label === undefined ? structure : `${structure} ${label}`),
    isAnyEdited: edited.size > 0,
    unusable,
  };
}
