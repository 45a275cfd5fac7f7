/** Files on a pipe: the length as 32 bits, big-endian, then the bytes. */

/** The bytes end within a frame, or a frame is longer than the pipe may bring. */
export class BrokenFrames extends Error {
  override readonly name = 'BrokenFrames';
}

const HEAD_BYTES = 4;

/** What goes before a file of this size. */
export function frameHead(sizeBytes: number): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES);
  new DataView(head.buffer).setUint32(0, sizeBytes);
  return head;
}

/** The files of a pipe, each in memory of its own. @throws BrokenFrames */
export async function readFrames(
  pipe: AsyncIterable<Uint8Array>,
  maxTotalBytes: number,
): Promise<Uint8Array[]> {
  const files: Uint8Array[] = [];
  const head = new Uint8Array(HEAD_BYTES);
  let file: Uint8Array | undefined;
  let filled = 0;
  let total = 0;
  for await (const chunk of pipe) {
    for (let at = 0; at < chunk.length; ) {
      const into: Uint8Array = file ?? head;
      const part = chunk.subarray(at, at + into.length - filled);
      into.set(part, filled);
      filled += part.length;
      at += part.length;
      // A file of no bytes is whole as soon as its head is.
      while (filled === (file ?? head).length) {
        filled = 0;
        if (file !== undefined) {
          files.push(file);
          file = undefined;
          break;
        }
        const size = new DataView(head.buffer).getUint32(0);
        total += size;
        if (total > maxTotalBytes) throw new BrokenFrames('More bytes than are allowed.');
        file = new Uint8Array(size);
      }
    }
  }
  if (file !== undefined || filled > 0) throw new BrokenFrames('The pipe ended within a file.');
  return files;
}
