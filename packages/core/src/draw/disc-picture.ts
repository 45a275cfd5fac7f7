import { add2, scale2 } from '../geometry/index.ts';
import { pfirrmannInWords, valueInWords } from '../report/index.ts';
import type { DiscFinding, PlanePoint, Polygon } from '../spine/index.ts';
import { discMarks, placeDisc } from './disc-marks.ts';
import { coordinate, type Markup, markup } from './markup.ts';
import { greyPng, pngDataUri } from './png.ts';
import { probabilityStrip } from './probability-strip.ts';
import {
  apparentMm,
  discOf,
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
} from './scene.ts';
import { type Frame, sampleFrame, toFrame } from './slice.ts';
import { IMAGE_COLOURS, OVERLAY } from './tokens.ts';

/** Half a body above and below a disc, its whole depth, and the sac behind it. */
const CROP_MM = { width: 60, height: 45 };
/** How far the middle of the crop lies behind the middle of the disc. */
const BEHIND_MM = 4;
const PIXEL_MM = 0.2;
const UNITS_PER_MM = 8;
const SIZE_MM = { title: 3.6, number: 2.8, caption: 2.2, strip: 13 };

/**
 * One disc, turned so that it lies level, 60 × 45 mm, with the lines its heights were measured along and the probabilities
 * of its Pfirrmann grade.
 * @returns `undefined` where the level has no outline or no finding
 */
export function discPicture(scene: Scene, label: string): Picture | undefined {
  const { outline, findings, slice } = scene;
  const shape = outline.discs.find((d) => d.label === label);
  const disc = discOf(findings, label);
  if (!shape || !disc) return undefined;
  const mm = apparentMm(scene);
  const { centre, back } = placeDisc(outline, shape);
  const frame: Frame = {
    // The sac behind the disc matters more than the fat in front of it.
    centreMm: add2(centre, scale2(back, BEHIND_MM * mm)),
    angleRad: Math.atan2(back[1], back[0]),
    widthMm: CROP_MM.width * mm,
    heightMm: CROP_MM.height * mm,
    pixelMm: PIXEL_MM * mm,
  };
  const k = UNITS_PER_MM / mm;
  const width = CROP_MM.width * UNITS_PER_MM;
  const height = CROP_MM.height * UNITS_PER_MM;
  const image = sampleFrame(slice, frame);
  const size = (name: keyof typeof SIZE_MM): number => SIZE_MM[name] * UNITS_PER_MM;
  const reading = readingsByLevel(findings).get(label);
  const style = discStyle(reading);
  const line = (polygon: Polygon, colour: string, widthMm: number, opacity: number): Markup =>
    markup`<path d="${pathData(polygon, frame, k)}" fill="none" stroke="${colour}" stroke-width="${coordinate(widthMm * UNITS_PER_MM)}" stroke-opacity="${opacity}" stroke-linejoin="round"/>`;

  const marks = outline.millimetresValid ? discMarks(outline, disc) : [];
  const alt = discAlt(disc, scene);
  const name = label.replace('/', '-');
  const stripTop = height + size('caption') * 1.2;
  const total = stripTop + size('strip') + size('caption') * 3.6;
  const { pfirrmann } = disc.grades;
  return {
    name: `disc-${name}`,
    view: 'disc',
    level: label,
    widthPx: width,
    heightPx: Math.round(total),
    alt,
    svg: imageRoot(
      width,
      total,
      alt,
      markup`<defs><clipPath id="crop-${name}"><rect width="${width}" height="${height}"/></clipPath></defs><image href="${pngDataUri(greyPng(image.pixels, image.width, image.height))}" width="${width}" height="${height}" preserveAspectRatio="none"/><g clip-path="url(#crop-${name})">${outline.bodies.map((b) => line(b.outline, OVERLAY.body.colour, 0.2, 0.8))}${outline.sac && line(outline.sac, OVERLAY.sac.colour, 0.2, 0.8)}${line(shape.outline, style.colour, 0.36, 1)}${marks.map((m) => drawMark(scale2(toFrame(frame, m.top), k), scale2(toFrame(frame, m.bottom), k), m.text, size('number')))}</g>${haloText(label, size('title') * 0.5, size('title') * 1.2, { size: size('title'), weight: 700, colour: style.colour })}${haloText('A', size('title') * 0.6, height / 2, { size: size('number'), anchor: 'middle', colour: IMAGE_COLOURS.inkSoft })}${haloText('P', width - size('title') * 0.6, height / 2, { size: size('number'), anchor: 'middle', colour: IMAGE_COLOURS.inkSoft })}${
        outline.millimetresValid &&
        scaleBar(10, width - size('title') * 0.6, height - size('title') * 0.6, UNITS_PER_MM, size('caption'))
      }<text x="${coordinate(size('title') * 0.5)}" y="${coordinate(stripTop + size('caption') * 0.9)}" font-size="${coordinate(size('caption'))}" fill="${IMAGE_COLOURS.inkSoft}">Pfirrmann</text>${probabilityStrip(
        pfirrmann,
        `Not graded: ${(pfirrmann.reason ?? 'no reason recorded').replaceAll('-', ' ')}`,
        {
          x: size('title') * 0.5 + (pfirrmann.probabilities ? size('caption') * 5.4 : 0),
          y: stripTop,
          width: width - size('title') - (pfirrmann.probabilities ? size('caption') * 5.4 : 0),
          height: size('strip'),
        },
        { ink: IMAGE_COLOURS.ink, inkSoft: IMAGE_COLOURS.inkSoft, line: IMAGE_COLOURS.inkSoft },
      )}${[sourceInWords(scene), STATUS_ON_IMAGE].map((text, i) => markup`<text x="${coordinate(size('title') * 0.5)}" y="${coordinate(total - size('caption') * (2 - 1.3 * i))}" font-size="${coordinate(size('caption'))}" fill="${IMAGE_COLOURS.inkSoft}">${text}</text>`)}`,
    ),
  };
}

function drawMark(top: PlanePoint, bottom: PlanePoint, text: string, size: number): Markup {
  const x = coordinate(top[0]);
  const [y1, y2] = [coordinate(top[1]), coordinate(bottom[1])];
  const tick = size * 0.3;
  const path = `M${coordinate(x - tick)} ${y1}H${coordinate(x + tick)}M${x} ${y1}V${y2}M${coordinate(x - tick)} ${y2}H${coordinate(x + tick)}`;
  return markup`<path d="${path}" fill="none" stroke="${IMAGE_COLOURS.ground}" stroke-width="${coordinate(size * 0.2)}"/><path d="${path}" fill="none" stroke="${IMAGE_COLOURS.measure}" stroke-width="${coordinate(size * 0.09)}"/>${haloText(text, x, y1 - size * 0.4, { size, anchor: 'middle' })}`;
}

function discAlt(disc: DiscFinding, scene: Scene): string {
  const { pfirrmann } = disc.grades;
  const grade =
    pfirrmann.value === undefined || pfirrmann.abstained
      ? 'Pfirrmann not graded'
      : `Pfirrmann ${pfirrmann.value}, ${pfirrmannInWords(pfirrmann.value)}`;
  const height = disc.heights.middle ? `, middle height ${valueInWords(disc.heights.middle)}` : '';
  return `${sourceInWords(scene)}: disc ${disc.label} and its neighbours; ${grade}${height}.`;
}
