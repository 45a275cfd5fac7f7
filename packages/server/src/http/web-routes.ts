/** The workbench as it was built: each file of the folder is a route, so that no client's string reaches a path. */
import { readdirSync } from 'node:fs';
import { basename, extname, join, relative, sep } from 'node:path';
import { type Route, route } from './route.ts';
import { servedFile } from './served-file.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.onnx': 'application/octet-stream',
};

/**
 * WebAssembly may be compiled (codecs, models), workers may be started; nothing else beyond the plain page's policy.
 * One inline style is known by its hash: React Aria's rule that what is pressed does not zoom when tapped twice.
 * The page is isolated, so that WebAssembly may use threads.
 */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self' 'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o='; img-src 'self' data: blob:; font-src 'self'; connect-src 'self' blob: data:; manifest-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'cross-origin-embedder-policy': 'require-corp',
};

/** Vite names what it builds by content. */
const isNamedByContent = (path: string): boolean => path.startsWith('assets/');

/** What a name in the folder may be made of: anything else would mean something to the router. */
const PLAIN = /^[\w.@~+-]+(\/[\w.@~+-]+)*$/;

/** @param folder what `npm run build` made; where it is not there, the workbench says so */
export function webRoutes(folder: string): Route[] {
  const paths = filesOf(folder).filter((path) => PLAIN.test(path) && TYPES[extname(path)] !== undefined);
  const files = paths.map((path) => {
    const file = servedFile(join(folder, path), {
      type: TYPES[extname(path)] ?? '',
      // Weights do not get smaller.
      ...(isNamedByContent(path) && { named: basename(path) }),
      compress: !/\.(onnx|png|woff2)$/.test(path),
    });
    return webRoute(addressOf(path), async ({ headers }) =>
      file(headers, {
        ...PAGE_HEADERS,
        'cache-control': isNamedByContent(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      }),
    );
  });
  return [
    ...files,
    ...(paths.includes('index.html') ? [] : [webRoute('/workbench/', async () => NOT_BUILT)]),
    webRoute('/workbench', async () => ({ status: 307, headers: { location: '/workbench/' } })),
  ];
}

const addressOf = (path: string): string => `/workbench/${path === 'index.html' ? '' : path}`;

const webRoute = (path: string, handle: Route['handle']): Route =>
  route({
    method: 'GET',
    path,
    summary: 'The workbench, as it was built',
    group: 'web',
    may: 'open',
    handle,
  });

const NOT_BUILT = {
  status: 503,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>No workbench – Promontory</title></head>
<body><h1>The workbench was not built</h1>
<p>Whoever runs this server: run <code>npm run build</code> in its folder, and start it again.</p>
<p>The studies are also on <a href="/">the plain page</a>.</p></body>
</html>
`,
};

/** Nothing, where nothing was built. */
function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  } catch {
    return [];
  }
}
