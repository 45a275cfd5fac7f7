/** A server with some routes and people who are known by the name in their bearer token. */
import type { Identity } from '../access/index.ts';
import type { Route } from './route.ts';
import { type HttpServer, type HttpSettings, listenHttp } from './server.ts';

export const listenWith = (
  routes: readonly Route[],
  people: Readonly<Record<string, Identity>>,
  over: Partial<HttpSettings> = {},
): Promise<HttpServer> =>
  listenHttp(
    {
      routes,
      identify: async (headers) => people[(headers.authorization ?? '').replace('Bearer ', '')],
      crossSite: () => false,
      refused: async () => {},
      log: () => {},
      now: () => new Date(),
      hosts: ['127.0.0.1', 'localhost'],
      ...over,
    },
    { host: '127.0.0.1', port: 0 },
  );
