/** What of an outline can be edited, and its handles. */
import { distance2 } from '@promontory/core/geometry';
import type { DeedOf } from '@promontory/core/review';
import { type Polygon, type SpineOutline, spineShapes } from '@promontory/core/spine';
import { type NamedPolygon, polygonsOf } from '../overlay/plane-outline.ts';
import { extentMm, handlesOf, nearestVertex } from './deform.ts';

type EditableStructure = DeedOf<'outline'>['structure'];
export type Editable = NamedPolygon & { readonly structure: EditableStructure };

const EDITABLE: readonly string[] = ['body', 'disc', 'sac', 'canal'] satisfies EditableStructure[];
const isEditable = (named: NamedPolygon): named is Editable => EDITABLE.includes(named.structure);

export const editablesOf = (outline: SpineOutline): Editable[] => polygonsOf(outline).filter(isEditable);

export interface Handle {
  readonly index: number;
  /** The four corners of a vertebral body are its landmarks: everything measured on it follows from them. */
  readonly isCorner: boolean;
}

/**
 * Of a long border every 12 mm, of a short one closer; corners of bodies among them.
 * @param leastMm closer than this they cannot be told apart on the screen
 */
export function handlesFor(
  { structure, label, polygon }: Editable,
  outline: SpineOutline,
  leastMm: number,
): Handle[] {
  const step = Math.max(leastMm, Math.min(12, Math.max(3, extentMm(polygon) / 9)));
  const corners = structure === 'body' ? cornersOf(polygon, label, outline) : [];
  const plain = handlesOf(polygon, step).filter((k) =>
    corners.every((c) => distance2(polygon[c], polygon[k]) > step / 2),
  );
  return [
    ...corners.map((index) => ({ index, isCorner: true })),
    ...plain.map((index) => ({ index, isCorner: false })),
  ].sort((a, b) => a.index - b.index);
}

function cornersOf(polygon: Polygon, label: string | undefined, outline: SpineOutline): number[] {
  const shape = [...spineShapes(outline).bodies].find(([body]) => body === label)?.[1];
  if (shape === undefined) return [];
  return [...new Set(Object.values(shape.corners).map((corner) => nearestVertex(polygon, corner).index))];
}

/** What a mark holds: a hundredth of a millimetre is beyond any border. */
export const asMarked = (polygon: Polygon): [number, number][] =>
  polygon.map(([u, v]) => [Math.round(u * 100) / 100, Math.round(v * 100) / 100]);
