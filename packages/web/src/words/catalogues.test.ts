import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const FOLDER = join(import.meta.dirname, 'catalogues');
const PLURAL = /_(zero|one|two|few|many|other)$/;
const others = readdirSync(FOLDER).filter((language) => language !== 'en');

const read = (language: string, room: string): Record<string, string> =>
  JSON.parse(readFileSync(join(FOLDER, language, `${room}.json`), 'utf8'));
const rooms = readdirSync(join(FOLDER, 'en')).map((name) => name.replace('.json', ''));

/** What a form for none, one or two may say in a word. */
const COUNTS = ['{{count}}', '{{count, number}}'];

/** Placeholders of a text, sorted: `{{count}}`, and tags of texts with links: `<1>`. */
const holes = (text: string): string[] =>
  [...text.matchAll(/\{\{\s*(\w+)[^}]*\}\}|<\/?\w+>/g)].map(([hole]) => hole).sort();

/** Keys that a language must have: each plural key in the forms that the language tells apart (CLDR). */
function wanted(language: string, room: string): Map<string, string> {
  const english = read('en', room);
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  const keys = new Map<string, string>();
  for (const [key, text] of Object.entries(english)) {
    const base = key.replace(PLURAL, '');
    if (base === key) keys.set(key, text);
    else for (const form of forms) keys.set(`${base}_${form}`, english[`${base}_other`] ?? text);
  }
  return keys;
}

test('there are seven languages', () => {
  expect(readdirSync(FOLDER).sort()).toEqual(['ar', 'de', 'en', 'es', 'fr', 'hi', 'zh']);
});

test.each(rooms)('%s: plural keys have their forms in English', (room) => {
  const english = read('en', room);
  for (const key of Object.keys(english)) {
    if (!PLURAL.test(key)) continue;
    const base = key.replace(PLURAL, '');
    expect(Object.keys(english)).toContain(`${base}_one`);
    expect(Object.keys(english)).toContain(`${base}_other`);
  }
});

test.each(others.flatMap((language) => rooms.map((room) => [language, room] as const)))(
  '%s has every text of %s, with the same placeholders',
  (language, room) => {
    const texts = read(language, room);
    const keys = wanted(language, room);
    expect(Object.keys(texts).sort()).toEqual([...keys.keys()].sort());
    for (const [key, english] of keys) {
      expect(texts[key]?.trim(), key).not.toBe('');
      // One and two may say their number in a word.
      const mayLack = /_(zero|one|two)$/.test(key) ? COUNTS : [];
      const given = holes(texts[key] ?? '');
      expect(
        holes(english).filter((hole) => !mayLack.includes(hole)),
        key,
      ).toEqual(given.filter((hole) => !mayLack.includes(hole)));
    }
  },
);
