/** Differences between what we read and what pydicom and dcm2json read. Paths are tags and item numbers. */
import { createHash } from 'node:crypto';
import { type DataSet, isPrivate, type JsonDataSet } from '@promontory/core/dicom';
import type { PydicomElement } from './oracles.ts';

export interface Difference {
  /** `00081140/0/00081150`: tags in capitals, item index between. */
  readonly path: string;
  readonly what: string;
}

const TEXT = new Set([
  'AE',
  'AS',
  'CS',
  'DA',
  'DT',
  'LO',
  'LT',
  'PN',
  'SH',
  'ST',
  'TM',
  'UC',
  'UI',
  'UR',
  'UT',
  'AT',
]);
const NUMBERS = new Set(['DS', 'IS', 'US', 'SS', 'UL', 'SL', 'UV', 'SV', 'FL', 'FD']);

function sha1Of(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex');
}

function key(tag: number): string {
  return tag.toString(16).padStart(8, '0').toUpperCase();
}

export function compareWithPydicom(ours: DataSet, theirs: readonly PydicomElement[], at = ''): Difference[] {
  const differences: Difference[] = [];
  const seen = new Set<string>();
  for (const [tagText, vr, sha1, value] of theirs) {
    const path = at + tagText.toUpperCase();
    const differ = (what: string) => differences.push({ path, what });
    const tag = Number.parseInt(tagText, 16);
    seen.add(tagText.toUpperCase());
    const element = ours.get(tag);
    if (element === undefined) {
      differ('missing');
      continue;
    }
    // pydicom has dictionaries of some makers' private elements; without explicit VR ours are UN.
    const makers = element.vr === 'UN' && isPrivate(tag) && vr !== null;
    if (vr !== element.vr && !makers && !(vr?.includes(' or ') ?? false))
      differ(`VR ${element.vr} against ${vr}`);
    if (sha1 !== null && sha1Of(element.bytes) !== sha1) differ('bytes');
    if (vr === 'SQ' && !makers) {
      const items = value as unknown as readonly (readonly PydicomElement[])[];
      if (items.length !== ours.items(tag).length)
        differ(`${ours.items(tag).length} items against ${items.length}`);
      ours.items(tag).forEach((item, i) => {
        if (items[i] !== undefined) differences.push(...compareWithPydicom(item, items[i], `${path}/${i}/`));
      });
    } else if (element.fragments !== undefined) {
      sameList(element.fragments.slice(1).map(sha1Of), value as readonly string[], differ);
    } else if (vr !== null && Array.isArray(value) && element.vr === vr) {
      if (TEXT.has(vr)) sameList(ours.texts(tag).map(plain), value.map(plain), differ);
      else if (NUMBERS.has(vr)) {
        const numbers = ours.numbers(tag);
        const found = value.length === 1 && value[0] === null ? [] : value;
        sameList(numbers, found, differ);
      }
    } else if (value !== null && !Array.isArray(value)) {
      differ(`pydicom: ${(value as { error: string }).error.slice(0, 80)}`);
    }
  }
  for (const { tag } of ours.elements())
    if (!seen.has(key(tag))) differences.push({ path: at + key(tag), what: 'extra' });
  return differences;
}

/** pydicom keeps some padding, and prints a name without its empty trailing groups. */
function plain(text: unknown): string {
  return String(text)
    .replace(/^ +|[ \0]+$/g, '')
    .replace(/=+$/, '');
}

function sameList(
  ours: readonly unknown[],
  theirs: readonly unknown[],
  differ: (what: string) => void,
): void {
  const [left, right] = [JSON.stringify(ours), JSON.stringify(theirs)];
  if (left !== right) differ(`${left.slice(0, 60)} against ${right.slice(0, 60)}`);
}

/** Both in the JSON model of PS3.18 annex F. */
export function compareWithJson(ours: JsonDataSet, theirs: JsonDataSet, at = ''): Difference[] {
  const differences: Difference[] = [];
  for (const tag of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
    const path = at + tag;
    const differ = (what: string) => differences.push({ path, what });
    const [left, right] = [ours[tag], theirs[tag]];
    if (left === undefined) differ('missing');
    else if (right === undefined) differ('extra');
    else if (left.vr !== right.vr) differ(`VR ${left.vr} against ${right.vr}`);
    else if (left.vr === 'SQ') {
      const [inner, outer] = [(left.Value ?? []) as JsonDataSet[], (right.Value ?? []) as JsonDataSet[]];
      if (inner.length !== outer.length) differ(`${inner.length} items against ${outer.length}`);
      inner.forEach((item, i) => {
        if (outer[i] !== undefined) differences.push(...compareWithJson(item, outer[i], `${path}/${i}/`));
      });
    } else if (left.InlineBinary !== right.InlineBinary) differ('bytes');
    else {
      const vr = left.vr;
      sameList(
        (left.Value ?? []).map((value) => canonical(value, vr)),
        (right.Value ?? []).map((value) => canonical(value, vr)),
        differ,
      );
    }
  }
  return differences;
}

/** dcm2json prints floats with an error in the last digit; a name's groups come in either order. */
function canonical(value: unknown, vr: string): unknown {
  if (vr === 'FL') return Math.fround(Number(value));
  if (vr === 'FD') return Number(Number(value).toPrecision(15));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  return value;
}
