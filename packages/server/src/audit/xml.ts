/** Just enough XML to write a message that every parser reads as it was meant. */

/** Well-formed already; a plain string is text still to be escaped. */
export interface Xml {
  readonly text: string;
}

export function element(name: string, attributes: object, children: readonly (Xml | string)[] = []): Xml {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  const inside = children.map((child) => (typeof child === 'string' ? escaped(child) : child.text)).join('');
  const open = `<${name}${pairs.join('')}`;
  return { text: inside === '' ? `${open}/>` : `${open}>${inside}</${name}>` };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Characters that XML 1.0 (section 2.2) has no way to write become U+FFFD. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be removed.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"'\t\n\r]/g, (character) => ENTITIES[character] as string);
