export * from './findings.ts';
export * from './levels.ts';
export * from './outline.ts';
