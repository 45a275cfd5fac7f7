/** Parameters of rendered resources: PS3.18 section 8.3.5. */
import { isUsable, type Viewport, type Voi } from '../ports/images/index.ts';
import { badRequest } from './refusal.ts';

export interface RenderParameters {
  readonly window?: Voi;
  readonly viewport?: Viewport;
  readonly quality?: number;
  /** What was asked for and is not done. */
  readonly warnings: readonly string[];
}

/** Of a side; 4K screens have 3,840. */
const MAX_VIEWPORT = 4096;
const NUMBER = /^[+-]?(\d{1,12}\.?\d{0,12}|\.\d{1,12})$/;
const SHAPES = ['linear', 'linear-exact', 'sigmoid'] as const;

/** @throws DicomwebRefusal bad-request */
export function renderParameters(search: string): RenderParameters {
  if (/%(?![0-9A-Fa-f]{2})/.test(search))
    throw badRequest('The query is not percent-encoded as it should be.');
  const query = new URLSearchParams(search);
  const warnings: string[] = [];
  const once = (name: string): string | undefined => {
    const values = query.getAll(name);
    if (values.length > 1) throw badRequest(`${name} is given more than once.`);
    return values[0];
  };
  // Nothing is drawn into the image: names do not get into pictures by chance.
  if (once('annotation')) warnings.push('Annotations are not rendered.');
  // Nobody shall take the plain image for one that a presentation state was applied to.
  if ([...query.keys()].some((name) => /^presentation(series)?uid$/i.test(name)))
    throw badRequest(
      'Presentation states are not applied: leave presentationUID and presentationSeriesUID out.',
    );
  const profile = once('iccprofile');
  if (profile !== undefined && profile !== 'no') warnings.push('ICC profiles are not embedded.');
  const window = windowOf(once('window'));
  const viewport = viewportOf(once('viewport'));
  const quality = qualityOf(once('quality'));
  return {
    warnings,
    ...(window === undefined ? {} : { window }),
    ...(viewport === undefined ? {} : { viewport }),
    ...(quality === undefined ? {} : { quality }),
  };
}

/** `centre,width,function` (8.3.5.1.4). */
function windowOf(text: string | undefined): Voi | undefined {
  if (text === undefined) return undefined;
  const [centre = '', width = '', name = 'linear', ...rest] = text.split(',').map((part) => part.trim());
  const shape = SHAPES.find((each) => each === name.toLowerCase());
  if (shape === undefined || rest.length > 0 || !NUMBER.test(centre) || !NUMBER.test(width)) {
    throw badRequest('window is not centre,width,function.');
  }
  if (!isUsable(Number(width), shape)) throw badRequest('The width of the window is too small.');
  return { centre: Number(centre), width: Number(width), shape };
}

/** `vw,vh` and the region `sx,sy,sw,sh`, any of which may be left empty (8.3.5.1.3). */
function viewportOf(text: string | undefined): Viewport | undefined {
  if (text === undefined) return undefined;
  const parts = text.split(',').map((part) => part.trim());
  const valid =
    parts.length >= 2 && parts.length <= 6 && parts.every((part) => part === '' || NUMBER.test(part));
  if (!valid) throw badRequest('viewport is not vw,vh,sx,sy,sw,sh.');
  const [width, height, x, y, sourceWidth, sourceHeight] = parts.map((part) =>
    part === '' ? undefined : Number(part),
  );
  const side = (size: number | undefined): number => {
    if (size === undefined || !Number.isInteger(size) || size < 1 || size > MAX_VIEWPORT) {
      throw badRequest(`The viewport is not between 1 and ${MAX_VIEWPORT} pixels wide and high.`);
    }
    return size;
  };
  return {
    width: side(width),
    height: side(height),
    ...(x === undefined ? {} : { x }),
    ...(y === undefined ? {} : { y }),
    ...(sourceWidth === undefined ? {} : { sourceWidth }),
    ...(sourceHeight === undefined ? {} : { sourceHeight }),
  };
}

/** 8.3.5.1.2. */
function qualityOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const quality = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (quality < 1 || quality > 100) throw badRequest('quality is not between 1 and 100.');
  return quality;
}
