import { type DataSet, LONG_VALUE_BYTES, parseDicom, type Vr } from '@promontory/core/dicom';

/** Values that the JSON model gives by a BulkDataURI (PS3.18 F.2.6). */
const BULK: readonly Vr[] = ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN'];

export type BulkValue =
  | { readonly kind: 'value'; readonly bytes: Uint8Array }
  /** Encapsulated Pixel Data: fetched by frames. */
  | { readonly kind: 'encapsulated' };

/**
 * The value of an element, little endian, with its own memory.
 * @param path tags and, between them, numbers of items from 1: `[0x00880200, 1, 0x7fe00010]`
 * @returns undefined where there is no such element or it is none of bulk
 */
export function bulkValue(bytes: Uint8Array, path: readonly number[]): BulkValue | undefined {
  let dataSet: DataSet | undefined = parseDicom(bytes).dataSet;
  for (let i = 0; i + 2 < path.length; i += 2) {
    dataSet = dataSet?.items(path[i])[path[i + 1] - 1];
  }
  const element = dataSet?.get(path.at(-1) as number);
  if (element === undefined || element.items !== undefined) return undefined;
  // Texts and numbers stand in the metadata themselves unless they are long.
  if (!BULK.includes(element.vr) && element.bytes.length <= LONG_VALUE_BYTES) return undefined;
  if (element.fragments !== undefined) return { kind: 'encapsulated' };
  return { kind: 'value', bytes: element.littleEndianBytes.slice() };
}
