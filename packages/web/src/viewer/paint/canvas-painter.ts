/**
 * Paints with a plain canvas: needs no graphics card. The canvas holds the image in its own pixels; where these lie on
 * the screen is a transform of the element, so that moving and zooming paint nothing, and a scroll sends no more than
 * the image itself to whatever puts the page together.
 */
import { dot, scale, subtract, type Vec3 } from '@promontory/core/geometry';
import { paintPixels } from './grey.ts';
import type { Painter, Picture } from './painter.ts';

export function canvasPainter(element: HTMLElement): Painter {
  const canvas = document.createElement('canvas');
  canvas.className = 'pane-canvas';
  canvas.hidden = true;
  element.append(canvas);
  const context = canvas.getContext('2d', { alpha: false });
  let pixels: ImageData | undefined;
  let painted = '';

  /** Made anew only for other pixels or another window. */
  function fill({ key, frame, window, isInverted }: Picture): void {
    const state = `${key} ${window.low} ${window.high} ${isInverted}`;
    if (state === painted) return;
    const { columns, rows } = frame;
    if (canvas.width !== columns) canvas.width = columns;
    if (canvas.height !== rows) canvas.height = rows;
    if (pixels?.width !== columns || pixels.height !== rows) pixels = new ImageData(columns, rows);
    paintPixels(pixels.data, frame, window, isInverted);
    context?.putImageData(pixels, 0, 0);
    painted = state;
  }

  return {
    paint(picture) {
      fill(picture);
      const { plane, axes, middleMm, pxPerMm, widthPx, heightPx } = picture.view;
      const onScreen = (v: Vec3): [number, number] => [
        dot(v, axes.right) * pxPerMm,
        dot(v, axes.down) * pxPerMm,
      ];
      const across = onScreen(scale(plane.rowDirection, plane.spacingMm[0]));
      const along = onScreen(scale(plane.columnDirection, plane.spacingMm[1]));
      const [x, y] = onScreen(subtract(plane.originMm, middleMm));
      // The centre of the first pixel lies at its origin, its corner half a pixel before.
      const left = widthPx / 2 + x - (across[0] + along[0]) / 2;
      const top = heightPx / 2 + y - (across[1] + along[1]) / 2;
      canvas.style.transform = `matrix(${[...across, ...along, left, top].join(',')})`;
      canvas.hidden = false;
    },
    clear() {
      painted = '';
      canvas.hidden = true;
    },
    dispose: () => canvas.remove(),
  };
}
