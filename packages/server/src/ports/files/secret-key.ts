import { createHmac, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { Fault } from '@promontory/core/fault';

export interface SecretKey {
  readonly bytes: Uint8Array;
  /** It was not there and has been made. */
  readonly created: boolean;
}

const KEY_BYTES = 32;

/**
 * The key in a file of 64 hexadecimal digits that only its owner may read; made where there is none.
 * @param neverBelow folder that is passed on: a key in it would undo every pseudonym
 * @throws Fault `KEY_REFUSED`
 */
export function openSecretKey(path: string, neverBelow: string): SecretKey {
  const file = real(resolve(path));
  if (`${file}${sep}`.startsWith(`${real(resolve(neverBelow))}${sep}`)) {
    throw new Fault('KEY_REFUSED', 'The key file would lie in the output folder.', {
      advice: 'Keep it elsewhere: whoever has it can undo the pseudonyms. Choose with --key-file.',
    });
  }
  const text = read(file);
  if (text === undefined) return { bytes: create(file), created: true };
  if (!/^[0-9a-f]{64}\s*$/i.test(text)) {
    throw new Fault('KEY_REFUSED', 'The key file does not hold 64 hexadecimal digits.', {
      advice: 'Choose another with --key-file; one that is not there is made.',
    });
  }
  return { bytes: Buffer.from(text.trim(), 'hex'), created: false };
}

/** HMAC-SHA-256 under the key. */
export function keyedHashOf({ bytes }: Pick<SecretKey, 'bytes'>): (text: string) => Uint8Array {
  return (text) => createHmac('sha256', bytes).update(text, 'utf8').digest();
}

/** Links followed as far as the path exists. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(real(dirname(path)), basename(path));
  }
}

function read(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isFile() || stats.size > 1024) {
    throw new Fault('KEY_REFUSED', 'The key file is no file of a key.', {
      advice: 'Choose another with --key-file.',
    });
  }
  if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
    throw new Fault('KEY_REFUSED', 'The key file may be read by others than its owner.', {
      advice: 'Close it with chmod 600, or make a new key if others may have read it.',
    });
  }
  return readFileSync(path, 'latin1');
}

function create(path: string): Uint8Array {
  const bytes = randomBytes(KEY_BYTES);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${bytes.toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new Fault('KEY_REFUSED', `The key file could not be made (${code}).`, {
      advice: 'Choose another place with --key-file.',
      cause,
    });
  }
  return bytes;
}
