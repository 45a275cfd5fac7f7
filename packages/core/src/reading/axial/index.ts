export { axialConstants } from './constants.ts';
export { measureAxial } from './measure-axial.ts';
export { type AxialOutline, outlineAxial, SIDES, type Side } from './outline-axial.ts';
export { type AxialReading, type AxialSliceReading, readAxial } from './read-axial.ts';
export { AXIAL_CLASSES, AXIAL_SEGMENTER, type AxialScores, scoreAxial } from './score-axial.ts';
