import { type Vr, vrOf } from '@promontory/core/dicom';
import { isUid, type Match } from '../archive/index.ts';
import { badRequest } from './refusal.ts';

/** More than any value that can be matched; the longest text of a VR that is matched has 64 characters a component. */
const MAX_VALUE_LENGTH = 512;
const MAX_LIST = 1000;

const DATE = /^\d{4}(\d{2}(\d{2})?)?$/;
const TIME = /^\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?$/;
const DATE_TIME = /^\d{4}(\d{2}){0,5}(\.\d{1,6})?([+-]\d{4})?$/;
const NUMBER = /^[+-]?\d{1,12}(\.\d{1,12})?$/;
/** VRs whose values may hold `*` and `?` as wildcards (PS3.4 C.2.2.2.4). */
const WILD: readonly (Vr | undefined)[] = [
  'AE',
  'CS',
  'LO',
  'LT',
  'PN',
  'SH',
  'ST',
  'UC',
  'UR',
  'UT',
  undefined,
];

/**
 * How the value of a query parameter matches (PS3.18 section 8.3.4.1, PS3.4 C.2.2.2).
 * @param name the attribute's keyword or tag, for the refusal; the value never appears in it
 * @throws DicomwebRefusal bad-request
 */
export function readMatch(tag: number, value: string, name: string): Match {
  const malformed = () => badRequest(`The value of ${name} is malformed.`);
  if (/^\**$/.test(value)) return { kind: 'universal' };
  const vr = vrOf(tag);
  if (vr === 'UI') return uidList(value, name);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
  if (value.length > MAX_VALUE_LENGTH || /[\u0000-\u001f\u007f]/.test(value)) throw malformed();
  if (vr === 'DA') return range(value, DATE) ?? failWith(malformed);
  if (vr === 'TM') return range(value, TIME) ?? failWith(malformed);
  if (vr === 'DT') return range(value, DATE_TIME) ?? failWith(malformed);
  if (vr === 'IS' || vr === 'DS') return NUMBER.test(value) ? { kind: 'single', value } : failWith(malformed);
  if (!WILD.includes(vr)) return { kind: 'single', value };
  const values = vr === 'CS' ? value.split(/[\\,]/) : [value];
  if (values.length > 1) return { kind: 'list', values };
  return { kind: /[*?]/.test(value) ? 'wildcard' : 'single', value };
}

function failWith(refusal: () => Error): never {
  throw refusal();
}

/** Apart by commas or backslashes. */
function uidList(value: string, name: string): Match {
  const values = value.split(/[\\,]/);
  if (values.length > MAX_LIST) throw badRequest(`${name} lists more than ${MAX_LIST} UIDs.`);
  if (!values.every(isUid)) throw badRequest(`The value of ${name} is no UID.`);
  return values.length === 1 ? { kind: 'single', value: values[0] } : { kind: 'list', values };
}

/** `a`, `a-`, `-b`, `a-b` (PS3.4 C.2.2.2.5). In a DT a hyphen may be a time zone's. */
function range(value: string, form: RegExp): Match | undefined {
  if (form.test(value)) return { kind: 'single', value };
  for (let at = value.indexOf('-'); at >= 0; at = value.indexOf('-', at + 1)) {
    const [from, to] = [value.slice(0, at).trim(), value.slice(at + 1).trim()];
    const fits = (end: string) => end === '' || form.test(end);
    if (!fits(from) || !fits(to) || from + to === '') continue;
    return { kind: 'range', ...(from === '' ? {} : { from }), ...(to === '' ? {} : { to }) };
  }
  return undefined;
}
