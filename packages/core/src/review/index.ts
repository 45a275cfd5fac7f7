export { absencesOf } from './absences.ts';
export type { AnyMark, PendingMark } from './any-mark.ts';
export { type ReportInput, reportContent } from './compose-report.ts';
export { type Disagreement, disagreements } from './disagreements.ts';
export { type FoldOptions, foldMarks } from './fold-marks.ts';
export * from './mark.ts';
export { canBe, isTarget, kindOf, possibleTargets } from './possible-targets.ts';
export {
  type EarlierReport,
  type Readiness,
  readyToSign,
  SIGNING_OBSTACLES,
  type SigningInput,
  type SigningObstacle,
} from './ready-to-sign.ts';
export * from './report-content.ts';
export type * from './review.ts';
export type * from './reviewed.ts';
export { reviewedFindings } from './reviewed-findings.ts';
export {
  type Claim,
  type LandmarkName,
  type OutlineStructure,
  type Slot,
  type SlotName,
  slotOf,
} from './slot.ts';
export { Subject } from './subject.ts';
export {
  levelInTarget,
  levelOfTarget,
  ORDINAL_GRADES,
  TARGET_GROUPS,
  type TargetEntry,
  type TargetGroup,
  type TargetKind,
  targetsOf,
} from './targets.ts';
export { unitOf } from './units.ts';
