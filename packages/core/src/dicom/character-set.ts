/**
 * Specific Character Set (0008,0005): PS3.3 section C.12.1.1.2, PS3.5 section 6.1.
 *
 * Everything here is synchronous and total: bytes that no declared set explains become U+FFFD (or Latin-1 under the
 * default repertoire, as most readers do), never an exception; the bytes themselves stay in the element.
 */
import { CODE_ELEMENTS, type CodeElement, ESCAPES, WHOLE_STRING_SETS } from './character-set-table.ts';
import { decodeAs, decodeLatin1 } from './text-decoder.ts';

const ESC = 0x1b;
const TEXT_DELIMITERS = new Set([0x09, 0x0a, 0x0c, 0x0d]);
const VALUE_DELIMITERS = new Set([...TEXT_DELIMITERS, 0x5c]);
const NAME_DELIMITERS = new Set([...VALUE_DELIMITERS, 0x5e, 0x3d]);

/** Where code extensions fall back to the initial sets: PS3.5 section 6.1.2.5.3. */
export type TextKind = 'name' | 'values' | 'text';

export interface CharacterSet {
  /** Canonical defined terms, `['']` for the default repertoire. */
  readonly terms: readonly string[];
  /** Terms as found that are no defined terms, whether they could be guessed or not. */
  readonly irregularTerms: readonly string[];
  decode(bytes: Uint8Array, kind: TextKind): string;
  /** Bytes of a text, or `undefined` where a character has no place in the (first) set. */
  encode(text: string): Uint8Array<ArrayBuffer> | undefined;
}

/** `ISO 2022 IR 87` from the spellings found in the wild (`ISO_2022_IR_87`, `iso-ir 87`, …). */
function canonicalTerm(found: string): string | undefined {
  const term = found.trim().toUpperCase();
  if (term === '') return '';
  const match = /^ISO[ _-]*(2022)?[ _-]*IR[ _-]*(\d+)$/.exec(term);
  const canonical =
    match === null
      ? ({
          'UTF-8': 'ISO_IR 192',
          UTF8: 'ISO_IR 192',
          'GB 18030': 'GB18030',
          'ISO8859-1': 'ISO_IR 100',
          'ISO 8859-1': 'ISO_IR 100',
        }[term] ?? term)
      : match[1] === undefined || match[2] === '192'
        ? `ISO_IR ${match[2]}`
        : `ISO 2022 IR ${match[2]}`;
  if (WHOLE_STRING_SETS.has(canonical) || CODE_ELEMENTS.has(registration(canonical))) return canonical;
  return undefined;
}

function registration(term: string): string {
  return term.replace(/^ISO(_| 2022 )IR /, '');
}

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! >= 0x80 || bytes[i] === ESC) return false;
  return true;
}

function wholeStringSet(term: string, label: string, irregularTerms: readonly string[]): CharacterSet {
  return {
    terms: [term],
    irregularTerms,
    decode: (bytes) => (isAscii(bytes) ? decodeLatin1(bytes) : decodeAs(label, bytes)),
    encode: (text) => (label === 'utf-8' ? encodeUtf8(text) : encodeAscii(text)),
  };
}

function extendedSet(terms: readonly string[], irregularTerms: readonly string[]): CharacterSet {
  const first = CODE_ELEMENTS.get(registration(terms[0]!)) ?? CODE_ELEMENTS.get('6')!;
  let reverse: Map<string, number> | undefined;
  return {
    terms,
    irregularTerms,
    decode(bytes, kind) {
      if (isAscii(bytes)) return decodeLatin1(bytes);
      return decodeExtended(
        bytes,
        first.g0,
        first.g1,
        kind === 'name' ? NAME_DELIMITERS : kind === 'values' ? VALUE_DELIMITERS : TEXT_DELIMITERS,
      );
    },
    encode(text) {
      const ascii = encodeAscii(text);
      if (ascii !== undefined || first.g1 === undefined || first.g1.bytesPerCharacter === 2) return ascii;
      reverse ??= reverseTable(first.g1);
      const out = new Uint8Array(text.length);
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        const byte = code < 0x80 ? code : reverse.get(text[i]!);
        if (byte === undefined) return undefined;
        out[i] = byte;
      }
      return out;
    },
  };
}

function reverseTable(g1: CodeElement): Map<string, number> {
  const table = new Map<string, number>();
  for (let byte = 0xa0; byte < 0x100; byte++) {
    const character = g1.decode(Uint8Array.of(byte));
    if (character !== '\ufffd') table.set(character, byte);
  }
  return table;
}

function encodeAscii(text: string): Uint8Array<ArrayBuffer> | undefined {
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return undefined;
    out[i] = code;
  }
  return out;
}

function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  const out: number[] = [];
  for (const character of text) {
    const found = character.codePointAt(0)!;
    const code = found >= 0xd800 && found <= 0xdfff ? 0xfffd : found;
    if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000) out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else
      out.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 0x3f),
        0x80 | ((code >> 6) & 0x3f),
        0x80 | (code & 0x3f),
      );
  }
  return Uint8Array.from(out);
}

/** ISO/IEC 2022 with the restrictions of PS3.5 section 6.1.2.5: bytes below 80H belong to G0, the others to G1. */
function decodeExtended(
  bytes: Uint8Array,
  initialG0: CodeElement,
  initialG1: CodeElement | undefined,
  delimiters: ReadonlySet<number>,
): string {
  let g0 = initialG0;
  let g1 = initialG1;
  let out = '';
  let runStart = 0;
  let runSet: CodeElement | undefined;
  const flush = (end: number) => {
    if (end > runStart)
      out += (runSet ?? CODE_ELEMENTS.get('100')!.g1!).decode(bytes.subarray(runStart, end));
    runStart = end;
  };
  for (let i = 0; i < bytes.length; ) {
    const byte = bytes[i]!;
    if (byte === ESC) {
      const switching = ESCAPES.find(({ sequence }) =>
        sequence.every((code, k) => bytes[i + 1 + k] === code),
      );
      if (switching !== undefined) {
        flush(i);
        if (switching.target === 'g0') g0 = switching.set;
        else g1 = switching.set;
        i += 1 + switching.sequence.length;
        runStart = i;
        runSet = undefined;
        continue;
      }
    }
    const control = byte < 0x20;
    const set = control ? CODE_ELEMENTS.get('6')!.g0 : byte < 0x80 ? g0 : g1;
    if (set !== runSet) {
      flush(i);
      runSet = set;
    }
    if ((control || (byte < 0x80 && g0.bytesPerCharacter === 1)) && delimiters.has(byte)) {
      g0 = initialG0;
      g1 = initialG1;
    }
    i += set?.bytesPerCharacter ?? 1;
  }
  flush(bytes.length);
  return out;
}

const DEFAULT_SET = extendedSet([''], []);
const cache = new Map<string, CharacterSet>();

/**
 * The character set that a list of terms describes. Unknown terms are skipped and told in `irregularTerms`;
 * nothing known at all means the default repertoire.
 */
export function characterSetFor(found: readonly string[]): CharacterSet {
  if (found.length === 0) return DEFAULT_SET;
  const key = found.join('\\');
  const known = cache.get(key);
  if (known !== undefined) return known;
  const terms: string[] = [];
  const irregular: string[] = [];
  for (const term of found.slice(0, 16)) {
    const canonical = canonicalTerm(term);
    if (canonical !== term.trim()) irregular.push(term);
    if (canonical !== undefined) terms.push(canonical);
  }
  if (terms.length === 0) terms.push('');
  // A set without code extensions stands alone (PS3.3 C.12.1.1.2); what stands beside it is not usable.
  const whole = WHOLE_STRING_SETS.get(terms[0]!);
  if (whole !== undefined && terms.length > 1) irregular.push(...terms.splice(1));
  const extended = terms.filter((term) => !WHOLE_STRING_SETS.has(term));
  if (whole === undefined) irregular.push(...terms.filter((term) => WHOLE_STRING_SETS.has(term)));
  const set =
    whole === undefined ? extendedSet(extended, irregular) : wholeStringSet(terms[0]!, whole, irregular);
  // Terms come from files: the cache must not grow with them.
  if (cache.size < 256) cache.set(key, set);
  return set;
}
