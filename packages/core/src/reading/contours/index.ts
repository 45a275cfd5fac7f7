export { outlinesOfLabels } from './label-outlines.ts';
export { type Contour, largestContour, type PlaneMap, traceContours } from './marching-squares.ts';
export { paintPolygon } from './paint.ts';
