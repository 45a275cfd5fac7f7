import { polygonArea } from '../geometry/index.ts';
import { type LevelReading, readLevels, type Standing } from '../report/index.ts';
import type { DiscFinding, Findings, Polygon, SpineOutline } from '../spine/index.ts';
import { coordinate, type Markup, markup } from './markup.ts';
import { type Frame, type Slice2D, toFrame } from './slice.ts';
import { FONT_STACK, IMAGE_COLOURS, OVERLAY, type OverlayStyle } from './tokens.ts';

/** Everything the key images are made from. The outline lies in the plane of the slice. */
export interface Scene {
  readonly slice: Slice2D;
  readonly outline: SpineOutline;
  readonly findings: Findings;
  /** Which image this is. */
  readonly source: {
    /** For people, e.g. `Sagittal T2`. */
    readonly series: string;
    /** Counted from 1. */
    readonly sliceNumber?: number;
    readonly sliceCount?: number;
  };
}

/** A finished picture: a self-contained SVG with the image inside. */
export interface Picture {
  /** File name without extension: `mid-sagittal`, `disc-L5-S1`, `axial-L5-S1`. */
  readonly name: string;
  readonly view: 'overview' | 'disc' | 'axial';
  /** The disc level, on pictures of one level. */
  readonly level?: string;
  readonly svg: string;
  /** Size at which lettering has its intended size, CSS px. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** What is to be seen, for those who cannot see it. */
  readonly alt: string;
}

/** SVG user units per mm of the patient. */
export const UNITS_PER_MM = 4;

/** A vertebral body of an adult measures about 30 × 30 mm in the mid-sagittal plane; only scales lettering. */
const TYPICAL_BODY_MM = 30;
/** Height of a usual lumbar field of view; only where no body was found either. */
const TYPICAL_IMAGE_MM = 280;

/**
 * How many plane units look like a millimetre. 1 where millimetres hold; else judged from the size of the bodies, so
 * that margins and lettering keep their proportions. Never used for a number that is shown.
 */
export function apparentMm({ outline, slice }: Scene): number {
  if (outline.millimetresValid) return 1;
  const areas = outline.bodies
    .map((b) => polygonArea(b.outline))
    .filter((a) => a > 0)
    .sort((a, b) => a - b);
  return areas.length > 0
    ? Math.sqrt(areas[areas.length >> 1]) / TYPICAL_BODY_MM
    : (slice.inPlane.rows * slice.inPlane.spacingMm[1]) / TYPICAL_IMAGE_MM;
}

/** Readings by disc label. */
export function readingsByLevel(findings: Findings): ReadonlyMap<string, LevelReading> {
  return new Map(readLevels(findings).map((r) => [r.disc.label, r]));
}

const STYLE_BY_STANDING: Readonly<Record<Standing, OverlayStyle>> = {
  'stands-out': OVERLAY.discStandsOut,
  unclear: OVERLAY.discUnclear,
  unremarkable: OVERLAY.disc,
};
export const discStyle = (reading: LevelReading | undefined): OverlayStyle =>
  STYLE_BY_STANDING[reading?.standing ?? 'unremarkable'];

/** `1.25,3 4,5` → a closed path of the polygon in the frame's user units. */
export function pathData(polygon: Polygon, frame: Frame, unitsPerPlaneUnit: number): string {
  const points = polygon.map((p) => {
    const [x, y] = toFrame(frame, p);
    return `${coordinate(x * unitsPerPlaneUnit)} ${coordinate(y * unitsPerPlaneUnit)}`;
  });
  return `M${points.join('L')}Z`;
}

/** Text on an image: a dark halo keeps it readable on bright fat and on dark bone. */
export function haloText(
  text: string,
  x: number,
  y: number,
  options: {
    readonly size: number;
    readonly anchor?: 'start' | 'middle' | 'end';
    readonly colour?: string;
    readonly weight?: 400 | 600 | 700;
  },
): Markup {
  const { size, anchor = 'start', colour = IMAGE_COLOURS.ink, weight = 600 } = options;
  return markup`<text x="${coordinate(x)}" y="${coordinate(y)}" font-size="${coordinate(size)}" font-weight="${weight}" text-anchor="${anchor}" fill="${colour}" stroke="${IMAGE_COLOURS.ground}" stroke-width="${coordinate(size * 0.24)}" stroke-linejoin="round" paint-order="stroke">${text}</text>`;
}

/** A horizontal bar of known length with end ticks, its right end at (x, y), user units. */
export function scaleBar(lengthMm: number, x: number, y: number, unitsPerMm: number, size: number): Markup {
  const left = x - lengthMm * unitsPerMm;
  const tick = size * 0.35;
  const path = `M${coordinate(left)} ${coordinate(y - tick)}V${coordinate(y + tick)}M${coordinate(left)} ${coordinate(y)}H${coordinate(x)}M${coordinate(x)} ${coordinate(y - tick)}V${coordinate(y + tick)}`;
  return markup`<path d="${path}" fill="none" stroke="${IMAGE_COLOURS.ground}" stroke-width="${coordinate(size * 0.34)}"/><path d="${path}" fill="none" stroke="${IMAGE_COLOURS.ink}" stroke-width="${coordinate(size * 0.14)}"/>${haloText(`${lengthMm} mm`, (left + x) / 2, y - size * 0.6, { size, anchor: 'middle', weight: 400 })}`;
}

/** The SVG root on dark ground. */
export function imageRoot(width: number, height: number, label: string, content: Markup): string {
  const w = coordinate(width);
  const h = coordinate(height);
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img" aria-label="${label}" font-family="${FONT_STACK}"><rect width="${w}" height="${h}" fill="${IMAGE_COLOURS.ground}"/>${content}</svg>`
    .markup;
}

/** `Sagittal T2, slice 8 of 15`. */
export function sourceInWords({ source }: Scene): string {
  const of = source.sliceCount === undefined ? '' : ` of ${source.sliceCount}`;
  return source.sliceNumber === undefined
    ? source.series
    : `${source.series}, slice ${source.sliceNumber}${of}`;
}

export const STATUS_ON_IMAGE = 'Unreviewed AI result, experimental';

export function discOf(findings: Findings, label: string): DiscFinding | undefined {
  return findings.discs.find((d) => d.label === label);
}
