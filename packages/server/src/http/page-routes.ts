/** The plain page of the archive, until the workbench takes its place. */
import { readFileSync } from 'node:fs';
import { type Route, route } from './route.ts';

const SCRIPTS = [
  'account',
  'app',
  'audit',
  'chosen',
  'deid-words',
  'export-report',
  'exports',
  'page',
  'people',
  'readings',
  'sign-in',
  'studies',
  'study',
  'upload',
  'zip-report',
];

const PAGES: readonly (readonly [path: string, file: string, type: string])[] = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/pages/style.css', 'style.css', 'text/css; charset=utf-8'],
  ...SCRIPTS.map((name) => [`/pages/${name}.js`, `${name}.js`, 'text/javascript; charset=utf-8'] as const),
];

const LOOPBACK = /^(127\.|localhost\b|\[::1\])/;

/** A proxy that calls us by our own name speaks for the public one: sent there again, browsers would go in circles. */
const isElsewhere = (asked: string, own: string): boolean =>
  asked !== own && (!LOOPBACK.test(asked) || LOOPBACK.test(own));

export const pageRoutes = (): Route[] =>
  PAGES.map(([path, file, type]) => {
    const body = readFileSync(new URL(`./pages/${file}`, import.meta.url), 'utf8');
    return route({
      method: 'GET',
      path,
      summary: `The archive's page: ${file}`,
      group: 'server',
      may: 'open',
      // One name for all: sessions and passkeys belong to it.
      handle: async ({ headers, origin }) =>
        path === '/' && isElsewhere(headers.host ?? '', new URL(origin).host)
          ? { status: 307, headers: { location: `${origin}/` } }
          : { headers: { 'content-type': type }, body },
    });
  });
