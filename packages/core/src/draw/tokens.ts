/*
 * The one place for sizes and colours of pictures, charts and pages. Everything else names a token.
 */

/** Base grid: every distance on a page is a multiple of it, CSS px. */
export const GRID_PX = 4;

/** Type scale, CSS px. Body text is never smaller than 16; `small` is for captions and sources only. */
export const TYPE_PX = { small: 14, body: 16, lead: 20, section: 24, title: 32 } as const;

export const FONT_STACK =
  "'IBM Plex Sans', system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif";

/** Colours of a page in one lighting. Text colours reach 4.5:1 on `page` and on `surface` (tested). */
export interface PageColours {
  readonly page: string;
  readonly surface: string;
  readonly line: string;
  readonly ink: string;
  readonly inkSoft: string;
  readonly accent: string;
  readonly notice: string;
  readonly noticeInk: string;
  /** Marks in charts: the patient's value. 3:1 or better on page and surface. */
  readonly mark: string;
  /** The normal range in charts. */
  readonly range: string;
}

export const LIGHT: PageColours = {
  page: '#ffffff',
  surface: '#f3f5f7',
  line: '#c9d0d8',
  ink: '#16202b',
  inkSoft: '#4a5867',
  accent: '#00598c',
  notice: '#fdf1dc',
  noticeInk: '#5c3b00',
  mark: '#00598c',
  range: '#a8d5c4',
};

export const DARK: PageColours = {
  page: '#12171d',
  surface: '#1c232b',
  line: '#3a4551',
  ink: '#e8edf2',
  inkSoft: '#a9b5c1',
  accent: '#7cc4f0',
  notice: '#3a2d12',
  noticeInk: '#f6dca6',
  mark: '#7cc4f0',
  range: '#2f5f4f',
};

/** Okabe and Ito's eight colours, told apart with every common colour vision (jfly.uni-koeln.de/color). */
export const OKABE_ITO = {
  black: '#000000',
  orange: '#e69f00',
  skyBlue: '#56b4e9',
  bluishGreen: '#009e73',
  yellow: '#f0e442',
  blue: '#0072b2',
  vermillion: '#d55e00',
  reddishPurple: '#cc79a7',
} as const;

/** Structures on an image. The fill is laid over the image with the given opacity, the outline is drawn crisp. */
export interface OverlayStyle {
  readonly colour: string;
  readonly fillOpacity: number;
  readonly outlineMm: number;
}
export const OVERLAY: Readonly<
  Record<
    | 'body'
    | 'disc'
    | 'discStandsOut'
    | 'discUnclear'
    | 'sac'
    | 'cord'
    | 'facets'
    | 'ligamentumFlavum'
    | 'muscle'
    | 'otherBone',
    OverlayStyle
  >
> = {
  body: { colour: OKABE_ITO.skyBlue, fillOpacity: 0.12, outlineMm: 0.5 },
  disc: { colour: OKABE_ITO.bluishGreen, fillOpacity: 0.26, outlineMm: 0.5 },
  discStandsOut: { colour: OKABE_ITO.orange, fillOpacity: 0.3, outlineMm: 0.9 },
  discUnclear: { colour: OKABE_ITO.reddishPurple, fillOpacity: 0.26, outlineMm: 0.7 },
  sac: { colour: OKABE_ITO.yellow, fillOpacity: 0, outlineMm: 0.35 },
  cord: { colour: OKABE_ITO.reddishPurple, fillOpacity: 0, outlineMm: 0.35 },
  otherBone: { colour: OKABE_ITO.skyBlue, fillOpacity: 0, outlineMm: 0.35 },
  facets: { colour: OKABE_ITO.vermillion, fillOpacity: 0.1, outlineMm: 0.45 },
  ligamentumFlavum: { colour: OKABE_ITO.reddishPurple, fillOpacity: 0.1, outlineMm: 0.45 },
  muscle: { colour: OKABE_ITO.skyBlue, fillOpacity: 0, outlineMm: 0.4 },
};

/** On an image: always on dark ground, in every lighting of the page. */
export const IMAGE_COLOURS = {
  ground: '#0c1014',
  ink: '#ffffff',
  inkSoft: '#c3ccd5',
  measure: '#ffffff',
} as const;

/** Pfirrmann 1–5: one hue, light to dark as the disc itself darkens; readable without any colour vision. */
export const PFIRRMANN_COLOURS: readonly { readonly fill: string; readonly ink: string }[] = [
  { fill: '#e3f1fa', ink: '#16202b' },
  { fill: '#aed6ee', ink: '#16202b' },
  { fill: '#63aede', ink: '#16202b' },
  { fill: '#1b6fa8', ink: '#ffffff' },
  { fill: '#0b3454', ink: '#ffffff' },
];
