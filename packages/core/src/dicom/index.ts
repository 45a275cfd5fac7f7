/**
 * DICOM data sets: reading, writing, building.
 *
 * Reading
 *
 *     const file = parseDicom(bytes);                       // Fault when it is no DICOM, hostile or beyond repair
 *     file.dataSet.text(Tag.PatientID);                     // string | undefined
 *     file.dataSet.numbers(Tag.ImagePositionPatient);       // number[], [] when absent or malformed
 *     file.dataSet.items(Tag.ReferencedImageSequence);      // readonly DataSet[]
 *     file.pixelData;                                       // native bytes or fragments
 *     file.warnings;                                        // every tolerance, and values found malformed later on
 *
 * Building and writing
 *
 *     const dataSet = buildDataSet({ SOPClassUID: '1.2.840.10008.5.1.4.1.1.4', PatientName: 'A^B', Rows: 512,
 *       PixelSpacing: [0.7, 0.7], ReferencedImageSequence: [buildDataSet({ … })], PixelData: new Uint16Array(n) });
 *     const changed = new DataSetBuilder(dataSet).set(Tag.PatientID, 'X').remove(Tag.PatientName)
 *       .set(Tag.SmallestImagePixelValue, -5, 'SS').build();
 *     const bytes = writeDicom(createDicomFile(changed));   // Part 10, explicit VR little endian
 */
export { DataElement, DataSet } from './data-set.ts';
export { buildDataSet, DataSetBuilder, type ElementValue } from './data-set-builder.ts';
export { createDicomFile, type DicomFile, withDataSet } from './dicom-file.ts';
export { DICTIONARY_EDITION, Tag } from './dictionary.generated.ts';
export {
  formatTag,
  isPrivate,
  isPrivateCreator,
  type Keyword,
  keywordOf,
  tagOf,
  vrOf,
} from './dictionary.ts';
export { formatDecimalString } from './encode-values.ts';
export {
  type JsonDataSet,
  type JsonElement,
  type JsonName,
  type JsonOptions,
  jsonKeyOf,
  LONG_VALUE_BYTES,
  toDicomJson,
} from './json.ts';
export { DEFAULT_LIMITS, type Limits } from './limits.ts';
export { type ParseOptions, parseDicom } from './parse.ts';
export { encapsulatedFrames, type PixelData, pixelDataOf } from './pixel-data.ts';
export {
  type Encoding,
  encodingOf,
  FILE_SYNTAXES,
  isDeflated,
  isFileSyntax,
  isUncompressed,
  TransferSyntax,
} from './transfer-syntax.ts';
export type { Vr } from './vr.ts';
export { type WriteOptions, writeDicom } from './write.ts';
