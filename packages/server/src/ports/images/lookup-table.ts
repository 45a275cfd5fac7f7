import { type DataSet, Tag } from '@promontory/core/dicom';

/** A table of a Modality LUT Sequence or VOI LUT Sequence: PS3.3 C.11.1.1 and C.11.2.1.1. */
export interface LookupTable {
  /** The input that the first entry is for; what is below it has it, too. */
  readonly first: number;
  /** The last is for all inputs above. */
  readonly entries: Uint8Array | Uint16Array;
  /** Entries are from 0 to two to the power of this, less one. */
  readonly bits: number;
}

/**
 * The first table of the sequence; undefined where there is none that is whole.
 * @param isSigned whether inputs may be negative: then so is the descriptor's second value
 */
export function lookupTable(source: DataSet, sequence: number, isSigned: boolean): LookupTable | undefined {
  const [item] = source.items(sequence);
  const descriptor = item?.get(Tag.LUTDescriptor);
  const [declared, first, bits] = item?.numbers(Tag.LUTDescriptor) ?? [];
  if (declared === undefined || first === undefined || bits === undefined || !(bits >= 8 && bits <= 16))
    return undefined;
  // Read as signed numbers or not, whatever the writer took them for: 0 stands for 65,536.
  const count = declared & 0xffff || 0x10000;
  const data = item?.get(Tag.LUTData);
  const entries = entriesOf(data?.bytes ?? new Uint8Array(0), count, bits, data?.littleEndian ?? true);
  if (entries === undefined) return undefined;
  const signed = isSigned || descriptor?.vr === 'SS';
  return { first: signed ? (first << 16) >> 16 : first & 0xffff, entries, bits };
}

/** Each in a word; some writers put entries of 8 bits two in a word. */
function entriesOf(
  bytes: Uint8Array,
  count: number,
  bits: number,
  littleEndian: boolean,
): LookupTable['entries'] | undefined {
  if (bytes.length < 2 * count)
    return bits === 8 && bytes.length >= count ? bytes.subarray(0, count) : undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length: count }, (_, i) => view.getUint16(2 * i, littleEndian));
}

export function lookedUp(values: ArrayLike<number>, { first, entries }: LookupTable): Uint16Array {
  const last = entries.length - 1;
  const out = new Uint16Array(values.length);
  for (let i = 0; i < out.length; i++)
    out[i] = entries[Math.min(last, Math.max(0, Math.round(values[i]) - first))];
  return out;
}
