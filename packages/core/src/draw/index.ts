export { discPicture } from './disc-picture.ts';
export { keyImages } from './key-images.ts';
export { outlineFromLabels } from './labels-to-outline.ts';
export { overviewPicture } from './overview-picture.ts';
export { greyPng, pngDataUri } from './png.ts';
export { REPORT_POLICY, renderReport } from './report-page.ts';
export type { Picture, Scene } from './scene.ts';
export { percentileWindow, type Slice2D, type Window } from './slice.ts';
export * from './tokens.ts';
