/** Who we say we are: the same as in the files that we write (PS3.7 D.3.3.2). */
import { buildDataSet, createDicomFile, Tag } from '@promontory/core/dicom';

const { meta } = createDicomFile(buildDataSet({ SOPClassUID: '1.2', SOPInstanceUID: '1.2' }));

export const IMPLEMENTATION = {
  implementationClassUid: meta.text(Tag.ImplementationClassUID) ?? '',
  implementationVersionName: meta.text(Tag.ImplementationVersionName) ?? '',
};
