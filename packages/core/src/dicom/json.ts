/** The DICOM JSON model: PS3.18 annex F. */
import type { DataElement, DataSet } from './data-set.ts';
import { Tag } from './dictionary.generated.ts';
import { traitsOf } from './vr.ts';

export interface JsonName {
  Alphabetic?: string;
  Ideographic?: string;
  Phonetic?: string;
}

export interface JsonElement {
  readonly vr: string;
  /** An empty value among others is `null` (F.2.5). */
  readonly Value?: readonly (string | number | JsonName | JsonDataSet | null)[];
  /** Base64 of the value in little-endian byte order. */
  readonly InlineBinary?: string;
  /** Where the value can be had, in place of the value. */
  readonly BulkDataURI?: string;
}

/** Attributes by their tag as eight capital hexadecimal digits. */
export interface JsonDataSet {
  [tag: string]: JsonElement;
}

/** Texts and lists of numbers above this are no longer read by anyone in the model; an archive gives them as bulk data. */
export const LONG_VALUE_BYTES = 64 * 1024;

/** `(0008,0020)` as the model names it: `00080020`. */
export const jsonKeyOf = (tag: number): string => tag.toString(16).padStart(8, '0').toUpperCase();

export interface JsonOptions {
  /** Binary values longer than this, and encapsulated pixel data, appear with their VR only. Default 1024. */
  readonly maxInlineBytes?: number;
  /** So do texts and numbers that take more than this in the file. Default: without limit. */
  readonly maxValueBytes?: number;
  /**
   * Gives such values a BulkDataURI. `path` names the element: `7FE00010`, or within the items of sequences, which
   * count from 1, `00880200/1/7FE00010`.
   */
  readonly bulkDataUri?: (path: string) => string;
}

/**
 * A data set in the JSON model. Group lengths are left out (F.2.2); a Specific Character Set becomes that of JSON,
 * UTF-8, for all text has been decoded; DS and IS are numbers where they are well-formed
 * and the text as it stands otherwise.
 */
export function toDicomJson(dataSet: DataSet, options: JsonOptions = {}): JsonDataSet {
  const { maxInlineBytes = 1024, maxValueBytes = Number.POSITIVE_INFINITY } = options;
  const out: JsonDataSet = {};
  // Nesting is capped where data sets are read, but not where they are built: hence no recursion.
  const waiting: [DataSet, JsonDataSet, string][] = [[dataSet, out, '']];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [source, target, path] = next;
    for (const element of source.elements()) {
      if ((element.tag & 0xffff) === 0) continue;
      if (element.tag === Tag.SpecificCharacterSet) {
        target['00080005'] = { vr: 'CS', Value: ['ISO_IR 192'] };
        continue;
      }
      const key = jsonKeyOf(element.tag);
      if (element.items === undefined) {
        const leaf =
          element.bytes.length > maxValueBytes ? undefined : leafToJson(source, element, maxInlineBytes);
        target[key] =
          leaf === undefined
            ? { vr: element.vr, ...(options.bulkDataUri && { BulkDataURI: options.bulkDataUri(path + key) }) }
            : leaf;
        continue;
      }
      const items = element.items.map((item, i): JsonDataSet => {
        const json: JsonDataSet = {};
        waiting.push([item, json, `${path}${key}/${i + 1}/`]);
        return json;
      });
      target[key] = items.length === 0 ? { vr: 'SQ' } : { vr: 'SQ', Value: items };
    }
  }
  return out;
}

/** `undefined` for a value that is too long to stand in the text. */
function leafToJson(dataSet: DataSet, element: DataElement, maxInlineBytes: number): JsonElement | undefined {
  const { tag, vr } = element;
  const values = valuesOf(dataSet, element);
  if (values !== undefined) return values.length === 0 ? { vr } : { vr, Value: values };
  if (element.fragments !== undefined || element.bytes.length > maxInlineBytes) return undefined;
  if (element.bytes.length === 0) return { vr };
  return { vr, InlineBinary: toBase64(dataSet.get(tag)!.littleEndianBytes) };
}

/** `undefined` for VRs that the model gives as bulk data. */
function valuesOf(
  dataSet: DataSet,
  { tag, vr }: DataElement,
): (string | number | JsonName | null)[] | undefined {
  switch (traitsOf(vr).kind) {
    case 'decimal':
    case 'integer':
      return dataSet.texts(tag).map((text, i) => (text === '' ? null : (dataSet.number(tag, i) ?? text)));
    case 'text':
      return dataSet.texts(tag).map((text) => (text === '' ? null : vr === 'PN' ? nameOf(text) : text));
    case 'binary':
      return vr === 'AT' ? dataSet.texts(tag).map((text) => text.toUpperCase()) : dataSet.numbers(tag);
    default:
      return undefined;
  }
}

function nameOf(text: string): JsonName {
  const [alphabetic, ideographic, phonetic] = text.split('=');
  return {
    ...(alphabetic ? { Alphabetic: alphabetic } : {}),
    ...(ideographic ? { Ideographic: ideographic } : {}),
    ...(phonetic ? { Phonetic: phonetic } : {}),
  };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function toBase64(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const bits = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out += ALPHABET[bits >> 18]! + ALPHABET[(bits >> 12) & 63]!;
    out += left > 1 ? ALPHABET[(bits >> 6) & 63]! : '=';
    out += left > 2 ? ALPHABET[bits & 63]! : '=';
  }
  return out;
}
