export * from './open-study.ts';
