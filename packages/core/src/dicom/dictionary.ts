/** Look-ups in the data dictionary (PS3.6) and in the rules for tags (PS3.5 section 7). */
import { TAG_VRS, Tag } from './dictionary.generated.ts';
import { isVr, type Vr } from './vr.ts';

export type Keyword = keyof typeof Tag;

/** A VR, or one of the choices that the dictionary leaves open. */
type DictionaryVr = Vr | 'xs' | 'ox' | 'xw';

const vrByTag = new Map<number, DictionaryVr>();
const keywordByTag = new Map<number, Keyword>();

(Object.keys(Tag) as Keyword[]).forEach((keyword, i) => {
  keywordByTag.set(Tag[keyword], keyword);
  const code = TAG_VRS.slice(2 * i, 2 * i + 2);
  if (isVr(code) || code === 'xs' || code === 'ox' || code === 'xw') vrByTag.set(Tag[keyword], code);
});

/** First member of the repeating group that a tag belongs to (PS3.6: 50XX, 60XX, 7FXX, 0020,31XX, 0028,04X0, 1000,XXX0). */
function firstOfRepeating(tag: number): number {
  const group = tag >>> 16;
  const pages = group & 0xff00;
  if (pages === 0x5000 || pages === 0x6000 || pages === 0x7f00) return (tag & 0xff00ffff) >>> 0;
  if (group === 0x0020) return (tag & 0xffffff00) >>> 0;
  if (group === 0x0028) return (tag & 0xffffff0f) >>> 0;
  if (group === 0x1000) return (tag & 0xffff000f) >>> 0;
  if (group === 0x1010) return 0x10100000;
  return tag;
}

function find<T>(table: ReadonlyMap<number, T>, tag: number): T | undefined {
  return table.get(tag) ?? (isPrivate(tag) ? undefined : table.get(firstOfRepeating(tag)));
}

/** `(gggg,eeee)` in capitals, as the standard writes it. */
export function formatTag(tag: number): string {
  const hex = tag.toString(16).padStart(8, '0').toUpperCase();
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}

/** Private elements have an odd group number (PS3.5 section 7.8). */
export function isPrivate(tag: number): boolean {
  return ((tag >>> 16) & 1) === 1;
}

/** (gggg,0010–00FF) of an odd group: names the owner of a block of private elements. */
export function isPrivateCreator(tag: number): boolean {
  const element = tag & 0xffff;
  return isPrivate(tag) && element >= 0x10 && element <= 0xff;
}

export function keywordOf(tag: number): Keyword | undefined {
  return find(keywordByTag, tag);
}

export function tagOf(keyword: string): number | undefined {
  return Object.hasOwn(Tag, keyword) ? Tag[keyword as Keyword] : undefined;
}

/**
 * VR by the dictionary, or `undefined` where it holds none (private elements, tags newer than its edition).
 * @param signedPixels Pixel Representation is 1: decides `US or SS`.
 */
export function vrOf(tag: number, signedPixels = false): Vr | undefined {
  if ((tag & 0xffff) === 0) return 'UL';
  if (isPrivateCreator(tag)) return 'LO';
  const vr = find(vrByTag, tag);
  switch (vr) {
    case 'xs':
      return signedPixels ? 'SS' : 'US';
    case 'ox': // implicit VR is always OW (PS3.5 section A.1)
    case 'xw':
      return 'OW';
    default:
      return vr;
  }
}
