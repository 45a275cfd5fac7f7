export { labelSlices, paintNative } from './label-volume.ts';
export { type Turn, wrongTurn } from './orientation.ts';
export { chooseMidSlice, type LevelNames, outlineOf, sacAreaMm2 } from './outline.ts';
export { interpretPlane, type PlaneOptions, type PlaneReading, readPlane } from './read-plane.ts';
export { CLASS_COUNT, SEGMENTER, type SliceScores, scoreSlice } from './score.ts';
export { findStructures, type Structures } from './structures.ts';
