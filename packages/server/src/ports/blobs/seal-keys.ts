import { createHmac } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { BlobMissing, isSha256, type Sha256 } from './blobs.ts';
import { derive, KEY_BYTES } from './seal.ts';

/** The key file cannot be used; the message says what to do. Never holds any of the key. */
export class KeyFileRefused extends Error {
  override readonly name = 'KeyFileRefused';
}

/** A key for sealing blobs. */
export interface SealKey {
  /** 8 bytes that name the key in the head of what it sealed, without telling it. */
  readonly id: Uint8Array;
  readonly secret: Uint8Array;
  /** The name in the store of the blob with this SHA-256. @throws BlobMissing where it is none */
  nameOf(sha256: Sha256): Sha256;
}

/** @param secret 32 random bytes */
export function sealKey(secret: Uint8Array): SealKey {
  if (secret.length !== KEY_BYTES) throw new KeyFileRefused('A key has 32 bytes.');
  const none = new Uint8Array(0);
  const naming = derive(secret, none, 'promontory/1 names', KEY_BYTES);
  return {
    id: derive(secret, none, 'promontory/1 key id', 8),
    secret,
    nameOf(sha256) {
      if (!isSha256(sha256)) throw new BlobMissing('That is no SHA-256.');
      return createHmac('sha256', naming).update(sha256, 'hex').digest('hex');
    },
  };
}

/**
 * Reads a key file: one key of 32 bytes a line, hexadecimal or base64, `#` begins a comment. The first line seals; the
 * others open what was sealed before the key was changed.
 * @param outside the data folder: a key that lies beside what it seals guards nothing
 * @throws KeyFileRefused
 */
export async function readKeyFile(path: string, outside: string): Promise<[SealKey, ...SealKey[]]> {
  const place = await resolved(path);
  const facts = await stat(place);
  if (!facts.isFile()) throw new KeyFileRefused('The key file is no regular file.');
  const folder = await realpath(outside).catch(() => outside);
  const within = relative(folder, place);
  if (!within.startsWith('..') && !isAbsolute(within))
    throw new KeyFileRefused('The key file lies in the data folder. Keep it elsewhere: a thief takes both.');
  if (process.platform !== 'win32') {
    if ((facts.mode & 0o077) !== 0)
      throw new KeyFileRefused('Others may read the key file. Run: chmod 600 on it.');
    const own = process.geteuid?.();
    if (facts.uid !== own && facts.uid !== 0)
      throw new KeyFileRefused('The key file belongs to another user.');
  }
  const lines = (await readFile(place, 'utf8'))
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
  const keys = lines.map((line) => sealKey(secretIn(line)));
  const ids = new Set(keys.map(({ id }) => Buffer.from(id).toString('hex')));
  if (ids.size < keys.length) throw new KeyFileRefused('A key stands twice in the key file.');
  const [first, ...others] = keys;
  if (first === undefined) throw new KeyFileRefused('The key file holds no key.');
  return [first, ...others];
}

async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    throw new KeyFileRefused('The key file cannot be read.', { cause });
  }
}

function secretIn(line: string): Uint8Array {
  if (/^[0-9a-fA-F]{64}$/.test(line)) return Buffer.from(line, 'hex');
  if (/^[A-Za-z0-9+/]{43}=$/.test(line)) return Buffer.from(line, 'base64');
  throw new KeyFileRefused(
    'A line of the key file is no key: 32 bytes as 64 hexadecimal digits or in base64. Run: openssl rand -hex 32',
  );
}
