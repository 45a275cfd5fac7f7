export {
  type AxialSlice,
  axialSlicesAtDisc,
  correspondingSlice,
  type DiscPass,
  type DiscPlace,
  type SliceMatch,
  slicePlane,
  sliceThroughPoint,
} from './correspond.ts';
export * from './grid.ts';
export { type InPlaneGrid, inPlaneGridAt } from './in-plane.ts';
export {
  type AnatomicalPlane,
  classifyNormal,
  type PlaneOrientation,
  readOrientation,
} from './orientation.ts';
export {
  angleDeg,
  anglePlanesDeg,
  intersectPlanes,
  type Plane,
  planeDistanceMm,
  pointPlaneDistanceMm,
  projectOntoPlane,
} from './plane.ts';
export * from './plane2.ts';
export * from './polygon.ts';
export * from './polygon-corners.ts';
export * from './polygon-cut.ts';
export * from './polygon-refine.ts';
export * from './polygon-simplify.ts';
export {
  AXIAL_AXES,
  type AxisMapping,
  extractSagittalSlice,
  invertMapping,
  isIdentity,
  mappingTowards,
  reorientGrid,
  reorientVolume,
  SAGITTAL_AXES,
  type SliceImage,
} from './reorient.ts';
export { type Resampling, resampleSlice } from './resample.ts';
export type { SliceGeometry } from './slice.ts';
export { buildStacks, type Stack } from './stack.ts';
export * from './vec3.ts';
