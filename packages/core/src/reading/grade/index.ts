export { CROP } from './crop.ts';
export { type DiscFeatures, FEATURES, type FeatureName, VECTOR_LENGTH } from './features.ts';
export { GRADER, type GradeBasis, gradeDiscs } from './grade-discs.ts';
export { type DiscInput, discInputs, type GradeImages } from './inputs.ts';
