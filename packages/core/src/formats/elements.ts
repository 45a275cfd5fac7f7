/** Element types of the volume formats read here. */
export type ElementType =
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float32'
  | 'float64';

export const ELEMENT_BYTES: Readonly<Record<ElementType, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float32: 4,
  float64: 8,
};

/** The arrays a volume may hold. */
export type ElementArray = Uint8Array | Int16Array | Uint16Array | Float32Array;

/**
 * Copies `count` elements into the narrowest volume array that holds them: 8 and 16 bits stay exact; wider integers
 * and doubles become Float32, exact up to 2^24.
 */
export function readElements(
  bytes: Uint8Array,
  offset: number,
  count: number,
  type: ElementType,
  littleEndian: boolean,
): ElementArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, count * ELEMENT_BYTES[type]);
  switch (type) {
    case 'uint8':
      return new Uint8Array(bytes.subarray(offset, offset + count)); // a copy, also of a Node Buffer
    case 'int8':
      return fill(new Int16Array(count), (i) => view.getInt8(i));
    case 'int16':
      return fill(new Int16Array(count), (i) => view.getInt16(2 * i, littleEndian));
    case 'uint16':
      return fill(new Uint16Array(count), (i) => view.getUint16(2 * i, littleEndian));
    case 'int32':
      return fill(new Float32Array(count), (i) => view.getInt32(4 * i, littleEndian));
    case 'uint32':
      return fill(new Float32Array(count), (i) => view.getUint32(4 * i, littleEndian));
    case 'int64':
      return fill(new Float32Array(count), (i) => Number(view.getBigInt64(8 * i, littleEndian)));
    case 'uint64':
      return fill(new Float32Array(count), (i) => Number(view.getBigUint64(8 * i, littleEndian)));
    case 'float32':
      return fill(new Float32Array(count), (i) => view.getFloat32(4 * i, littleEndian));
    case 'float64':
      return fill(new Float32Array(count), (i) => view.getFloat64(8 * i, littleEndian));
  }
}

function fill<A extends Int16Array | Uint16Array | Float32Array>(array: A, value: (i: number) => number): A {
  for (let i = 0; i < array.length; i++) array[i] = value(i);
  return array;
}
