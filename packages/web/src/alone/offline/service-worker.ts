/**
 * Keeps this program, and nothing else, so that it opens without a connection: the files of its own build, by their
 * hashes. Whatever is not one of them (answers of the server, images) is not touched. Imports nothing: it is one file.
 */
interface Asset {
  readonly path: string;
  readonly hash: string;
  readonly bytes: number;
  readonly ahead: boolean;
}
interface Extendable extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Client {
  postMessage(told: object): void;
}
interface Scope {
  readonly registration: { readonly scope: string };
  readonly clients: {
    matchAll(options: object): Promise<readonly Client[]>;
    claim(): Promise<void>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listen: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', listen: (event: Fetching) => void): void;
  addEventListener(type: 'message', listen: (event: Extendable & { readonly data: unknown }) => void): void;
}

/** The build puts its list here. */
declare const __ASSETS__: readonly Asset[];

const scope = globalThis as unknown as Scope;
const LIST = __ASSETS__;
const ASSETS = new Map(LIST.map((asset) => [asset.path, asset]));
const AHEAD = LIST.filter(({ ahead }) => ahead);
const TOTAL = AHEAD.reduce((sum, { bytes }) => sum + bytes, 0);
/** One for all versions: what did not change is not fetched again. */
const CACHE = 'promontory-program';
const AT_ONCE = 4;

const addressOf = ({ path }: Asset): string => new URL(path, scope.registration.scope).href;
const keyOf = (asset: Asset): string => `${addressOf(asset)}?sha256=${asset.hash}`;

scope.addEventListener('install', (event) => event.waitUntil(fetchAhead()));

scope.addEventListener('activate', (event) =>
  event.waitUntil(forgetOthers().then(() => scope.clients.claim())),
);

scope.addEventListener('message', (event) => {
  if (event.data === 'activate') event.waitUntil(scope.skipWaiting());
  // Browsers may clear what is kept; then it is fetched again.
  if (event.data === 'prepare') event.waitUntil(fetchAhead().catch(() => tell('failed', 0)));
});

scope.addEventListener('fetch', (event) => {
  const asset = event.request.method === 'GET' ? assetAt(event.request.url) : undefined;
  if (asset === undefined) return;
  // The workbench belongs to its server's version, the page that reads alone to its own.
  event.respondWith(asset.path === 'index.html' ? networkFirst(asset, event.request) : keptFirst(asset));
});

function assetAt(address: string): Asset | undefined {
  const { origin, pathname } = new URL(address);
  const own = `${origin}${pathname}`;
  if (!own.startsWith(scope.registration.scope)) return undefined;
  return ASSETS.get(own.slice(scope.registration.scope.length) || 'index.html');
}

async function keptFirst(asset: Asset): Promise<Response> {
  const kept = await (await caches.open(CACHE)).match(keyOf(asset));
  return kept ?? keep(asset);
}

async function networkFirst(asset: Asset, request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    if (response.ok) await putIfOurs(asset, response.clone());
    return response;
  } catch (error) {
    const kept = await (await caches.open(CACHE)).match(keyOf(asset));
    if (kept === undefined) throw error;
    return kept;
  }
}

/** Fetches a file and keeps it. */
async function keep(asset: Asset): Promise<Response> {
  const named = asset.path.startsWith('assets/');
  const response = await fetch(addressOf(asset), { cache: named ? 'default' : 'no-cache' });
  if (response.ok) await putIfOurs(asset, response.clone());
  return response;
}

/** A server may have been renewed meanwhile: another version's file is passed on, and not kept. */
async function putIfOurs(asset: Asset, response: Response): Promise<void> {
  const body = await response.clone().arrayBuffer();
  if ((await hexSha256(body)) === asset.hash) await (await caches.open(CACHE)).put(keyOf(asset), response);
}

/** @throws where a file cannot be had, or is another version's: then this version is not installed */
async function fetchAhead(): Promise<void> {
  const cache = await caches.open(CACHE);
  let done = 0;
  const queue = [...AHEAD];
  const work = async () => {
    for (let asset = queue.shift(); asset !== undefined; asset = queue.shift()) {
      if ((await cache.match(keyOf(asset))) === undefined) {
        await keep(asset);
        if ((await cache.match(keyOf(asset))) === undefined) throw new Error(`${asset.path} cannot be kept`);
      }
      done += asset.bytes;
      await tell('preparing', done);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await tell('ready', TOTAL);
}

async function forgetOthers(): Promise<void> {
  const cache = await caches.open(CACHE);
  const known = new Set(LIST.map(keyOf));
  for (const { url } of await cache.keys()) if (!known.has(url)) await cache.delete(url);
}

async function tell(state: 'preparing' | 'ready' | 'failed', done: number): Promise<void> {
  for (const client of await scope.clients.matchAll({ includeUncontrolled: true })) {
    client.postMessage({ kind: 'offline', state, done, total: TOTAL });
  }
}

async function hexSha256(data: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export {};
