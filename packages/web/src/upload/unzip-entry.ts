/** One entry of a ZIP, inflated as it is read, never past what it declared. */
import { Inflate } from 'fflate';
import { packedBytesOf, ZIP_LIMITS, type ZipEntry, type ZipLimits, ZipRefused } from './zip-directory.ts';

/**
 * Inflating stops at the first byte beyond the declared length, which was judged before: a lie costs one chunk. The
 * checksum (CRC-32, ISO 3309) is compared.
 * @throws ZipRefused
 */
export async function unzipEntry(
  zip: Blob,
  entry: ZipEntry,
  limits: ZipLimits = ZIP_LIMITS,
): Promise<Uint8Array<ArrayBuffer>> {
  if (entry.problem !== undefined) throw new ZipRefused(entry.problem);
  if (entry.bytes > limits.entryBytes) throw new ZipRefused('zip-too-large');
  const packed = await packedBytesOf(zip, entry);
  const bytes = new Uint8Array(entry.bytes);
  let length = 0;
  const take = (chunk: Uint8Array): void => {
    if (length + chunk.length > bytes.length) throw new ZipRefused('zip-damaged');
    bytes.set(chunk, length);
    length += chunk.length;
  };
  if (entry.method === 0) take(new Uint8Array(await packed.arrayBuffer()));
  else await inflate(packed, take);
  if (length !== bytes.length || crc32(bytes) !== entry.crc32) throw new ZipRefused('zip-damaged');
  return bytes;
}

async function inflate(packed: Blob, take: (chunk: Uint8Array) => void): Promise<void> {
  const stream = new Inflate(take);
  const reader = packed.stream().getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      // Small pieces: what one push may bring forth is bounded by the ratio of the method.
      for (let at = 0; at < value.length; at += PIECE) stream.push(value.subarray(at, at + PIECE), false);
    }
    stream.push(new Uint8Array(0), true);
  } catch (error) {
    if (error instanceof ZipRefused) throw error;
    throw new ZipRefused('zip-damaged');
  } finally {
    await reader.cancel().catch(() => {});
  }
}
const PIECE = 2 ** 14;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 0 ? value >>> 1 : 0xedb88320 ^ (value >>> 1);
  return value >>> 0;
});

export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (let i = 0; i < bytes.length; i += 1) value = (value >>> 8) ^ TABLE[(value ^ bytes[i]) & 0xff];
  return (value ^ 0xffffffff) >>> 0;
}
