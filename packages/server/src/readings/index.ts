/** Reading on arrival: when a study is complete, who reads it and in which order, and what came of it. */
export {
  type OpenReadingsPorts,
  openReadings,
  READING_RULES,
  type ReadingsRoom,
  type WorkOptions,
} from './open-readings.ts';
export { INDICATIONS, type Indication, PRIORITY_RULES, type PriorityRule } from './priorities.ts';
export type {
  ReadingFileRecord,
  ReadingRecord,
  ReadingResult,
  ReadingStatus,
  WorkItem,
  WorkState,
} from './reading.ts';
export {
  type InputFile,
  READING_MAIN,
  type ReadInProcess,
  type ReadingProcessOptions,
  readingProcess,
} from './reading-process.ts';
export type { Readings } from './study-readings.ts';
export { jobOfUid, procedureStep, STEP_KEYS, stepQuery, UPS_PUSH } from './unified-procedure-step.ts';
