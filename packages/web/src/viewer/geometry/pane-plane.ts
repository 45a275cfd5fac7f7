/** How the plane of an image lies on the screen of a pane. */
import { add, dot, scale, subtract, type Vec3 } from '@promontory/core/geometry';
import { type ImagePlane, planeCentre, type SeriesView } from '../../images/index.ts';

/** Unit directions of the screen in the patient (LPS): to the right, and downwards. */
export interface ScreenAxes {
  readonly right: Vec3;
  readonly down: Vec3;
}

/** What the reader has done to the picture; the same for all slices of a series. */
export interface Framing {
  /** 1 shows the whole image. */
  readonly zoom: number;
  /** Where the pane's middle lies from the image's, mm to the right and downwards. */
  readonly shiftMm: readonly [number, number];
}

export const WHOLE: Framing = { zoom: 1, shiftMm: [0, 0] };

/** As they are hung: front on the left in sagittal, patient's right on the left in axial and coronal images, head up. */
const HUNG: Readonly<Record<NonNullable<SeriesView['plane']>, ScreenAxes>> = {
  sagittal: { right: [0, 1, 0], down: [0, 0, -1] },
  axial: { right: [1, 0, 0], down: [0, 1, 0] },
  coronal: { right: [1, 0, 0], down: [0, 0, -1] },
};

/** Rows and columns of the image, turned or mirrored to how such images are hung; as they are where that is not known. */
export function screenAxes(plane: ImagePlane, kind: SeriesView['plane']): ScreenAxes {
  const { rowDirection: row, columnDirection: column } = plane;
  if (kind === undefined || !plane.isLocated) return { right: row, down: column };
  const { right, down } = HUNG[kind];
  const isTurned = Math.abs(dot(row, right)) < Math.abs(dot(column, right));
  const [across, along] = isTurned ? [column, row] : [row, column];
  return {
    right: dot(across, right) < 0 ? scale(across, -1) : across,
    down: dot(along, down) < 0 ? scale(along, -1) : along,
  };
}

/** The plane of an image on a screen of so many CSS px. */
export interface PanePlane {
  readonly plane: ImagePlane;
  readonly axes: ScreenAxes;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pxPerMm: number;
  /** The point of the plane in the middle of the pane. */
  readonly middleMm: Vec3;
}

export function panePlane(
  plane: ImagePlane,
  axes: ScreenAxes,
  framing: Framing,
  widthPx: number,
  heightPx: number,
): PanePlane {
  const shift = add(scale(axes.right, framing.shiftMm[0]), scale(axes.down, framing.shiftMm[1]));
  return {
    plane,
    axes,
    widthPx,
    heightPx,
    pxPerMm: framing.zoom * wholePxPerMm(plane, axes, widthPx, heightPx),
    middleMm: add(planeCentre(plane), shift),
  };
}

/** The scale at which the whole image fits. */
export function wholePxPerMm(plane: ImagePlane, axes: ScreenAxes, widthPx: number, heightPx: number): number {
  const [acrossMm, alongMm] = extentMm(plane, axes);
  const fitting = Math.min(widthPx / acrossMm, heightPx / alongMm);
  return fitting > 0 && Number.isFinite(fitting) ? fitting : 1;
}

/** Width and height of the image as it is hung, pixel edges included, mm. */
export function extentMm(plane: ImagePlane, axes: ScreenAxes): readonly [number, number] {
  const rowsAlong = plane.columns * plane.spacingMm[0];
  const columnsAlong = plane.rows * plane.spacingMm[1];
  const isTurned =
    Math.abs(dot(plane.rowDirection, axes.right)) < Math.abs(dot(plane.columnDirection, axes.right));
  return isTurned ? [columnsAlong, rowsAlong] : [rowsAlong, columnsAlong];
}

/** A point off the plane is shown at the foot of its perpendicular. CSS px from the pane's upper left corner. */
export function toCanvas(view: PanePlane, point: Vec3): readonly [x: number, y: number] {
  const away = subtract(point, view.middleMm);
  return [
    view.widthPx / 2 + dot(away, view.axes.right) * view.pxPerMm,
    view.heightPx / 2 + dot(away, view.axes.down) * view.pxPerMm,
  ];
}

/** The point of the plane at a place of the pane, LPS mm. */
export function toPatient(view: PanePlane, x: number, y: number): Vec3 {
  const across = (x - view.widthPx / 2) / view.pxPerMm;
  const along = (y - view.heightPx / 2) / view.pxPerMm;
  return add(view.middleMm, add(scale(view.axes.right, across), scale(view.axes.down, along)));
}

const LETTERS: readonly (readonly [plus: string, minus: string])[] = [
  ['L', 'R'],
  ['P', 'A'],
  ['H', 'F'],
];
/** Below this share (about 17°) a direction is not named. */
const NAMED = 0.3;

/** Where a direction of the screen leads in the patient: `A`, `PF`, …; PS3.3 C.7.6.1.1.1. */
export function directionLetters(direction: Vec3): string {
  return [0, 1, 2]
    .filter((axis) => Math.abs(direction[axis]) >= NAMED)
    .sort((a, b) => Math.abs(direction[b]) - Math.abs(direction[a]))
    .slice(0, 2)
    .map((axis) => LETTERS[axis][direction[axis] > 0 ? 0 : 1])
    .join('');
}

/** Zoom after a step, within what shows anything. */
const zoomOf = ({ zoom }: Framing, factor: number): number => Math.min(24, Math.max(0.25, zoom * factor));

/** About the middle of the pane. */
export const zoomed = (framing: Framing, factor: number): Framing => ({
  ...framing,
  zoom: zoomOf(framing, factor),
});

/** A zoom that keeps the point under (x, y) where it is. */
export function zoomedAt(view: PanePlane, framing: Framing, factor: number, x: number, y: number): Framing {
  const zoom = zoomOf(framing, factor);
  const grown = zoom / framing.zoom;
  const offMm = [(x - view.widthPx / 2) / view.pxPerMm, (y - view.heightPx / 2) / view.pxPerMm];
  return {
    zoom,
    shiftMm: [
      framing.shiftMm[0] + offMm[0] * (1 - 1 / grown),
      framing.shiftMm[1] + offMm[1] * (1 - 1 / grown),
    ],
  };
}
