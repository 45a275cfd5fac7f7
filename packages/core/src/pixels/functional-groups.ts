import { type DataSet, Tag } from '../dicom/index.ts';

/**
 * The first item of a functional group of one frame: its own, else that shared by all frames (PS3.3 C.7.6.16).
 * Undefined for classic objects, which have no such groups.
 *
 * @param sequence tag of the group's sequence, e.g. `Tag.PlanePositionSequence`
 * @param frame index from 0
 */
export function functionalGroup(dataSet: DataSet, sequence: number, frame: number): DataSet | undefined {
  const own = dataSet.items(Tag.PerFrameFunctionalGroupsSequence)[frame];
  return own?.items(sequence)[0] ?? dataSet.items(Tag.SharedFunctionalGroupsSequence)[0]?.items(sequence)[0];
}
