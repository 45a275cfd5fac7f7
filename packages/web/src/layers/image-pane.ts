/** A pane with what the image shown in it says of its pixels. */
import { useMemo } from 'react';
import { type FrameView, patientToPixel, type StudyImages, useImages } from '../images/index.ts';
import type { PaneProjection } from './projection.ts';

/** The projection's own word on pixels comes first; where it says nothing, the open images are asked. */
export type ImagePane = PaneProjection;

export function imagePane(pane: PaneProjection, images: StudyImages | undefined): ImagePane {
  const { sopInstanceUid, frame } = pane;
  if (pane.pixelMm !== undefined && pane.valueAt !== undefined) return pane;
  const view = images === undefined ? undefined : frameOf(images, sopInstanceUid, frame);
  if (images === undefined || sopInstanceUid === undefined || view?.plane.isSpacingKnown !== true)
    return pane;
  const { plane } = view;
  return {
    pixelMm: Math.max(...plane.spacingMm),
    valueAt(point) {
      const pixels = images.loaded(sopInstanceUid, frame);
      if (pixels === undefined) return undefined;
      const { column, row } = patientToPixel(plane, point);
      const [i, j] = [Math.round(column), Math.round(row)];
      if (i < 0 || j < 0 || i >= pixels.columns || j >= pixels.rows) return undefined;
      return pixels.values[i + pixels.columns * j];
    },
    ...pane,
  };
}

function frameOf(images: StudyImages, sop: string | undefined, frame: number): FrameView | undefined {
  if (sop === undefined) return undefined;
  for (const { frames } of images.series)
    for (const view of frames) if (view.sopInstanceUid === sop && view.frame === frame) return view;
  return undefined;
}

export function useImagePane(pane: PaneProjection): ImagePane {
  const images = useImages();
  return useMemo(() => imagePane(pane, images), [pane, images]);
}
