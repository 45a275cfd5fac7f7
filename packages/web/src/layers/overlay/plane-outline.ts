/** The outline of a reading in its own plane: what can be edited, and where a pane shows that very plane. */
import { add, cross, dot, normalise, scale, subtract, type Vec3 } from '@promontory/core/geometry';
import type { PlanePoint, Polygon, SagittalPlane, SpineOutline } from '@promontory/core/spine';
import type { PaneProjection } from '../projection.ts';
import type { Structure } from './structures.ts';

export const planeToPatient = ({ originMm, uAxis, vAxis }: SagittalPlane, [u, v]: PlanePoint): Vec3 =>
  add(originMm, add(scale(uAxis, u), scale(vAxis, v)));

/** The nearest point of the plane, in its coordinates. */
export function patientToPlane({ originMm, uAxis, vAxis }: SagittalPlane, point: Vec3): PlanePoint {
  const d = subtract(point, originMm);
  return [dot(d, uAxis), dot(d, vAxis)];
}

/** Cosine of 3°: localisers and tilted stacks are other planes. */
const SAME_DIRECTION = Math.cos((3 * Math.PI) / 180);

/** The pane shows the plane of the outline: parallel, and within half a slice of it (half a millimetre at least). */
export function showsPlane(
  pane: Pick<PaneProjection, 'planePointMm' | 'planeNormal' | 'thicknessMm'>,
  plane: SagittalPlane,
): boolean {
  const normal = normalise(cross(plane.uAxis, plane.vAxis));
  const beside = Math.abs(dot(subtract(plane.originMm, pane.planePointMm), pane.planeNormal));
  return (
    Math.abs(dot(normal, pane.planeNormal)) > SAME_DIRECTION && beside <= Math.max(0.5, pane.thicknessMm / 2)
  );
}

export interface NamedPolygon {
  readonly structure: Structure;
  readonly label?: string;
  readonly polygon: Polygon;
}

export function polygonsOf(outline: SpineOutline): NamedPolygon[] {
  const one = (structure: Structure, polygon: Polygon | undefined): NamedPolygon[] =>
    polygon === undefined ? [] : [{ structure, polygon }];
  return [
    ...(outline.posterior ?? []).flatMap((p) => one('posterior', p)),
    ...(outline.sacrum ?? []).flatMap((p) => one('sacrum', p)),
    ...one('canal', outline.canal),
    ...one('sac', outline.sac),
    ...one('cord', outline.cord),
    ...outline.bodies.map(({ label, outline: polygon }) => ({ structure: 'body' as const, label, polygon })),
    ...outline.discs.map(({ label, outline: polygon }) => ({ structure: 'disc' as const, label, polygon })),
  ];
}

/** The outline with one structure drawn anew; without that structure in it, as it was. */
export function withPolygon(
  outline: SpineOutline,
  { structure, label, polygon }: NamedPolygon,
): SpineOutline {
  if (structure === 'sac' && outline.sac) return { ...outline, sac: polygon };
  if (structure === 'canal' && outline.canal) return { ...outline, canal: polygon };
  const redrawn = <T extends { readonly label: string }>(list: readonly T[]): readonly T[] =>
    list.map((each) => (each.label === label ? { ...each, outline: polygon } : each));
  if (structure === 'body') return { ...outline, bodies: redrawn(outline.bodies) };
  if (structure === 'disc') return { ...outline, discs: redrawn(outline.discs) };
  return outline;
}
