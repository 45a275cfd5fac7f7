/**
 * What a ZIP says that it holds: its central directory (APPNOTE 6.3.10, 4.3.12 to 4.3.16), read from slices of the file,
 * so that a disc of gigabytes is never in memory. Each entry is then fetched by itself, and again if its sending failed.
 */

/** Why a ZIP, or an entry of one, is not opened. */
export type ZipProblem = 'zip-damaged' | 'zip-too-many' | 'zip-too-large' | 'zip-encrypted' | 'zip-method';

export interface ZipEntry {
  /** As the ZIP has it: shown as text, never used as a path. */
  readonly name: string;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly crc32: number;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  /** Of the local header. */
  readonly offset: number;
  readonly problem?: ZipProblem;
}

export class ZipRefused extends Error {
  override readonly name = 'ZipRefused';
  readonly problem: ZipProblem;
  constructor(problem: ZipProblem) {
    super(problem);
    this.problem = problem;
  }
}

export const ZIP_LIMITS = {
  /** A disc of ten studies has some 10,000 files. */
  entries: 100_000,
  /** Of one entry, inflated: the archive takes instances of 1 GiB, a tab does not hold many of them. */
  entryBytes: 512 * 2 ** 20,
  /** Of all entries, as declared. */
  allBytes: 64 * 2 ** 30,
  /** Deflate reaches 1032 : 1 on zeros only; empty margins of images reach some 200 : 1. */
  ratio: 400,
  /** Ratios of small entries say nothing. */
  ratioFromBytes: 2 ** 20,
  directoryBytes: 64 * 2 ** 20,
} as const;
export type ZipLimits = { readonly [K in keyof typeof ZIP_LIMITS]: number };

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const ENCRYPTED = 0x1;
const UTF8 = 0x800;
const FULL_16 = 0xffff;
const FULL_32 = 0xffffffff;

const viewOf = async (zip: Blob, from: number, to: number): Promise<DataView> => {
  if (!Number.isSafeInteger(from) || from < 0 || to > zip.size || to < from)
    throw new ZipRefused('zip-damaged');
  return new DataView(await zip.slice(from, to).arrayBuffer());
};

/**
 * Files of a ZIP, folders left out. Entries that cannot be opened say why.
 * @throws ZipRefused
 */
export async function zipEntries(zip: Blob, limits: ZipLimits = ZIP_LIMITS): Promise<ZipEntry[]> {
  const { count, offset, size } = await endOf(zip);
  if (count > limits.entries) throw new ZipRefused('zip-too-many');
  if (size > limits.directoryBytes) throw new ZipRefused('zip-too-large');
  const view = await viewOf(zip, offset, offset + size);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    const { entry, next } = entryAt(view, at, limits);
    at = next;
    if (entry.offset + entry.packedBytes > offset) throw new ZipRefused('zip-damaged');
    if (!entry.name.endsWith('/')) entries.push(entry);
  }
  if (entries.reduce((sum, { bytes }) => sum + bytes, 0) > limits.allBytes)
    throw new ZipRefused('zip-too-large');
  refuseOverlaps(entries);
  return entries;
}

/** Entries that share bytes are how a small file declares a petabyte (Fifield 2019). */
function refuseOverlaps(entries: readonly ZipEntry[]): void {
  let end = 0;
  for (const { offset, packedBytes } of [...entries].sort((a, b) => a.offset - b.offset)) {
    if (offset < end) throw new ZipRefused('zip-damaged');
    end = offset + packedBytes;
  }
}

async function endOf(zip: Blob): Promise<{ count: number; offset: number; size: number }> {
  const from = Math.max(0, zip.size - END_BYTES - FULL_16);
  const view = await viewOf(zip, from, zip.size);
  for (let at = view.byteLength - END_BYTES; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== END) continue;
    const count = view.getUint16(at + 10, true);
    const size = view.getUint32(at + 12, true);
    const offset = view.getUint32(at + 16, true);
    if (count !== FULL_16 && size !== FULL_32 && offset !== FULL_32) return { count, offset, size };
    return await endOf64(zip, from + at);
  }
  throw new ZipRefused('zip-damaged');
}

async function endOf64(zip: Blob, end: number) {
  const locator = await viewOf(zip, end - 20, end);
  if (locator.getUint32(0, true) !== LOCATOR_64) throw new ZipRefused('zip-damaged');
  const at = Number(locator.getBigUint64(8, true));
  const view = await viewOf(zip, at, at + 56);
  if (view.getUint32(0, true) !== END_64) throw new ZipRefused('zip-damaged');
  return {
    count: Number(view.getBigUint64(32, true)),
    size: Number(view.getBigUint64(40, true)),
    offset: Number(view.getBigUint64(48, true)),
  };
}

function entryAt(view: DataView, at: number, limits: ZipLimits): { entry: ZipEntry; next: number } {
  if (at + 46 > view.byteLength || view.getUint32(at, true) !== CENTRAL) throw new ZipRefused('zip-damaged');
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const nameLength = view.getUint16(at + 28, true);
  const extraLength = view.getUint16(at + 30, true);
  const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
  if (next > view.byteLength) throw new ZipRefused('zip-damaged');
  const name = textOf(new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength), flags);
  const small = {
    bytes: view.getUint32(at + 24, true),
    packedBytes: view.getUint32(at + 20, true),
    offset: view.getUint32(at + 42, true),
  };
  const sizes = large(view, at + 46 + nameLength, extraLength, small);
  const problem = problemOf({ ...sizes, flags, method }, limits);
  const crc32 = view.getUint32(at + 16, true);
  return { entry: { name, method, crc32, ...sizes, ...(problem && { problem }) }, next };
}

interface Sizes {
  readonly bytes: number;
  readonly packedBytes: number;
  readonly offset: number;
}

/** 4.5.3: what does not fit 32 bits stands in the extra field, in this order. */
function large(view: DataView, at: number, length: number, small: Sizes): Sizes {
  if (Object.values(small).every((size) => size !== FULL_32)) return small;
  for (let field = at; field + 4 <= at + length; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) !== 1) continue;
    let value = field + 4;
    const end = Math.min(value + view.getUint16(field + 2, true), at + length);
    const take = (size: number): number => {
      if (size !== FULL_32) return size;
      if (value + 8 > end) throw new ZipRefused('zip-damaged');
      value += 8;
      return Number(view.getBigUint64(value - 8, true));
    };
    return { bytes: take(small.bytes), packedBytes: take(small.packedBytes), offset: take(small.offset) };
  }
  throw new ZipRefused('zip-damaged');
}

function problemOf(
  { bytes, packedBytes, flags, method }: Sizes & { flags: number; method: number },
  limits: ZipLimits,
): ZipProblem | undefined {
  if ((flags & ENCRYPTED) !== 0) return 'zip-encrypted';
  if (method !== 0 && method !== 8) return 'zip-method';
  if (bytes > limits.entryBytes) return 'zip-too-large';
  if (bytes > limits.ratioFromBytes && bytes > limits.ratio * packedBytes) return 'zip-too-large';
  return undefined;
}

const textOf = (bytes: Uint8Array, flags: number): string =>
  // Without the flag it is code page 437; what is not ASCII differs, and is a name to look at only.
  new TextDecoder((flags & UTF8) === 0 ? 'latin1' : 'utf-8').decode(bytes);

/** Where the packed bytes of an entry lie: names and extra of the local header may differ from the directory's. */
export async function packedBytesOf(zip: Blob, entry: ZipEntry): Promise<Blob> {
  const view = await viewOf(zip, entry.offset, entry.offset + 30);
  if (view.getUint32(0, true) !== LOCAL) throw new ZipRefused('zip-damaged');
  const from = entry.offset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  if (from + entry.packedBytes > zip.size) throw new ZipRefused('zip-damaged');
  return zip.slice(from, from + entry.packedBytes);
}
