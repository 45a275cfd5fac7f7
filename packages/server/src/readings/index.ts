/** Reading on arrival: when a study is complete, who reads it and in which order, and what came of it. */

export type { CancelOutcome } from './cancel-item.ts';
export { LUMBAR_READING } from './codes.ts';
export { type Gate, gateFor, type Note } from './gate.ts';
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
export { lockStudy, markReviewed, readingById } from './reading-rows.ts';
export { type Rounds, rounds } from './rounds.ts';
export { type StandingWatch, whileStanding } from './standing.ts';
export { type ReadDataSet, readStepDataSet, textOf } from './step-attributes.ts';
export { ALL_STEPS, FILTERED_STEPS, jobOfUid, UPS_PUSH } from './step-uids.ts';
export type { Readings } from './study-readings.ts';
export type { Subscriptions } from './subscriptions.ts';
export { procedureStep, STEP_KEYS, stepQuery } from './unified-procedure-step.ts';
export { urgencyIn } from './urgency-in.ts';
export { transactionIn, type Worklist } from './worklist.ts';
export { type WorklistReason, WorklistRefused } from './worklist-refused.ts';
