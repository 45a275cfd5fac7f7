/** Writing that survives a power cut: the bytes are flushed, then the name, then the folder that holds the name. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** write(2) may take less than it is given (a signal, a disk that fills up): the rest is written until all stands. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at);
    at += bytesWritten;
  }
}

/** A name that was made, changed or removed is durable when its folder is. */
export async function flushFolder(path: string): Promise<void> {
  // Windows opens no folder as a file; NTFS journals its names itself.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The file holds either what it held or all of the new bytes, whatever happens in between. */
export async function writeDurably(path: string, bytes: Uint8Array | string, mode = 0o600): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    const file = await open(aside, 'wx', mode);
    try {
      await writeAll(file, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await flushFolder(dirname(path));
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException | null)?.code ?? '');

/** No such file. */
export const isAbsent = (error: unknown): boolean => codeOf(error) === 'ENOENT';

/** No room: disk, quota of the user, or limit of a file's size. */
export const isFull = (error: unknown): boolean => /^(ENOSPC|EDQUOT|EFBIG)$/.test(codeOf(error));

/** Raised by the operating system, and not a defect of ours. */
export const isOfSystem = (error: unknown): boolean =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
