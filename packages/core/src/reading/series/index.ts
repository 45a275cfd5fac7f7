/**
 * From files to a study with its series, their roles and places.
 *
 *     const study = await assembleStudy([{ index: 0, bytes }, …], { codecs });
 *     const { grid, t1, t2, choices } = selectSeries(study);
 *     const { volume } = await grid.loadVolume();       // Float32, LPS mm, head up, front on the left
 */
export { type Acquisition, readAcquisition } from './acquisition.ts';
export { type AssembleOptions, assembleStudy } from './assemble.ts';
export { type Contrast, type ContrastVerdict, contrastByTags } from './contrast-by-tags.ts';
export {
  describeStudy,
  type SeriesDescription,
  type StackDescription,
  type StudyDescription,
} from './describe.ts';
export { type FrameRecord, framesOf, type Source } from './frames.ts';
export { type ContrastGuess, guessContrast } from './guess-contrast.ts';
export type { DicomInput, SeriesInput, VolumeInput } from './inputs.ts';
export { decideRole, type RoleEvidence, type RoleVerdict } from './role.ts';
export { inOtherFrame, type SeriesChoice, type SeriesSelection, selectSeries } from './select.ts';
export type { LoadedSeries, LoadedStudy, LoadedVolume, SeriesStack } from './series.ts';
export { judgeSpacing, NOMINAL_HEIGHT_MM } from './spacing.ts';
export { type SeriesPart, splitSeries } from './split-series.ts';
