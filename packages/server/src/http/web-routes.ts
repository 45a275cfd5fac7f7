/** The workbench as it was built: each file of the folder is a route, so that no client's string reaches a path. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { type Route, route } from './route.ts';

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
 * The page is isolated, so that WebAssembly may use threads.
 */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self' blob: data:; manifest-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'cross-origin-embedder-policy': 'require-corp',
};

/** Vite names what it builds by content. */
const isNamedByContent = (path: string): boolean => path.startsWith('assets/');

/** @param folder what `npm run build` made; where it is not there, there is no workbench */
export function webRoutes(folder: string): Route[] {
  return filesOf(folder).flatMap((path) => {
    const type = TYPES[extname(path)];
    if (type === undefined) return [];
    const file = join(folder, path);
    const small = extname(path) !== '.onnx' && extname(path) !== '.wasm' ? readFileSync(file) : undefined;
    const address = `/workbench/${path === 'index.html' ? '' : path}`;
    return [
      route({
        method: 'GET',
        path: address,
        summary: `The workbench: ${path}`,
        group: 'web',
        may: 'open',
        handle: async () => ({
          headers: {
            ...PAGE_HEADERS,
            'content-type': type,
            'cache-control': isNamedByContent(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
          },
          body: small ?? readFileSync(file),
        }),
      }),
    ];
  });
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  } catch {
    return [];
  }
}
