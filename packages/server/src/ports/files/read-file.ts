import { type FileHandle, open } from 'node:fs/promises';
import { Fault } from '@promontory/core/fault';
import { type FileKind, sniff } from '@promontory/core/formats';
import { HEAD_BYTES } from '@promontory/core/reading';
import type { FilePath } from './find-files.ts';

export interface ReadFile {
  readonly kind: FileKind;
  /** Absent where the head already says that the file is of no use. */
  readonly bytes?: Uint8Array;
}

/**
 * Reads a file if its head is of a kind that can be used.
 * @throws Fault `LIMIT_EXCEEDED` for a file above the cap, `NOTHING_FOUND` for one that cannot be read
 */
export async function readFileOfUse(path: FilePath, maxBytes: number): Promise<ReadFile> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const { size } = await file.stat();
    const head = await readRange(file, 0, Math.min(HEAD_BYTES, size));
    const kind = sniff(head);
    if (kind === 'unknown' || kind === 'gzip') return { kind };
    if (size > maxBytes) {
      throw new Fault('LIMIT_EXCEEDED', `A file has more than ${maxBytes >> 20} MiB.`, {
        advice: 'Give the files of one study, not an archive of many.',
      });
    }
    return { kind, bytes: size <= head.length ? head : await readRange(file, 0, size) };
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new Fault('NOTHING_FOUND', `A file could not be read (${code}).`, {
      advice: 'Check its permissions.',
      cause,
    });
  } finally {
    await file?.close();
  }
}

/** Fewer bytes than asked for where the file has become shorter meanwhile. */
async function readRange(file: FileHandle, from: number, length: number): Promise<Uint8Array> {
  // Not from the shared pool: parsers keep views of it for as long as the study lives.
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, from + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}
