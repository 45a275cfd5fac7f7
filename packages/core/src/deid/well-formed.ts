/** Whether an element is what it says: if not, anything may be in it, and nothing of it is kept. */
import { type DataElement, type DataSet, Tag, type Vr, vrOf } from '../dicom/index.ts';
import { isBulk, isImageBytes } from './image-bytes.ts';

const TEXT: ReadonlySet<Vr> = new Set<Vr>(['AE', 'CS', 'SH', 'LO', 'ST', 'LT', 'UC', 'UT', 'UR', 'PN']);
const NUMBER_TEXT: ReadonlySet<Vr> = new Set<Vr>(['DS', 'IS']);
const NUMBER: ReadonlySet<Vr> = new Set<Vr>([
  'US',
  'SS',
  'UL',
  'SL',
  'UV',
  'SV',
  'FL',
  'FD',
  'OF',
  'OD',
  'OL',
  'OV',
]);
const BYTES: ReadonlySet<Vr> = new Set<Vr>(['OB', 'OW', 'US', 'SS', 'UN']);
const FORM: Partial<Record<Vr, RegExp>> = {
  AS: /^\d{3}[DWMY]$/,
  DA: /^\d{4}\.?\d{2}\.?\d{2}$/,
  DT: /^\d{4,14}(\.\d{1,6})?([+-]\d{4})?$/,
  TM: /^\d{2}:?(\d{2}:?(\d{2}(\.\d{1,6})?)?)?$/,
  UI: /^[0-9]+(\.[0-9]+)*$/,
  DS: /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/,
  IS: /^[+-]?\d+$/,
};
export const isText = (vr: Vr): boolean => TEXT.has(vr);

/** Whether the VR in the file is one that the dictionary's can be written as. */
function agrees(found: Vr, wanted: Vr): boolean {
  return (
    found === wanted ||
    [TEXT, NUMBER_TEXT, NUMBER, BYTES].some((family) => family.has(found) && family.has(wanted))
  );
}

/** Of an attribute of the dictionary. Empty elements are well formed. */
export function isWellFormed(dataSet: DataSet, element: DataElement, nested: boolean): boolean {
  const wanted = vrOf(element.tag);
  const vr = element.readingVr;
  if (wanted === undefined || !agrees(vr, wanted)) return false;
  if ((wanted === 'SQ') !== (element.items !== undefined)) return element.bytes.length === 0;
  if (element.fragments !== undefined) return element.tag === Tag.PixelData && !nested;
  if (element.bytes.length === 0) return true;
  if (isBulk(element.tag)) return isImageBytes(dataSet, element, nested);
  if (vr === 'OB' || vr === 'OW' || vr === 'UN') return false;
  const form = FORM[vr];
  return (
    form === undefined || dataSet.texts(element.tag).every((value) => value === '' || form.test(value.trim()))
  );
}
