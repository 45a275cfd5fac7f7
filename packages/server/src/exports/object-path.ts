import { type DicomFile, Tag } from '@promontory/core/dicom';
import { Fault } from '@promontory/core/fault';

/** Study, series and instance by their new UIDs. */
export function pathOf({ dataSet }: Pick<DicomFile, 'dataSet'>): string {
  const name = (tag: number) => dataSet.uid(tag) ?? 'none';
  const instance = dataSet.uid(Tag.SOPInstanceUID);
  if (instance === undefined)
    throw new Fault('MALFORMED', 'SOP Instance UID is no UID', { tag: '(0008,0018)' });
  return `${name(Tag.StudyInstanceUID)}/${name(Tag.SeriesInstanceUID)}/${instance}.dcm`;
}
