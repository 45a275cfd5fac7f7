/** A piece of HTML or SVG that is safe to insert as it is. Only `markup` and `raw` make one. */
export interface Markup {
  readonly markup: string;
}
type Part = Markup | string | number | undefined | false | readonly Part[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text made harmless in element content and in quoted attributes; characters that XML forbids are dropped. */
export function escapeText(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll(/[&<>"']/g, (c) => ESCAPES[c]);
}

/**
 * Tagged template for HTML and SVG: every value is escaped unless it is `Markup` itself; lists are joined,
 * `undefined` and `false` vanish, zero stays.
 * @example markup`<b>${'a < b'}</b>`.markup // '<b>a &lt; b</b>'
 */
export function markup(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let out = literals[0];
  for (let i = 0; i < parts.length; i++) out += render(parts[i]) + literals[i + 1];
  return { markup: out };
}

/** Declares a string of our own making as safe. Never for anything that comes from a file. */
export const raw = (trusted: string): Markup => ({ markup: trusted });

function render(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escapeText(part);
  return 'markup' in part ? part.markup : part.map(render).join('');
}

/** A coordinate for SVG: two decimals, no exponent, no negative zero. */
export function coordinate(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}
