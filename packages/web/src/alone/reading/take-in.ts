import { Fault } from '@promontory/core/fault';
import { sniff } from '@promontory/core/formats';
import {
  DEFAULT_INPUT_LIMITS,
  HEAD_BYTES,
  type InputLimits,
  Intake,
  type TakenIn,
} from '@promontory/core/reading';
import type { GivenFile } from './messages.ts';

/** A browser gives a page less memory than a server has; the images are held in it once, and once more while they are read. */
export const BROWSER_LIMITS: InputLimits = { ...DEFAULT_INPUT_LIMITS, maxTotalBytes: 2 ** 30 };

export interface Taken extends TakenIn {
  readonly bytes: number;
}

/**
 * The images among the files that a person gave, in the order of their paths.
 * @param namedCount what the person gave: files, folders, archives
 * @throws Fault as `Intake` does
 */
export async function takeIn(
  given: readonly GivenFile[],
  namedCount: number,
  tell: (done: number, total: number) => void,
  limits: InputLimits = BROWSER_LIMITS,
): Promise<Taken> {
  if (given.length > limits.maxFiles) {
    throw new Fault('LIMIT_EXCEEDED', `There are more than ${limits.maxFiles} files.`, {
      advice: 'Give the folder of one study.',
    });
  }
  const intake = new Intake(limits);
  const ordered = [...given].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  let held = 0;
  for (const [i, { file }] of ordered.entries()) {
    tell(i, ordered.length);
    await intake.attempt(async () => {
      const bytes = await bytesOfUse(file, limits.maxFileBytes);
      const kind = sniff(bytes);
      held += bytes.length;
      if (kind === 'zip') await intake.addArchive(bytes);
      else intake.add(kind, bytes);
    });
  }
  return { ...intake.finish(namedCount), bytes: held };
}

/** A file whose head tells that it is of no use is not read to its end. */
async function bytesOfUse(file: Blob, maxBytes: number): Promise<Uint8Array> {
  const head = await read(file.slice(0, HEAD_BYTES));
  const kind = sniff(head);
  if (kind === 'unknown' || kind === 'gzip' || file.size <= head.length) return head;
  if (file.size > maxBytes) {
    throw new Fault('LIMIT_EXCEEDED', `A file has more than ${maxBytes >> 20} MiB.`, {
      advice: 'Give the files of one study, not an archive of many.',
    });
  }
  return read(file);
}

async function read(part: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await part.arrayBuffer());
  } catch (cause) {
    if (cause instanceof RangeError) throw cause;
    throw new Fault('NOTHING_FOUND', 'A file could not be read.', {
      advice: 'It may have been moved or changed meanwhile; choose it again.',
      cause,
    });
  }
}
