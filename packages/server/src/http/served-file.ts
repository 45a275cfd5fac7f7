/** A file that does not change while the server runs, as HTTP gives it: compressed where that is smaller, known by its hash. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, gzip, constants as zlib } from 'node:zlib';
import type { Reply } from './route.ts';

/** Smaller ones fit into few packets as they are. */
const WORTH_COMPRESSING_BYTES = 1024;
/** Larger ones are compressed faster and less, and those that stay as they are lie on the disk until they are asked for. */
const LARGE_BYTES = 4 * 2 ** 20;

const CODINGS = ['br', 'gzip'] as const;
type Coding = (typeof CODINGS)[number];
const ENCODE: Readonly<Record<Coding, (bytes: Uint8Array) => Promise<Buffer>>> = {
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [zlib.BROTLI_PARAM_QUALITY]: bytes.length > LARGE_BYTES ? 5 : 9,
        [zlib.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gzip: (bytes) => promisify(gzip)(bytes),
};

export type ServedFile = (
  headers: IncomingHttpHeaders,
  more: Readonly<Record<string, string>>,
) => Promise<Reply>;

/**
 * Each coding is made once, when it is first asked for, beside the event loop.
 * @param given.named what names its content already; else the file is read here for its hash
 */
export function servedFile(
  path: string,
  { type, compress, named }: { readonly type: string; readonly compress: boolean; readonly named?: string },
): ServedFile {
  const { size } = statSync(path);
  const kept = size > LARGE_BYTES ? undefined : readFileSync(path);
  const hash =
    named ??
    createHash('sha256')
      .update(kept ?? readFileSync(path))
      .digest('base64url')
      .slice(0, 22);
  const encoded = new Map<Coding, Promise<Buffer>>();
  const bytes = async (coding: Coding | undefined): Promise<Uint8Array> => {
    if (coding === undefined) return kept ?? readFile(path);
    let made = encoded.get(coding);
    if (made === undefined) {
      made = (kept === undefined ? readFile(path) : Promise.resolve(kept)).then(ENCODE[coding]);
      encoded.set(coding, made);
      made.catch(() => encoded.delete(coding));
    }
    return made;
  };
  return async (headers, more) => {
    const isWorth = compress && size >= WORTH_COMPRESSING_BYTES;
    const coding = isWorth ? acceptedCoding(headers['accept-encoding']) : undefined;
    const etag = `"${hash}${coding === undefined ? '' : `-${coding}`}"`;
    const given = { ...more, etag, ...(isWorth && { vary: 'accept-encoding' }) };
    if (knows(headers['if-none-match'], etag)) return { status: 304, headers: given };
    return {
      headers: {
        ...given,
        'content-type': type,
        ...(coding !== undefined && { 'content-encoding': coding }),
      },
      body: await bytes(coding),
    };
  };
}

/** RFC 9110 12.5.3: the first of ours that the client takes. */
export function acceptedCoding(header: string | readonly string[] | undefined): Coding | undefined {
  const weights = new Map(
    String(header ?? '')
      .toLowerCase()
      .split(',')
      .map((part): [string, number] => {
        const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
        const q = parameters.find((text) => text.startsWith('q='));
        return [name, q === undefined ? 1 : Number(q.slice(2))];
      }),
  );
  return CODINGS.find((coding) => (weights.get(coding) ?? 0) > 0);
}

/** RFC 9110 13.1.2: compared weakly. */
const knows = (header: string | undefined, etag: string): boolean =>
  (header ?? '').split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
