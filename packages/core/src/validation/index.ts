export {
  type Calibration,
  type CalibrationBin,
  calibration,
  expectedError,
  type Forecast,
} from './calibration.ts';
export { type ComparedDisc, type ComparedStudy, compareStudy, type ReadStudy } from './compare.ts';
export { type CsvRow, parseCsv } from './csv.ts';
export { OWN_MASKS, ownTruths } from './labels.ts';
export * from './metrics.ts';
export { compareMasks, type StructureAgreement } from './overlap.ts';
export { PUBLISHED, type PublishedFigure } from './published.ts';
export { SPIDER_MASKS, spiderTruths, withoutPlaceholders } from './spider.ts';
export * from './summarise.ts';
export type { DiscTruth, Mask, MaskScheme, StudyTruth } from './truth.ts';
export * from './validation.ts';
