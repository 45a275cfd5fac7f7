import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent, writeDurably } from '../durable/index.ts';

/** A secret's file is damaged, or others may read it; the message says what to do. */
export class SecretRefused extends Error {
  override readonly name = 'SecretRefused';
}

export interface Secrets {
  /** 32 random bytes, made once and kept for the owner only. The name is ours. @throws SecretRefused */
  secret(name: string): Promise<Uint8Array>;
}

const SECRET_BYTES = 32;

/** Files in a folder that this process alone works with. */
export function secretsIn(folder: string): Secrets {
  const asked = new Map<string, Promise<Uint8Array>>();
  return {
    secret(name) {
      if (!/^[a-z][a-z-]*$/.test(name)) throw new RangeError('The name of a secret has small letters.');
      let secret = asked.get(name);
      if (secret === undefined) {
        // Two who ask at once get the same.
        secret = readOrMake(join(folder, name));
        asked.set(name, secret);
        secret.catch(() => asked.delete(name));
      }
      return secret;
    },
  };
}

async function readOrMake(path: string): Promise<Uint8Array> {
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw new SecretRefused(
        'Other users may read a secret of the server. Remove its file: the server makes a new one.',
      );
    const text = (await readFile(path, 'utf8')).trim();
    if (!/^[0-9a-f]{64}$/.test(text))
      throw new SecretRefused('A secret of the server is damaged. Restore it, or remove its file.');
    return Buffer.from(text, 'hex');
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  const secret = randomBytes(SECRET_BYTES);
  await writeDurably(path, `${secret.toString('hex')}\n`);
  return secret;
}
