/** OpenAPI 3.1 of our own routes, made from the table that the router reads. */
import { ZodType, z } from 'zod';
import type { Route } from './route.ts';

const ERROR = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { type: 'string' }, message: { type: 'string' } },
    },
  },
} as const;

/** `/a/:b/*` as `/a/{b}/{rest}`. */
const pathOf = (route: Route): string => route.path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{rest}');

export function openApiOf(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of withoutFiles(routes)) {
    const path = pathOf(route);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Promontory',
      version,
      description: 'Research and decision support: a person signs, always.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: { Error: ERROR },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-promontory' },
      },
    },
  };
}

/** The workbench's files are one line, not one each. */
function withoutFiles(routes: readonly Route[]): Route[] {
  const files = routes.filter(({ group }) => group === 'web');
  const others = routes.filter(({ group }) => group !== 'web');
  return [...others, ...files.slice(0, 1).map((file) => ({ ...file, path: '/workbench/:file' }))];
}

function operationOf(route: Route): object {
  const parameters = [...pathOf(route).matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    summary: route.summary,
    tags: [route.group],
    ...(route.may === 'open' ? {} : { security: [{ token: [] }, { session: [] }] }),
    parameters: [...parameters, ...queryOf(route)],
    ...(route.body === undefined ? {} : { requestBody: bodyOf(route) }),
    responses: {
      '200': {
        description: 'Done.',
        ...(route.response === undefined
          ? {}
          : { content: { 'application/json': { schema: schemaOf(route.response, 'output') } } }),
      },
      default: {
        description: 'Refused or failed; the code says why.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

function queryOf(route: Route): object[] {
  if (route.query === undefined) return [];
  const schema = schemaOf(route.query, 'input') as {
    properties?: Record<string, object>;
    required?: string[];
  };
  return Object.entries(schema.properties ?? {}).map(([name, of]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    schema: of,
  }));
}

const bodyOf = (route: Route): object =>
  route.body instanceof ZodType
    ? { required: true, content: { 'application/json': { schema: schemaOf(route.body, 'input') } } }
    : { required: true, content: { 'application/octet-stream': {} } };

const schemaOf = (of: ZodType, io: 'input' | 'output'): object => {
  const { $schema: _, ...schema } = z.toJSONSchema(of, { io, unrepresentable: 'any' }) as Record<
    string,
    unknown
  >;
  return schema;
};
