export { openDicomwebImages } from './dicomweb-images.ts';
export { FrameCache } from './frame-cache.ts';
export { imagePlane, patientToPixel, pixelToPatient, planeCentre } from './image-plane.ts';
export { LoadQueue, type LoadQueueOptions, type Wish } from './load-queue.ts';
export { pixelFrame, shownFrame } from './pixel-frame.ts';
export { type StudySeries, seriesViews, studyFacts } from './series-views.ts';
export {
  type FrameView,
  type FrameWish,
  type ImagePlane,
  type PixelFrame,
  Priority,
  type SeriesView,
  type StudyFacts,
  type StudyImages,
  type WindowRange,
} from './study-images.ts';
export { ImagesContext, useImages } from './use-images.ts';
