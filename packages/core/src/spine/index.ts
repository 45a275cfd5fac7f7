export * from './findings.ts';
export * from './levels.ts';
export * from './measure/index.ts';
export * from './outline.ts';
export { readSpineOutline, SpineOutlineFile } from './outline-schema.ts';
