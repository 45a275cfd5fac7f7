/** Controls, and characters that turn the direction of the text after them, have no place in a name that others wrote. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const DECEIVING = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text of others (names, descriptions, file names) as it may be shown. Always as a text node. */
export const plainText = (text: string): string => text.replace(DECEIVING, ' ').trim();

/** PS3.5 6.2.1.1: the first representation of a PN; `Doe^Jane^Q` → `Doe, Jane Q`. */
export function personName(pn: string): string {
  const [family = '', ...rest] = plainText(pn.split('=')[0] ?? '').split('^');
  const given = rest.filter((part) => part !== '').join(' ');
  return given === '' ? family : `${family}, ${given}`;
}
