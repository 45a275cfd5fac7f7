/**
 * Frames, pictures, bulk values and other transfer syntaxes from kept instances, made in threads that can be killed.
 *
 *     const images = createImageWork();
 *     const plain = await images.transcode({ sizeBytes, open }, TransferSyntax.ExplicitVRLittleEndian);
 */
export type { BulkValue } from './bulk-value.ts';
export type { ExtractedFrames } from './frames.ts';
export {
  createImageWork,
  FileTooLarge,
  type ImageWork,
  type ImageWorkOptions,
  type KeptFile,
  type WorkFor,
} from './image-work.ts';
export type { Rendered, RenderedType, RenderRequest, Viewport } from './render.ts';
export { isUsable, type Voi } from './voi.ts';
