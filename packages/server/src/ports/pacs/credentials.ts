/** What is said to the PACS about who we are. Secrets come from files or the environment, never from the settings. */
import { readFile, stat } from 'node:fs/promises';
import { isAbsent } from '../durable/index.ts';
import { PacsRefused, PacsUnavailable } from './faults.ts';

export type PacsCredentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly user: string; readonly password: Secret }
  | { readonly kind: 'bearer'; readonly token: Secret };

/** A value, or the file that holds it: read for every request, for tokens of clouds last an hour. */
export type Secret = { readonly value: string } | { readonly file: string };

/** The header `Authorization`. @throws PacsRefused where a file cannot be used */
export async function authorization(credentials: PacsCredentials): Promise<string | undefined> {
  switch (credentials.kind) {
    case 'none':
      return undefined;
    case 'bearer':
      return `Bearer ${asToken(await secretOf(credentials.token))}`;
    case 'basic': {
      const pair = `${credentials.user}:${await secretOf(credentials.password)}`;
      return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
    }
  }
}

/** RFC 6750 section 2.1: what else stands in a header would begin another. */
const TOKEN = /^[A-Za-z0-9._~+/=-]+$/;

function asToken(text: string): string {
  if (!TOKEN.test(text)) throw new PacsRefused('The token for the PACS is none: it has other characters.');
  return text;
}

async function secretOf(secret: Secret): Promise<string> {
  const text = 'value' in secret ? secret.value : await readSecret(secret.file);
  if (text === '') throw new PacsRefused('The secret for the PACS is empty.');
  return text;
}

async function readSecret(file: string): Promise<string> {
  try {
    if (process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0)
      throw new PacsRefused('Others may read the file with the secret for the PACS. Run: chmod 600 on it.');
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    if (cause instanceof PacsRefused) throw cause;
    // It is being replaced just now, perhaps.
    if (isAbsent(cause))
      throw new PacsUnavailable('The file with the secret for the PACS is not there.', { cause });
    throw new PacsRefused('The file with the secret for the PACS cannot be read.', { cause });
  }
}
