export * from './commonness.ts';
export * from './findings-table.ts';
export * from './level-reading.ts';
export * from './not-assessed.ts';
export * from './summary.ts';
export * from './urgency.ts';
export * from './words.ts';
