import { Fault } from '../fault/index.ts';
import { crc32 } from './crc32.ts';
import { DEFAULT_INFLATE_LIMITS, type InflateLimits, inflateRaw } from './inflate.ts';
import { sniff } from './sniff.ts';

export interface ZipLimits extends InflateLimits {
  readonly maxEntries: number;
  /** Most bytes that all entries together may declare. */
  readonly maxTotalBytes: number;
}

export const DEFAULT_ZIP_LIMITS: ZipLimits = {
  ...DEFAULT_INFLATE_LIMITS,
  maxEntries: 100_000,
  maxTotalBytes: 16 * 2 ** 30,
};

/** One file in an archive. */
export interface ZipEntry {
  /** As the archive has it: for showing only. It must never become a path (it may hold `..`, NUL or anything else). */
  readonly label: string;
  readonly bytes: number;
  readonly compressedBytes: number;
  readonly crc32: number;
  readonly method: number;
  readonly encrypted: boolean;
  /** Where its local header lies. */
  readonly offset: number;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const END64_LOCATOR = 0x07064b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const STORED = 0;
const DEFLATED = 8;

/**
 * The files of a ZIP archive, folders left out, in the archive's order (APPNOTE 6.3; Zip64 included). Nothing is
 * inflated. Two entries that share bytes, the trick of quadratic bombs, are refused.
 *
 * @throws Fault `NOT_RECOGNISED`, `TRUNCATED`, `MALFORMED`, `LIMIT_EXCEEDED`.
 */
export function listZip(bytes: Uint8Array, limits: ZipLimits = DEFAULT_ZIP_LIMITS): ZipEntry[] {
  const view = viewOf(bytes);
  const end = findEnd(bytes, view);
  const { count, start } = directory(view, end);
  if (count > limits.maxEntries) {
    throw new Fault(
      'LIMIT_EXCEEDED',
      `the archive lists ${count} entries; at most ${limits.maxEntries} are read`,
    );
  }
  const entries: ZipEntry[] = [];
  let at = start;
  let total = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length) throw new Fault('TRUNCATED', 'the ZIP directory is cut off', { offset: at });
    if (view.getUint32(at, true) !== CENTRAL) {
      throw new Fault('MALFORMED', 'the ZIP directory holds something else than entries', { offset: at });
    }
    const { entry, next } = centralEntry(bytes, view, at);
    at = next;
    total += entry.bytes;
    if (total > limits.maxTotalBytes) {
      throw new Fault('LIMIT_EXCEEDED', `the archive declares more than ${limits.maxTotalBytes} bytes`);
    }
    if (!entry.label.endsWith('/')) entries.push(entry);
  }
  refuseOverlap(entries);
  return entries;
}

/**
 * The content of one entry, checked against its declared length and CRC.
 *
 * @throws Fault `UNSUPPORTED` for encrypted entries, other methods than deflate, and an archive within the archive;
 * `TRUNCATED`, `MALFORMED`, `LIMIT_EXCEEDED`.
 */
export function readZipEntry(
  bytes: Uint8Array,
  entry: ZipEntry,
  limits: ZipLimits = DEFAULT_ZIP_LIMITS,
): Uint8Array {
  if (entry.encrypted) {
    throw new Fault('UNSUPPORTED', 'an entry of the archive is encrypted', {
      advice: 'Extract it with its password.',
    });
  }
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    throw new Fault('UNSUPPORTED', `ZIP compression method ${entry.method}`, {
      advice: 'Compress it with deflate.',
    });
  }
  if (entry.bytes > limits.maxBytes) {
    throw new Fault(
      'LIMIT_EXCEEDED',
      `an entry declares ${entry.bytes} bytes; at most ${limits.maxBytes} are read`,
    );
  }
  const view = viewOf(bytes);
  const at = entry.offset;
  if (at + 30 > bytes.length)
    throw new Fault('TRUNCATED', 'an entry lies beyond the archive', { offset: at });
  if (view.getUint32(at, true) !== LOCAL) throw new Fault('MALFORMED', 'no ZIP entry here', { offset: at });
  const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (start + entry.compressedBytes > bytes.length) {
    throw new Fault('TRUNCATED', 'an entry ends beyond the archive', { offset: start });
  }
  const stored = bytes.subarray(start, start + entry.compressedBytes);
  const content =
    entry.method === STORED
      ? stored
      : inflateRaw(stored, { ...limits, maxBytes: Math.min(entry.bytes, limits.maxBytes) });
  if (content.length !== entry.bytes || crc32(content) !== entry.crc32) {
    throw new Fault('MALFORMED', 'an entry of the archive differs from its checksum', { offset: start });
  }
  if (sniff(content) === 'zip') {
    throw new Fault('UNSUPPORTED', 'an archive within the archive', {
      advice: 'Extract the inner archive first.',
    });
  }
  return content;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The end record is the last one whose comment reaches exactly the end of the file. */
function findEnd(bytes: Uint8Array, view: DataView): number {
  if (bytes.length < 4 || (view.getUint32(0, true) !== LOCAL && view.getUint32(0, true) !== END)) {
    throw new Fault('NOT_RECOGNISED', 'not a ZIP archive', { offset: 0 });
  }
  const first = Math.max(0, bytes.length - END_BYTES - MAX_COMMENT_BYTES);
  for (let at = bytes.length - END_BYTES; at >= first; at--) {
    if (view.getUint32(at, true) === END && at + END_BYTES + view.getUint16(at + 20, true) === bytes.length)
      return at;
  }
  throw new Fault('TRUNCATED', 'the ZIP archive has no directory at its end', {
    offset: bytes.length,
    advice: 'The download may be incomplete; fetch it again.',
  });
}

function directory(view: DataView, end: number): { count: number; start: number } {
  const locator = end - 20;
  if (locator < 0 || view.getUint32(locator, true) !== END64_LOCATOR) {
    return { count: view.getUint16(end + 10, true), start: view.getUint32(end + 16, true) };
  }
  const at = Number(view.getBigUint64(locator + 8, true));
  if (at + 56 > locator || view.getUint32(at, true) !== END64) {
    throw new Fault('MALFORMED', 'the Zip64 directory is not where it should be', { offset: locator });
  }
  return { count: Number(view.getBigUint64(at + 32, true)), start: Number(view.getBigUint64(at + 48, true)) };
}

function centralEntry(bytes: Uint8Array, view: DataView, at: number): { entry: ZipEntry; next: number } {
  const flags = view.getUint16(at + 8, true);
  const nameEnd = at + 46 + view.getUint16(at + 28, true);
  const extraEnd = nameEnd + view.getUint16(at + 30, true);
  const next = extraEnd + view.getUint16(at + 32, true);
  if (next > bytes.length) throw new Fault('TRUNCATED', 'the ZIP directory is cut off', { offset: at });
  // Sizes that do not fit 32 bits stand in the Zip64 field, in this order, each only where its short form is all ones.
  let wide = findExtra(view, nameEnd, extraEnd);
  const value = (short: number): number => {
    const narrow = view.getUint32(short, true);
    if (narrow !== 0xffffffff || wide === undefined || wide + 8 > extraEnd) return narrow;
    wide += 8;
    return Number(view.getBigUint64(wide - 8, true));
  };
  const size = value(at + 24);
  const compressedBytes = value(at + 20);
  const offset = value(at + 42);
  const entry: ZipEntry = {
    label: new TextDecoder('utf-8').decode(bytes.subarray(at + 46, nameEnd)),
    bytes: size,
    compressedBytes,
    crc32: view.getUint32(at + 16, true),
    method: view.getUint16(at + 10, true),
    encrypted: (flags & 1) !== 0,
    offset,
  };
  return { entry, next };
}

/** Start of the content of the Zip64 extra field (id 0001). */
function findExtra(view: DataView, from: number, to: number): number | undefined {
  for (let at = from; at + 4 <= to; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) === 1) return at + 4;
  }
  return undefined;
}

function refuseOverlap(entries: readonly ZipEntry[]): void {
  const sorted = [...entries].sort((a, b) => a.offset - b.offset);
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i - 1].offset + 30 + sorted[i - 1].compressedBytes > sorted[i].offset) {
      throw new Fault('MALFORMED', 'two entries of the archive overlap', { offset: sorted[i].offset });
    }
  }
}
