export * from './citation.ts';
export * from './normal-range.ts';
export * from './prevalence.ts';
