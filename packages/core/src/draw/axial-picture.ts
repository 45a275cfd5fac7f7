import { add2, type Point2, polygonCentroid } from '../geometry/index.ts';
import { measurementInWords } from '../report/index.ts';
import type { AxialFinding, Polygon } from '../spine/index.ts';
import { coordinate, type Markup, markup } from './markup.ts';
import { greyPng, pngDataUri } from './png.ts';
import { haloText, imageRoot, type Picture, pathData, STATUS_ON_IMAGE, scaleBar } from './scene.ts';
import { type Frame, type Slice2D, sampleFrame } from './slice.ts';
import { IMAGE_COLOURS, OVERLAY, type OverlayStyle } from './tokens.ts';

/** One axial slice with what was outlined on it; front up, the patient's right on the left. */
export interface AxialScene {
  readonly slice: Slice2D;
  readonly finding: AxialFinding;
  readonly outlines: readonly { readonly kind: AxialKind; readonly outline: Polygon }[];
  readonly millimetresValid: boolean;
}
export type AxialKind = 'sac' | 'disc' | 'body' | 'facets' | 'ligamentumFlavum' | 'muscle';

/** Both psoas and the back muscles of a broad person. */
const CROP_MM = { width: 150, height: 112 };
/** How far the middle of the crop lies behind the middle of the sac. */
const BEHIND_MM = 8;
const PIXEL_MM = 0.4;
const UNITS_PER_MM = 4;
const SIZE_MM = { title: 8, letter: 7, caption: 5.4 };

const STYLE: Readonly<Record<AxialKind, OverlayStyle>> = {
  sac: { ...OVERLAY.sac, outlineMm: 0.8 },
  disc: OVERLAY.disc,
  body: OVERLAY.body,
  facets: OVERLAY.facets,
  ligamentumFlavum: OVERLAY.ligamentumFlavum,
  muscle: OVERLAY.muscle,
};

/** An axial slice with its outlines, its side letters, and the area of the sac. */
export function axialPicture(scene: AxialScene): Picture {
  const { finding, slice, outlines } = scene;
  const { columns, rows, spacingMm, originMm } = slice.inPlane;
  const sac = outlines.find((o) => o.kind === 'sac');
  const middle: Point2 = [
    originMm[0] + ((columns - 1) / 2) * spacingMm[0],
    originMm[1] + ((rows - 1) / 2) * spacingMm[1],
  ];
  const frame: Frame = {
    centreMm: add2((sac && polygonCentroid(sac.outline)) ?? middle, [0, BEHIND_MM]),
    angleRad: 0,
    widthMm: CROP_MM.width,
    heightMm: CROP_MM.height,
    pixelMm: PIXEL_MM,
  };
  const width = CROP_MM.width * UNITS_PER_MM;
  const height = CROP_MM.height * UNITS_PER_MM;
  const image = sampleFrame(slice, frame);
  const size = (name: keyof typeof SIZE_MM): number => SIZE_MM[name] * UNITS_PER_MM;
  const shape = ({ kind, outline }: (typeof outlines)[number]): Markup => {
    const { colour, fillOpacity, outlineMm } = STYLE[kind];
    return markup`<path d="${pathData(outline, frame, UNITS_PER_MM)}" fill="${colour}" fill-opacity="${fillOpacity}" stroke="${colour}" stroke-width="${coordinate(outlineMm * UNITS_PER_MM)}" stroke-linejoin="round"/>`;
  };
  const { sacArea } = finding;
  const area = sacArea ? `Dural sac ${measurementInWords(sacArea)}` : 'Dural sac not measured';
  const name = finding.level.replace('/', '-');
  const alt = `Axial T2 slice at ${finding.level}: ${area.toLowerCase()}. ${STATUS_ON_IMAGE}.`;
  const total = height + size('caption') * 3;
  const letter = (text: string, x: number): Markup =>
    haloText(text, x, height / 2, {
      size: size('letter'),
      anchor: 'middle',
      weight: 700,
      colour: IMAGE_COLOURS.inkSoft,
    });
  return {
    name: `axial-${name}`,
    view: 'axial',
    level: finding.level,
    widthPx: width,
    heightPx: Math.round(total),
    alt,
    svg: imageRoot(
      width,
      total,
      alt,
      markup`<defs><clipPath id="axial-crop-${name}"><rect width="${width}" height="${height}"/></clipPath></defs><image href="${pngDataUri(greyPng(image.pixels, image.width, image.height))}" width="${width}" height="${height}" preserveAspectRatio="none"/><g clip-path="url(#axial-crop-${name})">${outlines.map(shape)}</g>${haloText(finding.level, size('title') * 0.5, size('title') * 1.2, { size: size('title'), weight: 700 })}${letter('R', size('letter') * 0.7)}${letter('L', width - size('letter') * 0.7)}${
        scene.millimetresValid &&
        scaleBar(20, width - size('letter'), height - size('caption'), UNITS_PER_MM, size('caption'))
      }${[area, STATUS_ON_IMAGE].map((text, i) => markup`<text x="${coordinate(size('caption'))}" y="${coordinate(height + size('caption') * (1.3 + 1.25 * i))}" font-size="${coordinate(size('caption'))}" fill="${i === 0 ? IMAGE_COLOURS.ink : IMAGE_COLOURS.inkSoft}">${text}</text>`)}`,
    ),
  };
}
