/** Finds the report in an export: a ZIP (APPNOTE 6.3.10) whose files are stored as they are. */
const REPORT = 'deidentification-report.json';
const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** APPNOTE 4.3.16: 22 bytes, and a comment, which ours has none of. */
const END_BYTES = 22;

const viewOf = async (blob, start, end) => new DataView(await blob.slice(start, end).arrayBuffer());

/**
 * @param blob the whole ZIP
 * @returns the report, or `undefined` where the ZIP is not whole
 */
export async function reportIn(blob) {
  const end = await viewOf(blob, Math.max(0, blob.size - END_BYTES), blob.size);
  if (end.byteLength < END_BYTES || end.getUint32(0, true) !== END) return undefined;
  const [size, start] = [end.getUint32(12, true), end.getUint32(16, true)];
  const directory = await viewOf(blob, start, start + size);
  for (let at = 0; at + 46 <= directory.byteLength; ) {
    if (directory.getUint32(at, true) !== ENTRY) return undefined;
    const [name, extra, comment] = [28, 30, 32].map((offset) => directory.getUint16(at + offset, true));
    const bytes = new Uint8Array(directory.buffer, at + 46, name);
    if (new TextDecoder().decode(bytes) === REPORT)
      return contentAt(blob, directory.getUint32(at + 42, true), directory.getUint32(at + 20, true));
    at += 46 + name + extra + comment;
  }
  return undefined;
}

async function contentAt(blob, at, size) {
  const local = await viewOf(blob, at, at + 30);
  if (local.byteLength < 30 || local.getUint32(0, true) !== LOCAL) return undefined;
  const start = at + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  try {
    return JSON.parse(await blob.slice(start, start + size).text());
  } catch {
    return undefined;
  }
}
