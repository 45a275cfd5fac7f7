/** Health, and what this server is. */
import type { Database } from '../ports/database/index.ts';
import { openApiOf } from './openapi.ts';
import { type Route, route } from './route.ts';

export interface ServerFacts {
  readonly database: Database;
  readonly version: string;
  /** All routes, these included, once they are known. */
  readonly routes: () => readonly Route[];
}

export function serverRoutes({ database, version, routes }: ServerFacts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/health',
      summary: 'Whether the server answers; asks nothing of database or store',
      group: 'server',
      may: 'open',
      handle: async () => ({ body: { status: 'ok' } }),
    }),
    route({
      method: 'GET',
      path: '/api/ready',
      summary: 'Whether the database answers, too',
      group: 'server',
      may: 'open',
      async handle() {
        await database.query('select 1');
        return { body: { status: 'ready' } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/openapi.json',
      summary: 'OpenAPI 3.1 description of the routes',
      group: 'server',
      may: 'signed-in',
      handle: async () => ({ body: openApiOf(routes(), version) }),
    }),
  ];
}
