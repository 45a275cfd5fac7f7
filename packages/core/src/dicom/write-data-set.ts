/** Data sets to bytes (PS3.5 section 7). Depth is capped, so the recursion over items is. */
import { Fault } from '../fault/index.ts';
import { lengthOf, swapUnits } from './bytes.ts';
import type { DataElement, DataSet } from './data-set.ts';
import { formatTag } from './dictionary.ts';
import { ITEM, SEQUENCE_END, UNDEFINED_LENGTH } from './element-header.ts';
import { padded } from './encode-values.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { type Encoding, sameEncoding } from './transfer-syntax.ts';
import { traitsOf, type Vr } from './vr.ts';

/**
 * The elements of a data set, one after the other. Those read in the same encoding are passed on as they stood;
 * all others get defined lengths.
 */
export function encodeDataSet(dataSet: DataSet, encoding: Encoding, depth = 0): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (const element of dataSet.elements()) {
    const raw = element.raw;
    if (raw !== undefined && sameEncoding(raw.encoding, encoding)) parts.push(raw.bytes);
    else encodeElement(element, encoding, depth, parts);
  }
  return parts;
}

function encodeElement(element: DataElement, encoding: Encoding, depth: number, parts: Uint8Array[]): void {
  const { tag, vr } = element;
  if ((tag & 0xffff) === 0 && tag !== 0x00020000) return; // group lengths (retired) would be wrong now
  if (element.items !== undefined) {
    if (depth >= DEFAULT_LIMITS.maxDepth) {
      throw new Fault('LIMIT_EXCEEDED', `sequences are nested deeper than ${DEFAULT_LIMITS.maxDepth}`, {
        tag: formatTag(tag),
      });
    }
    const content: Uint8Array[] = [];
    for (const item of element.items) {
      const inner = encodeDataSet(item, encoding, depth + 1);
      content.push(itemHeader(ITEM, lengthOf(inner), encoding), ...inner);
    }
    parts.push(elementHeader(tag, 'SQ', lengthOf(content), encoding));
    for (const part of content) parts.push(part);
    return;
  }
  if (element.fragments !== undefined) {
    if (!encoding.explicitVr || !encoding.littleEndian) {
      throw new Fault('UNSUPPORTED', 'encapsulated pixel data need explicit VR little endian', {
        tag: formatTag(tag),
      });
    }
    parts.push(elementHeader(tag, 'OB', UNDEFINED_LENGTH, encoding));
    for (const fragment of element.fragments)
      parts.push(itemHeader(ITEM, fragment.length, encoding), fragment);
    parts.push(itemHeader(SEQUENCE_END, 0, encoding));
    return;
  }
  const value = padded(inByteOrder(element, encoding), traitsOf(vr).pad);
  const tooLong = encoding.explicitVr && !traitsOf(vr).longHeader && value.length > 0xffff;
  // UN is the way out for values too long for a 16-bit length (PS3.5 section 6.2.2, note 4).
  parts.push(elementHeader(tag, tooLong ? 'UN' : vr, value.length, encoding), value);
}

function inByteOrder(element: DataElement, encoding: Encoding): Uint8Array {
  if (element.littleEndian === encoding.littleEndian || element.vr === 'UN') return element.bytes;
  return swapUnits(element.bytes, traitsOf(element.vr).unitBytes);
}

function tagAndLength(size: 8 | 12, tag: number, length: number, littleEndian: boolean): DataView {
  const view = new DataView(new ArrayBuffer(size));
  view.setUint16(0, tag >>> 16, littleEndian);
  view.setUint16(2, tag & 0xffff, littleEndian);
  view.setUint32(size - 4, length, littleEndian);
  return view;
}

function itemHeader(tag: number, length: number, { littleEndian }: Encoding): Uint8Array {
  return new Uint8Array(tagAndLength(8, tag, length, littleEndian).buffer);
}

function elementHeader(
  tag: number,
  vr: Vr,
  length: number,
  { explicitVr, littleEndian }: Encoding,
): Uint8Array {
  if (!explicitVr) return itemHeader(tag, length, { explicitVr, littleEndian });
  const long = traitsOf(vr).longHeader;
  const view = tagAndLength(long ? 12 : 8, tag, length, littleEndian);
  view.setUint8(4, vr.charCodeAt(0));
  view.setUint8(5, vr.charCodeAt(1));
  if (!long) view.setUint16(6, length, littleEndian);
  return new Uint8Array(view.buffer);
}
