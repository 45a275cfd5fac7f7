/** Media types and Accept: RFC 9110 sections 8.3.1 and 12.5.1, with the parameters of PS3.18 section 8.7. */

export interface MediaType {
  /** Lower case: `multipart/related`. */
  readonly essence: string;
  /** Names in lower case, values as sent, unquoted. */
  readonly parameters: ReadonlyMap<string, string>;
}

export interface MediaRange extends MediaType {
  /** 0 to 1; 1 where none is given. */
  readonly q: number;
}

/** More than any client sends; longer ones are not read. */
export const MAX_HEADER_LENGTH = 8192;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const ESSENCE = /^[!#$%&'*+.^_`|~0-9a-z-]+\/[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** @returns undefined where it is malformed */
export function parseMediaType(text: string): MediaType | undefined {
  if (text.length > MAX_HEADER_LENGTH) return undefined;
  const [first = '', ...rest] = splitOutsideQuotes(text, ';');
  const essence = first.trim().toLowerCase();
  if (!ESSENCE.test(essence)) return undefined;
  const parameters = new Map<string, string>();
  for (const part of rest) {
    if (part.trim() === '') continue;
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(0, equals)).trim().toLowerCase();
    const value = unquoted(part.slice(equals + 1).trim());
    if (equals < 1 || !TOKEN.test(name) || value === undefined || parameters.has(name)) return undefined;
    parameters.set(name, value);
  }
  return { essence, parameters };
}

/** The ranges that are well-formed. @returns undefined where the text is too long or none of it can be read */
export function parseAccept(text: string): MediaRange[] | undefined {
  if (text.length > MAX_HEADER_LENGTH) return undefined;
  const ranges: MediaRange[] = [];
  for (const part of splitOutsideQuotes(text, ',')) {
    const type = parseMediaType(part);
    const weight = type?.parameters.get('q') ?? '1';
    if (type === undefined || !/^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight)) continue;
    ranges.push({ ...type, q: Number(weight) });
  }
  return ranges.length > 0 ? ranges : undefined;
}

/** Unquoted values may hold what a token may not: `type=application/dicom` is sent by many. */
function unquoted(value: string): string | undefined {
  if (!value.startsWith('"')) return value === '' || /["\\\s]/.test(value) ? undefined : value;
  if (value.length < 2 || !value.endsWith('"')) return undefined;
  const inner = value.slice(1, -1);
  return /^(?:[^"\\]|\\.)*$/.test(inner) ? inner.replace(/\\(.)/g, '$1') : undefined;
}

function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') quoted = !quoted;
    else if (quoted && text[i] === '\\') i++;
    else if (!quoted && text[i] === separator) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

/** A header value with quoted parameters, as PS3.18 writes them. */
export const formatMediaType = (essence: string, parameters: Readonly<Record<string, string>>): string =>
  [essence, ...Object.entries(parameters).map(([name, value]) => `${name}=${quoteIfNeeded(value)}`)].join(
    '; ',
  );

const quoteIfNeeded = (value: string): string =>
  TOKEN.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
