/** The chain's end, to be kept where whoever may change the database cannot: on paper, in mail, on another machine. */
import { appendFile, mkdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Sql } from '../ports/database/index.ts';
import { readHead } from './audit-rows.ts';
import type { Link } from './chain.ts';

export interface Anchor extends Link {
  /** When it was taken; ISO 8601, UTC. */
  readonly at: string;
}

/** The file lies in the data folder: whoever can rewrite the chain there can rewrite it, too. */
export class AnchorTooNear extends Error {
  override readonly name = 'AnchorTooNear';
}

/** The text is no anchor: three fields, `seq`, `hash` and `at`, as `anchorLine` writes them. */
export class NoAnchor extends Error {
  override readonly name = 'NoAnchor';
}

export async function anchor(sql: Sql, now: Date): Promise<Anchor> {
  const head = await readHead(sql);
  if (head === undefined) throw new Error('The audit has no head.');
  return { ...head, at: now.toISOString() };
}

/** One line of JSON, with its end of line. */
export const anchorLine = ({ seq, hash, at }: Anchor): string => `${JSON.stringify({ seq, hash, at })}\n`;

/** @throws NoAnchor */
export function parseAnchor(line: string): Anchor {
  let found: Partial<Anchor> | null = null;
  try {
    found = JSON.parse(line);
  } catch {
    // Below.
  }
  const { seq, hash, at } = found ?? {};
  const sound =
    Number.isSafeInteger(seq) &&
    (seq as number) >= 0 &&
    typeof hash === 'string' &&
    /^([0-9a-f]{64})?$/.test(hash) &&
    typeof at === 'string';
  if (!sound) throw new NoAnchor('That is no anchor of the audit.');
  return { seq: seq as number, hash: hash as string, at: at as string };
}

/**
 * Adds the anchor as a line to a file outside the data folder.
 * @throws AnchorTooNear
 */
export async function keepAnchor(given: Anchor, file: string, dataFolder: string): Promise<void> {
  await mkdir(dirname(resolve(file)), { recursive: true });
  // Links are followed: what counts is where the bytes lie.
  const place = join(await realpath(dirname(resolve(file))), basename(file));
  const within = relative(await realpath(dataFolder), place);
  if (!within.startsWith('..')) throw new AnchorTooNear('Keep the anchor outside the data folder.');
  await appendFile(place, anchorLine(given), { mode: 0o600 });
}

/** The newest anchor of such a file; nothing where the file is empty. @throws NoAnchor */
export async function latestAnchor(file: string): Promise<Anchor | undefined> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  return lines.map(parseAnchor).reduce<Anchor | undefined>((a, b) => (a && a.seq > b.seq ? a : b), undefined);
}
