import { type InPlaneGrid, type Point2, signedArea } from '../../geometry/index.ts';

/** Values on the pixels of one plane; `data[column + columns * row]`. */
export interface PlaneMap {
  readonly inPlane: InPlaneGrid;
  readonly data: ArrayLike<number>;
}

/** One closed line of equal level, mm in the plane. */
export interface Contour {
  /**
   * First point not repeated. Turns from the first axis towards the second round a region, the other way round a hole.
   */
  readonly outline: readonly Point2[];
  readonly hole: boolean;
  /** Enclosed area, mm², positive for regions and holes alike. */
  readonly areaMm2: number;
  /** Whether the region reaches the image's edge; there the outline follows the outer pixels' border. */
  readonly cutByImageEdge: boolean;
}

/**
 * Where a map passes a level, with linear interpolation between pixel centres (marching squares; the two ambiguous
 * cases are decided by the mean of the four corners). Every contour is closed: a region that touches the edge of the
 * image is closed along the outer border of its pixels and says so. Values that are not numbers count as below.
 *
 * @returns contours by enclosed area, the largest first
 */
export function traceContours(map: PlaneMap, level = 0.5): Contour[] {
  const lattice = padded(map, level);
  const next = segmentsOf(lattice, level);
  const contours: Contour[] = [];
  for (const start of next.keys()) {
    if (!next.has(start)) continue;
    const outline: Point2[] = [];
    let cut = false;
    for (let edge: number | undefined = start; edge !== undefined; ) {
      const point = crossingAt(lattice, edge, level);
      cut ||= onBorder(lattice, point);
      outline.push(toPlane(map.inPlane, point));
      const to = next.get(edge);
      next.delete(edge);
      edge = to === start ? undefined : to;
    }
    const area = signedArea(outline);
    if (area !== 0) contours.push({ outline, hole: area < 0, areaMm2: Math.abs(area), cutByImageEdge: cut });
  }
  return contours.sort((a, b) => b.areaMm2 - a.areaMm2);
}

/** The largest region of a map above a level, holes filled; `undefined` where nothing reaches the level. */
export const largestContour = (map: PlaneMap, level = 0.5): Contour | undefined =>
  traceContours(map, level).find((c) => !c.hole);

/** The map with a rim of one pixel below the level, so that every contour closes. */
interface Padded {
  readonly width: number;
  readonly height: number;
  readonly values: Float64Array;
}

function padded(map: PlaneMap, level: number): Padded {
  const { columns, rows } = map.inPlane;
  const width = columns + 2;
  const height = rows + 2;
  const values = new Float64Array(width * height).fill(level - 1);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const v = map.data[i + columns * j];
      values[i + 1 + width * (j + 1)] = Number.isFinite(v) ? v : level - 1;
    }
  }
  // The rim mirrors the outer pixel about the level: the crossing falls half a pixel out, on the pixel's border.
  const mirror = (rim: number, inner: number): void => {
    const above = values[inner] - level;
    values[rim] = level - Math.max(above, 1e-6);
  };
  for (let i = 1; i <= columns; i++) {
    mirror(i, i + width);
    mirror(i + width * (height - 1), i + width * (height - 2));
  }
  for (let j = 1; j <= rows; j++) {
    mirror(width * j, 1 + width * j);
    mirror(width - 1 + width * j, width - 2 + width * j);
  }
  return { width, height, values };
}

/** An edge of the lattice: 2 × index of its upper or left end, plus 1 where it runs down. */
const across = (at: number): number => 2 * at;
const downward = (at: number): number => 2 * at + 1;

/** From each crossed edge to the next one along the contour, the region on the right hand when the second axis points down. */
function segmentsOf({ width, height, values }: Padded, level: number): Map<number, number> {
  const next = new Map<number, number>();
  for (let j = 0; j + 1 < height; j++) {
    for (let i = 0; i + 1 < width; i++) {
      const at = i + width * j;
      const tl = values[at] >= level;
      const tr = values[at + 1] >= level;
      const bl = values[at + width] >= level;
      const br = values[at + width + 1] >= level;
      const kind = (tl ? 8 : 0) + (tr ? 4 : 0) + (br ? 2 : 0) + (bl ? 1 : 0);
      if (kind === 0 || kind === 15) continue;
      const top = across(at);
      const bottom = across(at + width);
      const left = downward(at);
      const right = downward(at + 1);
      const joined = values[at] + values[at + 1] + values[at + width] + values[at + width + 1] >= 4 * level;
      for (const [from, to] of cellSegments(kind, joined, top, right, bottom, left)) next.set(from, to);
    }
  }
  return next;
}

type Segment = readonly [number, number];

/** Bits of `kind`: 8 top left, 4 top right, 2 bottom right, 1 bottom left. */
function cellSegments(
  kind: number,
  joined: boolean,
  top: number,
  right: number,
  bottom: number,
  left: number,
): readonly Segment[] {
  switch (kind) {
    case 8:
      return [[top, left]];
    case 4:
      return [[right, top]];
    case 2:
      return [[bottom, right]];
    case 1:
      return [[left, bottom]];
    case 7:
      return [[left, top]];
    case 11:
      return [[top, right]];
    case 13:
      return [[right, bottom]];
    case 14:
      return [[bottom, left]];
    case 12:
      return [[right, left]];
    case 3:
      return [[left, right]];
    case 9:
      return [[top, bottom]];
    case 6:
      return [[bottom, top]];
    case 10:
      return joined
        ? [
            [top, right],
            [bottom, left],
          ]
        : [
            [top, left],
            [bottom, right],
          ];
    default:
      return joined
        ? [
            [left, top],
            [right, bottom],
          ]
        : [
            [right, top],
            [left, bottom],
          ];
  }
}

/** Place of the crossing on an edge, in pixels of the map itself (not of the padded one). */
function crossingAt({ width, values }: Padded, edge: number, level: number): Point2 {
  const at = edge >> 1;
  const down = (edge & 1) === 1;
  const a = values[at];
  const b = values[at + (down ? width : 1)];
  const t = (level - a) / (b - a);
  const i = (at % width) - 1;
  const j = Math.floor(at / width) - 1;
  return down ? [i, j + t] : [i + t, j];
}

/** Within the outer half pixel of the image. */
function onBorder({ width, height }: Padded, [i, j]: Point2): boolean {
  return i <= -0.499 || j <= -0.499 || i >= width - 2 - 0.501 || j >= height - 2 - 0.501;
}

const toPlane = (grid: InPlaneGrid, [i, j]: Point2): Point2 => [
  grid.originMm[0] + i * grid.spacingMm[0],
  grid.originMm[1] + j * grid.spacingMm[1],
];
