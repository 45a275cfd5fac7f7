import { boundsOf, polygonCentroid } from '../geometry/index.ts';
import type { LevelReading } from '../report/index.ts';
import type { Polygon } from '../spine/index.ts';
import { coordinate, type Markup, markup } from './markup.ts';
import { greyPng, pngDataUri } from './png.ts';
import {
  apparentMm,
  discStyle,
  haloText,
  imageRoot,
  type Picture,
  pathData,
  readingsByLevel,
  type Scene,
  STATUS_ON_IMAGE,
  scaleBar,
  sourceInWords,
  UNITS_PER_MM,
} from './scene.ts';
import { type Frame, sampleFrame, toFrame } from './slice.ts';
import { IMAGE_COLOURS, OVERLAY, type OverlayStyle } from './tokens.ts';

/** Room around the spine, apparent mm: names stand in front of it, the spinous processes behind. */
const MARGIN_MM = { front: 38, back: 34, head: 8, feet: 10 };
/** Lettering, mm of the patient. */
const SIZE_MM = { body: 6.2, disc: 5.8, grade: 4.8, letter: 5.6, caption: 4.4 };
/** Pixels of the embedded image: about the finest in-plane resolution of routine lumbar MRI. */
const PIXEL_MM = 0.36;

/**
 * The mid-sagittal image with the named spine on it: vertebrae and discs outlined, names in front, discs that stand
 * out emphasised, a scale bar where millimetres hold, directions, source and status.
 */
export function overviewPicture(scene: Scene): Picture {
  const { outline, findings, slice } = scene;
  const mm = apparentMm(scene);
  const frame = overviewFrame(scene, mm);
  const k = UNITS_PER_MM / mm;
  const width = frame.widthMm * k;
  const height = frame.heightMm * k;
  const image = sampleFrame(slice, frame);
  const readings = readingsByLevel(findings);
  const size = (name: keyof typeof SIZE_MM): number => SIZE_MM[name] * UNITS_PER_MM;

  const shape = (polygon: Polygon, style: OverlayStyle): Markup =>
    markup`<path d="${pathData(polygon, frame, k)}" fill="${style.colour}" fill-opacity="${style.fillOpacity}" stroke="${style.colour}" stroke-width="${style.outlineMm * UNITS_PER_MM}" stroke-linejoin="round"/>`;
  const everyPoint = [...outline.bodies, ...outline.discs].flatMap((s) => s.outline);
  const inFront = (polygon: Polygon): [number, number] => {
    const middle = (polygonCentroid(polygon) ?? polygon[0])[1];
    const near = everyPoint.filter(([, v]) => Math.abs(v - middle) < 5 * mm);
    const u = Math.min(...(near.length > 0 ? near : polygon).map((p) => p[0]));
    const [x, y] = toFrame(frame, [u, middle]);
    return [x * k - 3 * UNITS_PER_MM, y * k];
  };
  const names = placeNames([
    ...outline.bodies.map((b) => nameOfBody(b.label, inFront(b.outline))),
    ...outline.discs.map((d) => nameOfDisc(d.label, inFront(d.outline), readings.get(d.label))),
  ]);
  const letter = (text: string, x: number, y: number): Markup =>
    haloText(text, x, y, { size: size('letter'), anchor: 'middle', colour: IMAGE_COLOURS.inkSoft });
  const caption = captionStrip(scene, width, height, size('caption'));

  const alt = overviewAlt(scene, [...readings.values()]);
  return {
    name: 'mid-sagittal',
    view: 'overview',
    widthPx: Math.round(width),
    heightPx: Math.round(height + caption.height),
    alt,
    svg: imageRoot(
      width,
      height + caption.height,
      alt,
      markup`<defs><clipPath id="image-area"><rect width="${coordinate(width)}" height="${coordinate(height)}"/></clipPath></defs><image href="${pngDataUri(greyPng(image.pixels, image.width, image.height))}" width="${coordinate(width)}" height="${coordinate(height)}" preserveAspectRatio="none"/><g clip-path="url(#image-area)">${outline.sac && shape(outline.sac, OVERLAY.sac)}${outline.cord && shape(outline.cord, OVERLAY.cord)}${[...(outline.sacrum ?? []), ...(outline.posterior ?? [])].map((p) => shape(p, OVERLAY.otherBone))}</g>${outline.bodies.map((b) => shape(b.outline, OVERLAY.body))}${outline.discs.map((d) => shape(d.outline, discStyle(readings.get(d.label))))}${names}${letter('A', size('letter') * 0.7, height / 2)}${letter('P', width - size('letter') * 0.7, height / 2)}${letter('H', width * 0.8, size('letter'))}${letter('F', width / 2, height - size('letter') * 0.4)}${
        outline.millimetresValid &&
        scaleBar(50, width - 5 * UNITS_PER_MM, height - 5 * UNITS_PER_MM, UNITS_PER_MM, size('caption'))
      }${caption.content}`,
    ),
  };
}

interface Name {
  readonly x: number;
  /** Middle of the structure that is named. */
  readonly y: number;
  readonly lines: readonly { text: string; size: number; colour: string; weight: 400 | 600 | 700 }[];
}

const nameOfBody = (text: string, [x, y]: readonly [number, number]): Name => ({
  x,
  y,
  lines: [{ text, size: SIZE_MM.body * UNITS_PER_MM, colour: IMAGE_COLOURS.ink, weight: 600 }],
});

function nameOfDisc(
  text: string,
  [x, y]: readonly [number, number],
  reading: LevelReading | undefined,
): Name {
  const size = SIZE_MM.disc * UNITS_PER_MM;
  if (reading === undefined || reading.standing === 'unremarkable') {
    return { x, y, lines: [{ text, size, colour: IMAGE_COLOURS.inkSoft, weight: 400 }] };
  }
  const note = {
    text: discNote(reading),
    size: SIZE_MM.grade * UNITS_PER_MM,
    colour: IMAGE_COLOURS.ink,
    weight: 400 as const,
  };
  return { x, y, lines: [{ text, size, colour: discStyle(reading).colour, weight: 700 }, note] };
}

/** Line height in sizes of the type. */
const LEADING = 1.05;

/** Names from the head downward, each moved down as far as it would touch the one above it. */
function placeNames(names: readonly Name[]): Markup[] {
  let free = Number.NEGATIVE_INFINITY;
  return names
    .toSorted((a, b) => a.y - b.y)
    .map(({ x, y, lines }) => {
      const height = lines.reduce((sum, l) => sum + l.size * LEADING, 0);
      let top = Math.max(y - height / 2, free);
      free = top + height;
      return markup`${lines.map(({ text, size, colour, weight }) => {
        top += size * LEADING;
        // Capitals stand on the baseline and fill about 0.72 of the size: 0.17 below centres them in their line.
        return haloText(text, x, top - size * 0.17, { size, colour, weight, anchor: 'end' });
      })}`;
    });
}

/** The spine with its margins, cut to the image at the head, the feet and the back; names may stand in front of it. */
function overviewFrame({ outline, slice }: Scene, mm: number): Frame {
  const { columns, rows, spacingMm, originMm } = slice.inPlane;
  const image = {
    min: [originMm[0] - spacingMm[0] / 2, originMm[1] - spacingMm[1] / 2],
    max: [originMm[0] + (columns - 0.5) * spacingMm[0], originMm[1] + (rows - 0.5) * spacingMm[1]],
  };
  const spine = boundsOf([...outline.bodies, ...outline.discs].flatMap((s) => s.outline)) ?? image;
  const minU = spine === image ? image.min[0] : spine.min[0] - MARGIN_MM.front * mm;
  const minV = Math.min(spine.min[1], Math.max(image.min[1], spine.min[1] - MARGIN_MM.head * mm));
  const maxU = Math.max(spine.max[0], Math.min(image.max[0], spine.max[0] + MARGIN_MM.back * mm));
  const maxV = Math.max(spine.max[1], Math.min(image.max[1], spine.max[1] + MARGIN_MM.feet * mm));
  return {
    centreMm: [(minU + maxU) / 2, (minV + maxV) / 2],
    angleRad: 0,
    widthMm: maxU - minU,
    heightMm: maxV - minV,
    pixelMm: PIXEL_MM * mm,
  };
}

/** Shortest useful word on a disc that stands out. */
function discNote({ disc, standing, slip }: LevelReading): string {
  const { pfirrmann, herniation, bulging } = disc.grades;
  if (standing === 'unclear') return 'undecided';
  if (pfirrmann.value !== undefined && !pfirrmann.abstained) return `Pfirrmann ${pfirrmann.value}`;
  if (slip && slip.direction !== 'none') return 'slip';
  if (herniation.value) return 'herniation';
  if (bulging.value) return 'bulge';
  return 'see report';
}

function captionStrip(
  scene: Scene,
  width: number,
  top: number,
  size: number,
): { content: Markup; height: number } {
  const present = new Set([...readingsByLevel(scene.findings).values()].map((r) => r.standing));
  const legend: [string, OverlayStyle][] = [
    ['vertebra', OVERLAY.body],
    ['disc', OVERLAY.disc],
    ...(present.has('stands-out')
      ? ([['stands out', OVERLAY.discStandsOut]] as [string, OverlayStyle][])
      : []),
    ...(present.has('unclear') ? ([['undecided', OVERLAY.discUnclear]] as [string, OverlayStyle][]) : []),
    ...(scene.outline.sac ? ([['dural sac', OVERLAY.sac]] as [string, OverlayStyle][]) : []),
  ];
  const pad = size * 0.8;
  let x = pad;
  let line = 0;
  const entries = legend.map(([name, { colour, fillOpacity }]) => {
    const step = size * (1.1 + name.length * 0.56 + 0.9);
    if (x + step > width) {
      x = pad;
      line += 1;
    }
    const y = top + size * (1.5 + line * 1.5);
    const entry = markup`<rect x="${coordinate(x)}" y="${coordinate(y - size * 0.72)}" width="${coordinate(size * 0.8)}" height="${coordinate(size * 0.8)}" fill="${colour}" fill-opacity="${fillOpacity}" stroke="${colour}" stroke-width="${coordinate(size * 0.12)}"/>${plainText(name, x + size * 1.1, y, size)}`;
    x += step;
    return entry;
  });
  const below = top + size * (1.5 + line * 1.5);
  return {
    content: markup`${entries}${plainText(sourceInWords(scene), pad, below + size * 1.5, size)}${plainText(STATUS_ON_IMAGE, pad, below + size * 2.9, size)}`,
    height: below - top + size * 3.7,
  };
}

function plainText(text: string, x: number, y: number, size: number): Markup {
  return markup`<text x="${coordinate(x)}" y="${coordinate(y)}" font-size="${coordinate(size)}" fill="${IMAGE_COLOURS.inkSoft}">${text}</text>`;
}

function overviewAlt(scene: Scene, readings: readonly LevelReading[]): string {
  const labels = scene.outline.bodies.map((b) => b.label);
  const named =
    labels.length > 0 ? `vertebrae ${labels[0]} to ${labels[labels.length - 1]} named` : 'no vertebra named';
  const out = readings.filter((r) => r.standing === 'stands-out').map((r) => r.disc.label);
  const marked =
    out.length > 0 ? `; marked as standing out: ${out.join(', ')}` : '; no disc is marked as standing out';
  return `${sourceInWords(scene)}: mid-sagittal lumbar spine, ${named}${marked}.`;
}
