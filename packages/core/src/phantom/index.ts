/*
 * Lumbar phantoms with exactly known truth.
 *
 *     const study = phantomStudy({ seed: 7, ageYears: 58, sex: 'F', pathology: { discs: { 'L5/S1': { pfirrmann: 4 } } } });
 *     study.files;   // DICOM Part 10: sagittal T1 and T2, axial T2
 *     study.truth;   // outlines, measurements, grades
 *     study.labels;  // label map on the sagittal grid
 */
export type { Anatomy, DiscAnatomy, Herniation, VertebraAnatomy } from './anatomy.ts';
export type { Sequence } from './contrast.ts';
export { type PhantomShape, phantomShape } from './phantom-shape.ts';
export {
  AXIAL_T2,
  SAGITTAL_SPACE,
  SAGITTAL_STIR,
  SAGITTAL_T1,
  SAGITTAL_T2,
  type SeriesProtocol,
} from './protocol.ts';
export { type PathologyRequest, type SampleOptions, samplePatient } from './sample.ts';
export {
  type LabelMap,
  type RenderedSeries,
  type RenderedSlice,
  renderAxial,
  renderSagittal,
  renderSeries,
} from './series.ts';
export { type PhantomSlice, phantomSlice, type SliceContrast, type SliceOptions } from './slices.ts';
export { type PhantomStudy, phantomStudy, type StudyOptions } from './study.ts';
export { type CanalTruth, type DiscTruth, type Truth, truthOf, type VertebraTruth } from './truth.ts';
