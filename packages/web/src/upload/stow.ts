/** STOW-RS (PS3.18 10.5): what is sent, and what the answer says of each file. */

/** Failure Reason (PS3.18 table I.2-2), or what happened on the way. Each has words in the catalogue. */
export type Reason =
  | 'not-understood'
  | 'mismatch'
  | 'conflict'
  | 'no-room'
  | 'too-large'
  | 'format'
  | 'not-allowed'
  | 'refused'
  | 'server'
  | 'network'
  | 'unreadable'
  | 'gone';

const REASONS: ReadonlyMap<number, Reason> = new Map([
  [0xc000, 'not-understood'],
  [0xa900, 'mismatch'],
  [0x0110, 'conflict'],
  [0xa700, 'no-room'],
  [0xa710, 'too-large'],
  [0xc122, 'format'],
  [0x0124, 'not-allowed'],
]);
/** What another try may mend. */
const AGAIN: ReadonlySet<Reason> = new Set(['no-room', 'server', 'network', 'unreadable', 'gone']);
export const mayMend = (reason: Reason): boolean => AGAIN.has(reason);

export type Outcome =
  | { readonly kind: 'kept'; readonly studyUid?: string }
  | { readonly kind: 'failed'; readonly reason: Reason }
  /** The answer does not say whose it is: sent by itself once more. What was kept is held already, that is no error. */
  | { readonly kind: 'unclear' };

/** The whole request came to nothing: nobody is signed in, nobody answers, or no answer of this kind. */
export type Standstill = 'signed-out' | 'offline' | 'busy';

export interface SentFile {
  readonly sopInstanceUid?: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A body of multipart/related, one part a file. */
export function multipartOf(files: readonly SentFile[], boundary: string): Blob {
  const head = `--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`;
  return new Blob([...files.flatMap(({ bytes }) => [head, bytes, '\r\n']), `--${boundary}--\r\n`]);
}

interface JsonElement {
  readonly Value?: readonly unknown[];
}
type JsonItem = Readonly<Record<string, JsonElement | undefined>>;
const firstOf = (item: JsonItem, tag: string): unknown => item[tag]?.Value?.[0];
const itemsOf = (item: JsonItem, tag: string): JsonItem[] => (item[tag]?.Value ?? []) as JsonItem[];
const reasonOf = (item: JsonItem): Reason => REASONS.get(Number(firstOf(item, '00081197'))) ?? 'refused';
const studyIn = (url: unknown): string | undefined =>
  typeof url === 'string' ? /\/studies\/([0-9.]+)/.exec(url)?.[1] : undefined;

/** What became of each file of a request, in its order. */
export function outcomesOf(
  files: readonly Pick<SentFile, 'sopInstanceUid'>[],
  status: number,
  body: unknown,
): Outcome[] | Standstill {
  const told = (typeof body === 'object' && body !== null ? body : {}) as JsonItem;
  const kept = itemsOf(told, '00081199');
  const failed = itemsOf(told, '00081198');
  const nameless = itemsOf(told, '0008119A');
  if (kept.length + failed.length + nameless.length === 0) return wholeAnswer(files.length, status);
  const known = new Map<string, Outcome>();
  const tell = (item: JsonItem, outcome: Outcome) => {
    const uid = String(firstOf(item, '00081155') ?? '');
    known.set(uid, known.has(uid) ? { kind: 'unclear' } : outcome);
  };
  for (const item of kept) {
    const studyUid = studyIn(firstOf(item, '00081190'));
    tell(item, { kind: 'kept', ...(studyUid !== undefined && { studyUid }) });
  }
  for (const item of failed) tell(item, { kind: 'failed', reason: reasonOf(item) });
  const outcomes = files.map(({ sopInstanceUid: uid = '' }): Outcome | undefined => known.get(uid));
  const open = outcomes.filter((outcome) => outcome === undefined).length;
  const only = [...[...known.values()].filter((outcome) => !outcomes.includes(outcome))];
  for (const item of nameless) only.push({ kind: 'failed', reason: reasonOf(item) });
  // One file and one answer left belong together, whatever the file said of itself.
  const last: Outcome = open === 1 && only.length === 1 ? only[0] : { kind: 'unclear' };
  const settled = outcomes.map((outcome) => outcome ?? last);
  if (files.length > 1 || settled[0]?.kind !== 'unclear') return settled;
  return [{ kind: 'failed', reason: 'refused' }];
}

function wholeAnswer(count: number, status: number): Outcome[] | Standstill {
  if (status === 401) return 'signed-out';
  if (status === 0) return 'offline';
  if (status === 429 || status === 503) return 'busy';
  const all = (reason: Reason) => Array.from({ length: count }, (): Outcome => ({ kind: 'failed', reason }));
  if (status >= 200 && status < 300) return all('refused');
  if (count > 1) return Array.from({ length: count }, (): Outcome => ({ kind: 'unclear' }));
  if (status === 413) return all('too-large');
  if (status === 403 || status === 404) return all('not-allowed');
  if (status === 507) return all('no-room');
  return all(status >= 500 ? 'server' : 'refused');
}
