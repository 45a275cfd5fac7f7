export { alignPlane } from './align-planes.ts';
export { type PlaneMap, paintPolygon } from './contours/index.ts';
export * from './grade/index.ts';
export { readSignals } from './measure/index.ts';
export type { ModelIdentity, ModelRunner, Tensor } from './model-runner.ts';
export { CONFIDENCE_FOR_CERTAIN, judgeQuality, type QualityVerdict } from './quality.ts';
export { FEWEST_DISCS, type Reading, type ReadOptions, type ReadStage, readStudy } from './read-study.ts';
export * from './segment/index.ts';
export * from './series/index.ts';
