/** Paints with a plain canvas: needs no graphics card, and is quick where one is only imitated. */
import { dot, scale, subtract, type Vec3 } from '@promontory/core/geometry';
import { paintPixels } from './grey.ts';
import type { Painter, Picture } from './painter.ts';

export function canvasPainter(element: HTMLElement): Painter {
  const canvas = document.createElement('canvas');
  canvas.className = 'pane-canvas';
  element.append(canvas);
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  const source = document.createElement('canvas');
  let painted = '';

  /** The image in its own pixels; made anew only for other pixels or another window. */
  function fill({ key, frame, window, isInverted }: Picture): void {
    const state = `${key} ${window.low} ${window.high} ${isInverted}`;
    if (state === painted) return;
    source.width = frame.columns;
    source.height = frame.rows;
    const pixels = new ImageData(frame.columns, frame.rows);
    paintPixels(pixels.data, frame, window, isInverted);
    source.getContext('2d', { willReadFrequently: true })?.putImageData(pixels, 0, 0);
    painted = state;
  }

  return {
    paint(picture) {
      if (context === null) return;
      const { view } = picture;
      const ratio = devicePixelRatio;
      const [width, height] = [Math.round(view.widthPx * ratio), Math.round(view.heightPx * ratio)];
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
      fill(picture);
      const { plane, axes, middleMm } = view;
      const perMm = view.pxPerMm * ratio;
      const onScreen = (v: Vec3): [number, number] => [dot(v, axes.right) * perMm, dot(v, axes.down) * perMm];
      const across = onScreen(scale(plane.rowDirection, plane.spacingMm[0]));
      const along = onScreen(scale(plane.columnDirection, plane.spacingMm[1]));
      const [x, y] = onScreen(subtract(plane.originMm, middleMm));
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.fillStyle = '#000';
      context.fillRect(0, 0, width, height);
      context.imageSmoothingEnabled = true;
      context.imageSmoothingQuality = 'low';
      context.setTransform(...across, ...along, width / 2 + x, height / 2 + y);
      // The centre of the first pixel lies at its origin, its corner half a pixel before.
      context.drawImage(source, -0.5, -0.5);
    },
    clear() {
      painted = '';
      context?.setTransform(1, 0, 0, 1, 0, 0);
      context?.clearRect(0, 0, canvas.width, canvas.height);
    },
    dispose: () => canvas.remove(),
  };
}
