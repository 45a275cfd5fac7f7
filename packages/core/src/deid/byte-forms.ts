/** A text as bytes, in the encodings and the case that one meets. */

/** A text of fewer bytes is met by chance. */
export const LEAST_BYTES = 6;
/** Read back to front in pairs a text is met by chance more often, for two beginnings are looked for. */
const LEAST_SWAPPED = 8;

/** In UTF-8, Latin-1, UTF-16 of both byte orders, and as words of two bytes of the other byte order hold it. */
export function byteForms(text: string): Uint8Array[] {
  const forms = new Set([text, text.toLowerCase(), text.toUpperCase(), capital(text)]);
  return [...forms].flatMap((form) => {
    const latin = latin1(form);
    return [
      utf8(form),
      ...(latin === undefined ? [] : [latin, ...swapped(latin)]),
      utf16(form, true),
      utf16(form, false),
    ].filter(({ length }) => length >= LEAST_BYTES);
  });
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();

function latin1(text: string): Uint8Array | undefined {
  const codes = Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  return codes.every((code) => code < 256) ? Uint8Array.from(codes) : undefined;
}

function utf8(text: string): Uint8Array {
  const escaped = encodeURIComponent(text.toWellFormed());
  const codes = escaped.match(/%[0-9A-F]{2}|[^%]/g) ?? [];
  return Uint8Array.from(codes, (code) =>
    code.length === 3 ? Number.parseInt(code.slice(1), 16) : code.charCodeAt(0),
  );
}

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(2 * text.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), littleEndian);
  return bytes;
}

/** Of the text, which may begin at an even or an odd place, only whole pairs. */
function swapped(bytes: Uint8Array): Uint8Array[] {
  return [0, 1]
    .map((from) => bytes.slice(from, from + ((bytes.length - from) & ~1)))
    .filter(({ length }) => length >= LEAST_SWAPPED)
    .map((pairs) => pairs.map((_, i) => pairs[i ^ 1]!));
}
