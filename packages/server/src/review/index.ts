/** What people do to readings: marks, reports, and how long it took them. */
export { type Appended, type MarkRefusal, MOST_BYTES, MOST_MARKS } from './append-marks.ts';
export { type OpenReviewPorts, openReview, type ReviewRoom } from './open-review.ts';
export type { ReadingTime, TimesSummary } from './reading-time-rows.ts';
export { FEWEST_OF_ALL, type ReadingTimes } from './reading-times.ts';
export type { ReportEntry, SignedReport } from './report-rows.ts';
export { type ReviewReason, ReviewRefused } from './review-refused.ts';
export type { SignRequest } from './sign-report.ts';
export type { ReviewChange, Reviews } from './study-reviews.ts';
