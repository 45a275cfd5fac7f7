/** DICOM JSON (PS3.18 annex F) as a data set of the core, so that one code reads files and metadata alike. */
import { type DataSet, DataSetBuilder, type JsonDataSet, type JsonElement } from '@promontory/core/dicom';

/** Of these groups is all that images are described by; private groups (odd) are left out. */
const isWanted = (group: number): boolean => group % 2 === 0 && group !== 0x0002 && group < 0x6000;

/** Depth of sequences that is followed; functional groups need three. */
const DEEPEST = 8;

/** Elements that do not fit their VR are left out, as are values that the model gives by address. */
export function dataSetOf(json: JsonDataSet, depth = 0): DataSet {
  const wanted = Object.entries(json).filter(
    ([key, { Value }]) => Value !== undefined && isWanted(Number.parseInt(key, 16) >>> 16),
  );
  try {
    return built(wanted, depth);
  } catch {
    // One of them does not fit: each is tried by itself.
    const fitting = wanted.filter((each) => {
      try {
        built([each], depth);
        return true;
      } catch {
        return false;
      }
    });
    return built(fitting, depth);
  }
}

function built(elements: readonly (readonly [string, JsonElement])[], depth: number): DataSet {
  const builder = new DataSetBuilder();
  for (const [key, element] of elements) setElement(builder, Number.parseInt(key, 16), element, depth);
  return builder.build();
}

function setElement(builder: DataSetBuilder, tag: number, element: JsonElement, depth: number): void {
  const values = element.Value ?? [];
  const vr = element.vr as Parameters<DataSetBuilder['set']>[2];
  if (element.vr === 'SQ') {
    if (depth >= DEEPEST) return;
    const items = values.map((item) => dataSetOf((item ?? {}) as JsonDataSet, depth + 1));
    builder.set(tag, items, vr);
    return;
  }
  if (values.every((value) => typeof value === 'number')) {
    builder.set(tag, values, vr);
    return;
  }
  builder.set(tag, values.map(textOf), vr);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (value === null || typeof value !== 'object') return '';
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value as Record<string, string>;
  return [Alphabetic, Ideographic, Phonetic].join('=').replace(/=+$/, '');
}
