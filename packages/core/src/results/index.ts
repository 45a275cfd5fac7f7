/** What is known of one study as one flat list, whether read by the software or signed by a person. */
export { resultsOfFindings } from './of-findings.ts';
export { resultsOfReport } from './of-report.ts';
export { depthOf, inReadingOrder } from './reading-order.ts';
export type * from './result.ts';
