/** The plane that clips: along one of the patient's directions. LPS, mm. */
import type { Vec3 } from '@promontory/core/geometry';

export const CLIP_AXES = ['none', 'left', 'right', 'behind', 'above'] as const;
/** What is taken away. */
export type ClipAxis = (typeof CLIP_AXES)[number];

const NORMALS: Readonly<Record<Exclude<ClipAxis, 'none'>, Vec3>> = {
  left: [1, 0, 0],
  right: [-1, 0, 0],
  behind: [0, 1, 0],
  above: [0, 0, 1],
};

/** @param share 0: nothing is taken, 1: all */
export function clipPlane(
  axis: ClipAxis,
  share: number,
  [least, most]: readonly [Vec3, Vec3],
): { readonly pointMm: Vec3; readonly normal: Vec3 } | undefined {
  if (axis === 'none') return undefined;
  const normal = NORMALS[axis];
  const along = normal.findIndex((n) => n !== 0);
  const isForward = normal[along] > 0;
  const from = isForward ? most[along] : least[along];
  const to = isForward ? least[along] : most[along];
  const point: [number, number, number] = [0, 0, 0];
  point[along] = from + share * (to - from);
  return { pointMm: point, normal };
}
