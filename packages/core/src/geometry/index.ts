export * from './grid.ts';
export * from './vec3.ts';
