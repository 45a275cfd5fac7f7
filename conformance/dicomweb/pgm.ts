/** The samples after the header `P5 width height 255`. */
export function pgmSamples(bytes: Buffer): Int32Array {
  const header = /^P5\s(?:#[^\n]*\n)*\s*(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 400));
  if (header === null) throw new Error('no PGM of 8 bits');
  return Int32Array.from(
    bytes.subarray(header[0].length, header[0].length + Number(header[1]) * Number(header[2])),
  );
}
