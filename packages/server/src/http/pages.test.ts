/** The plain pages, without a browser: nothing that others wrote can become markup, and nothing in them is missing. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STANDINGS } from '../consent/index.ts';
import { zipOf } from '../exports/zip-stream.ts';
import { readAll } from '../ports/blobs/index.ts';
import { pageRoutes } from './page-routes.ts';

const FOLDER = new URL('./pages/', import.meta.url);
const files = readdirSync(FOLDER).sort();
const read = (file: string) => readFileSync(new URL(file, FOLDER), 'utf8');
const scripts = files.filter((file) => file.endsWith('.js'));
const html = read('index.html');
/** They are a browser's, and have no types. */
// biome-ignore lint/suspicious/noExplicitAny: as above.
const load = (file: string): Promise<any> => import(new URL(file, FOLDER).href);
const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

const exportsOf = (file: string): string[] =>
  [...read(file).matchAll(/^export (?:const|let|(?:async )?function) ([\w$]+)/gm)].map(([, name]) => name);
const importsOf = (file: string) =>
  [...read(file).matchAll(/import \{([^}]*)\} from '\.\/([\w-]+\.js)'/g)].map(([, names, from]) => ({
    from,
    names: names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  }));

describe('the pages', () => {
  test('are all served, each as what it is', async () => {
    const paths = pageRoutes().map(({ path }) => path);
    expect(paths.sort()).toEqual(
      ['/', ...files.filter((file) => file !== 'index.html').map((file) => `/pages/${file}`)].sort(),
    );
  });

  test.each(scripts)('%s makes no markup out of text', (file) => {
    const text = withoutComments(read(file));
    expect(text).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|setHTML|document\.write|DOMParser|createContextualFragment|srcdoc|\beval\b|new Function|import\(|javascript:|cssText|\.style\b|setAttribute\('(on|style|href|src)/,
    );
    // Nothing but our own server is spoken to, and nothing stays in the browser.
    expect(text).not.toMatch(/https?:|localStorage|sessionStorage|indexedDB|document\.cookie/);
  });

  test('index.html runs and loads nothing but files of ours, and has every id once', () => {
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<iframe|<object|<base|https?:/i);
    for (const [, attributes, body] of html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)) {
      expect(attributes).toMatch(/^ type="module" src="\/pages\/[\w-]+\.js"$/);
      expect(body).toBe('');
    }
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    for (const [, id] of html.matchAll(/\s(?:for|aria-labelledby|aria-describedby)="([^"]+)"/g))
      expect(ids).toContain(id);
    for (const file of scripts)
      for (const [, id] of read(file).matchAll(/\$\('([\w-]+)'\)/g)) expect(ids, file).toContain(id);
  });

  test('every field has a label', () => {
    for (const [field] of html.matchAll(/<(?:input|select|textarea)\b[^>]*>/g)) {
      const before = html.slice(0, html.indexOf(field));
      const within = before.lastIndexOf('<label') > before.lastIndexOf('</label>');
      const id = /\sid="([^"]+)"/.exec(field)?.[1];
      expect(within || html.includes(`<label class="visually-hidden" for="${id}"`), field).toBe(true);
    }
  });

  test.each(scripts)('%s imports what is there, and all that it uses', (file) => {
    const imported = importsOf(file);
    for (const { from, names } of imported) for (const name of names) expect(exportsOf(from)).toContain(name);
    const body = withoutComments(read(file)).replace(/^import [\s\S]*?;$/gm, '');
    const known = new Set([...imported.flatMap(({ names }) => names), ...exportsOf(file)]);
    for (const name of exportsOf('page.js').filter((each) => /\w/.test(each)))
      if (new RegExp(`(?<![.\\w'])${name}\\(`).test(body))
        expect(known, `${name} in ${file}`).toContain(name);
  });
});

test('a sign-in leads back to the workbench, and nowhere else', async () => {
  const { workbenchPlace } = await load('page.js');
  expect(workbenchPlace('#then=workbench')).toBe('/workbench/');
  expect(workbenchPlace('#then=workbench/study/1.2.840.1')).toBe('/workbench/#/study/1.2.840.1');
  for (const hash of [
    '',
    '#studies',
    '#then=',
    '#then=https://evil.example',
    '#then=//evil.example',
    '#then=workbench//evil.example',
    '#then=workbench/study/',
    '#then=workbench/study/1.2/../../x',
    '#then=workbench/study/javascript:alert(1)',
    `#then=workbench/study/${'1'.repeat(65)}`,
    '#then=workbench\n',
    'x#then=workbench',
  ])
    expect(workbenchPlace(hash), hash).toBeUndefined();
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const place = workbenchPlace(`#then=${text}`);
      return place === undefined || /^\/workbench\/(#\/study\/[0-9.]+)?$/.test(place);
    }),
  );
});

describe('what others wrote', () => {
  const HOSTILE = [
    '<img src=x onerror=alert(1)>',
    '"><script>alert(1)</script>',
    '\u202egpj.exe\u202c',
    '\u2067rtl\u2069',
    'W'.repeat(64),
    '',
    'a\u0000b\u0007c\u009bd',
    'כהן שרה',
  ];
  const TURNS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there.
  const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/;

  test('is shown without controls, and without what turns the direction of the text around it', async () => {
    const { shown } = await load('page.js');
    expect(HOSTILE.map(shown)).toEqual([
      HOSTILE[0],
      HOSTILE[1],
      'gpj.exe',
      'rtl',
      HOSTILE[4],
      '',
      'a b c d',
      'כהן שרה',
    ]);
    expect([shown(undefined), shown(null)]).toEqual(['', '']);
    const sound = (text: string) => !TURNS.test(shown(text)) && !CONTROLS.test(shown(text));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), sound));
  });

  test('has a name even where there is none', async () => {
    const { personName } = await load('page.js');
    const nameOf = (Alphabetic?: unknown) =>
      personName({ '00100010': { vr: 'PN', Value: [{ Alphabetic }] } });
    expect(['Doe^Jane^^Dr', '^^^^', '', undefined].map(nameOf)).toEqual([
      'Doe Jane Dr',
      '(no name)',
      '(no name)',
      '(no name)',
    ]);
    expect(
      [{}, { '00100010': { vr: 'PN' } }, { '00100010': { vr: 'PN', Value: [null] } }].map(personName),
    ).toEqual(Array(3).fill('(no name)'));
    expect(nameOf(HOSTILE[0])).toBe(HOSTILE[0]);
  });

  test('goes into cells and sentences as text nodes only', async () => {
    const { cell, el, name, row, shortCell } = await load('page.js');
    /** What a browser would make a text node of is a string here. */
    class Node {
      readonly children: unknown[] = [];
      readonly dataset = {};
      readonly tag: string;
      constructor(tag: string) {
        this.tag = tag;
      }
      append(...given: unknown[]) {
        this.children.push(...given);
      }
      addEventListener() {}
    }
    const everything = (node: unknown): string[] =>
      node instanceof Node ? node.children.flatMap(everything) : [String(node)];
    const tags = (node: unknown): string[] =>
      node instanceof Node ? [node.tag, ...node.children.flatMap(tags)] : [];
    const page = globalThis as { document?: unknown };
    page.document = { createElement: (tag: string) => new Node(tag) };
    try {
      for (const text of HOSTILE) {
        const made = row(cell(text, text || '-'), cell(name(text)), shortCell(text), el('li', { text }));
        expect(tags(made)).toEqual(['tr', 'td', 'small', 'td', 'bdi', 'td', 'li']);
        for (const piece of everything(made)) expect(TURNS.test(piece) || CONTROLS.test(piece)).toBe(false);
        // No property of an element holds it.
        const own = JSON.stringify(made, (key, value) => (key === 'children' ? undefined : value));
        if (text.length > 3) expect(own).not.toContain(text.slice(0, 4));
      }
    } finally {
      delete page.document;
    }
  });
});

describe('the words of an export', () => {
  test('know every reason and flag that docs/deidentification.md lists, and every standing', async () => {
    const { REFUSALS, FLAGS, STANDINGS: words, STAY_REASONS } = await load('deid-words.js');
    const docs = readFileSync(new URL('../../../../docs/deidentification.md', import.meta.url), 'utf8');
    const refused = docs.slice(docs.indexOf('## What is refused'), docs.indexOf('## The report'));
    const [table, flags = ''] = refused.split('Objects that pass may be flagged');
    const codes = (text = '') => [...text.matchAll(/`([A-Z][A-Z_0-9]{4,})`/g)].map(([, code]) => code);
    expect(Object.keys(REFUSALS).sort()).toEqual([...new Set(codes(table.replace(/--[\w-]+/g, '')))].sort());
    expect(Object.keys(FLAGS).sort()).toEqual(codes(flags).sort());
    expect(Object.keys(words).sort()).toEqual([...STANDINGS, 'absent'].sort());
    expect(Object.keys(STAY_REASONS).sort()).toEqual(
      ['absent', ...STANDINGS.filter((standing) => standing !== 'permitted')].sort(),
    );
  });
});

describe('the report in a ZIP', () => {
  const REPORT = { summary: { deidentified: 1 }, objects: ['PK\u0001\u0002 “é”'] };
  async function zipped(...before: { path: string; bytes: Uint8Array }[]): Promise<Uint8Array> {
    const last = {
      path: 'deidentification-report.json',
      bytes: new TextEncoder().encode(JSON.stringify(REPORT)),
    };
    return readAll(
      zipOf(
        (async function* () {
          yield* [...before, last];
        })(),
      ),
    );
  }
  const blob = (bytes: Uint8Array) => new Blob([new Uint8Array(bytes)]);

  test('is found as the archive writes it, whatever lies before it', async () => {
    const { reportIn } = await load('zip-report.js');
    expect(await reportIn(blob(await zipped()))).toEqual(REPORT);
    const images = [0, 1, 70_000].map((size, i) => ({
      path: `1.2/${i}.dcm`,
      bytes: new Uint8Array(size).fill(0x50),
    }));
    expect(await reportIn(blob(await zipped(...images)))).toEqual(REPORT);
  });

  test('is not, where the ZIP is cut off or something else', async () => {
    const { reportIn } = await load('zip-report.js');
    const whole = await zipped({ path: 'a.dcm', bytes: new Uint8Array(300) });
    for (let end = 0; end < whole.length; end += 1)
      expect(await reportIn(blob(whole.subarray(0, end))), `${end}`).toBeUndefined();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect(await reportIn(blob(bytes))).toBeUndefined();
      }),
    );
  });
});
