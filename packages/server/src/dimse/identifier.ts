/** Identifiers: the data sets of C-FIND, C-MOVE and C-GET (PS3.4 C.2.2.2), read from and written for one context. */
import {
  buildDataSet,
  DataElement,
  DataSet,
  DataSetBuilder,
  type DicomFile,
  encodingOf,
  type JsonDataSet,
  type JsonElement,
  type JsonName,
  jsonKeyOf,
  parseDicom,
  Tag,
  type Vr,
  vrOf,
  writeDicom,
} from '@promontory/core/dicom';
import type { Fragments } from './fragments.ts';
import { fileHead } from './part10.ts';

/** Of a question: no honest one comes near. */
const LIMITS = { maxDepth: 8, maxElements: 4_096 };

/** Collected up to a cap. `undefined`: longer than that; the rest is received and dropped. */
export async function collect(chunks: Fragments, maxBytes: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > maxBytes) break;
    parts.push(chunk);
  }
  await chunks.discard();
  if (size > maxBytes) return undefined;
  return Buffer.concat(parts);
}

/** @throws Fault where the bytes are no data set in that transfer syntax */
export function readIdentifier(bytes: Uint8Array, transferSyntax: string): DataSet {
  // The UIDs are of no account: the head is there to name the transfer syntax.
  const head = fileHead({ sopClass: '1.2', sopInstance: '1.2', transferSyntax });
  return parseDicom(Buffer.concat([head, bytes]), { limits: LIMITS }).dataSet;
}

export function writeIdentifier(dataSet: DataSet, transferSyntax: string): Uint8Array {
  const bare: DicomFile = {
    meta: buildDataSet({}),
    dataSet,
    transferSyntaxUid: transferSyntax,
    encoding: encodingOf(transferSyntax),
    preamble: undefined,
    hasPrefix: false,
    pixelData: undefined,
    warnings: [],
    trailing: undefined,
    deflated: undefined,
  };
  return writeDicom(bare);
}

/**
 * A row of the index as a data set, in UTF-8. Values are written as they are kept, also where they are longer than
 * their VR allows: the index holds what scanners sent.
 */
export function dataSetOfJson(json: JsonDataSet): DataSet {
  const elements = Object.entries(json)
    .map(([key, element]) => elementOf(Number.parseInt(key, 16), element))
    .sort((a, b) => a.tag - b.tag);
  return new DataSet(new Map(elements.map((element) => [element.tag, element])));
}

const NUMERIC: readonly Vr[] = ['US', 'SS', 'UL', 'SL', 'UV', 'SV', 'FL', 'FD', 'AT'];

function elementOf(tag: number, { vr, Value: values = [], InlineBinary }: JsonElement): DataElement {
  const known = vr as Vr;
  if (known === 'SQ')
    return new DataElement({
      tag,
      vr: 'SQ',
      littleEndian: true,
      items: values.map((item) => dataSetOfJson(item as JsonDataSet)),
    });
  const source =
    InlineBinary !== undefined
      ? Buffer.from(InlineBinary, 'base64')
      : NUMERIC.includes(known)
        ? numbers(tag, known, values)
        : Buffer.from(values.map(textOf).join('\\'), 'utf8');
  return new DataElement({ tag, vr: known, littleEndian: true, source });
}

function numbers(tag: number, vr: Vr, values: NonNullable<JsonElement['Value']>): Uint8Array {
  const given = values.map((value) => (vr === 'AT' ? Number.parseInt(String(value), 16) : Number(value)));
  try {
    return new DataSetBuilder().set(tag, given, vr).build().get(tag)?.bytes ?? new Uint8Array(0);
  } catch {
    // A number that its VR cannot hold: absent, rather than another one.
    return new Uint8Array(0);
  }
}

function textOf(value: string | number | JsonName | JsonDataSet | null): string {
  if (value === null) return '';
  if (typeof value !== 'object') return String(value);
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value as JsonName;
  return [Alphabetic, Ideographic, Phonetic].join('=').replace(/=+$/, '');
}

/** Empty, with its VR by the dictionary: a key that is known and has no value. */
export const emptyElement = (tag: number): JsonElement => ({ vr: vrOf(tag) ?? 'UN' });

/** Failed SOP Instance UID List (PS3.4 C.4.2.1.4): what a C-MOVE or C-GET could not send. */
export const failedList = (sopUids: readonly string[]): DataSet =>
  dataSetOfJson({ [jsonKeyOf(Tag.FailedSOPInstanceUIDList)]: { vr: 'UI', Value: sopUids } });
