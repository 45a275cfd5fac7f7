export * from './open-study.ts';
export { keepSetting, readSetting } from './reader-settings.ts';
export type { ReadingJob, ReadingRecord } from './readings.ts';
export { readReport, type Signature, type SignedReport, signReport } from './reports.ts';
export {
  type StudyReadings,
  type StudyRoom,
  useReadings,
  useReports,
  useReview,
  useReviewed,
  useRoom,
} from './room.ts';
export { StudyProvider } from './study-provider.tsx';
