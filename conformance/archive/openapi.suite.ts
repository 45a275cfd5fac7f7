/** `/api/openapi.json` is an OpenAPI 3.1 document: required fields, unique operations, references that lead somewhere. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, signIn } from './peers/promontory.ts';

type Json = Record<string, unknown>;
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Json;
}
interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Json };
  readonly responses?: Record<string, { readonly description?: string }>;
  readonly security?: readonly Json[];
}

let server: Awaited<ReturnType<typeof launch>>;
let document: Json & { paths: Record<string, Record<string, Operation>> };
beforeAll(async () => {
  server = await launch();
  const cookie = await signIn(server.ready);
  const answer = await fetch(`${server.ready.origin}/api/openapi.json`, { headers: { cookie } });
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  document = (await answer.json()) as typeof document;
});
afterAll(async () => {
  await server?.stop();
  if (server !== undefined) rmSync(server.folder, { recursive: true, force: true });
});

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

test('the document has its version, title, version of the interface, and licence', () => {
  expect(document.openapi).toMatch(/^3\.1\.\d+$/);
  expect(document.info).toMatchObject({
    title: expect.any(String),
    version: expect.any(String),
    license: { name: expect.any(String), identifier: expect.any(String) },
  });
  expect(operations().length).toBeGreaterThan(60);
});

test('paths begin with a slash, and no two are the same but for the names of their parameters', () => {
  const paths = Object.keys(document.paths);
  // A character outside a parameter that a path segment has no place for (RFC 3986 section 3.3) is a pattern of ours.
  for (const path of paths) expect(path.replace(/\{\w+\}/g, '')).toMatch(/^\/[\w\-./]*$/);
  const shapes = paths.map((path) => path.replace(/\{\w+\}/g, '{}'));
  expect(shapes.filter((shape, i) => shapes.indexOf(shape) !== i)).toEqual([]);
});

test('each operation has summary, responses with descriptions, and just the parameters of its path', () => {
  const wrong: string[] = [];
  for (const { path, method, operation } of operations()) {
    const at = `${method} ${path}`;
    if (!['get', 'post', 'put', 'delete'].includes(method)) wrong.push(`${at}: method`);
    if (!operation.summary || !operation.tags?.length) wrong.push(`${at}: summary`);
    const responses = Object.entries(operation.responses ?? {});
    if (responses.length === 0 || responses.some(([, { description }]) => !description))
      wrong.push(`${at}: responses`);
    if (responses.some(([status]) => !/^([1-5]\d\d|[1-5]XX|default)$/.test(status)))
      wrong.push(`${at}: status`);
    const parameters = operation.parameters ?? [];
    const named = parameters.filter((each) => each.in === 'path').map(({ name }) => name);
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    if (named.join() !== inPath.join()) wrong.push(`${at}: ${named} for ${inPath}`);
    if (parameters.some((each) => each.in === 'path' && each.required !== true))
      wrong.push(`${at}: required`);
    if (parameters.some((each) => each.schema === undefined)) wrong.push(`${at}: schema`);
    const keys = parameters.map((each) => `${each.in} ${each.name}`);
    if (new Set(keys).size !== keys.length) wrong.push(`${at}: a parameter twice`);
    if (operation.requestBody !== undefined && Object.keys(operation.requestBody.content ?? {}).length === 0)
      wrong.push(`${at}: body without content`);
    if (method === 'get' && operation.requestBody !== undefined) wrong.push(`${at}: a GET with a body`);
  }
  expect(wrong).toEqual([]);
});

test('references lead somewhere, and schemes of security are described', () => {
  const references: string[] = [];
  const walk = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === '$ref' && typeof inner === 'string') references.push(inner);
      walk(inner);
    }
  };
  walk(document);
  expect(references.length).toBeGreaterThan(0);
  for (const reference of references) {
    expect(reference).toMatch(/^#\//);
    const target = reference
      .slice(2)
      .split('/')
      .reduce<unknown>((at, key) => (at as Json | undefined)?.[key], document);
    expect(target, reference).toBeDefined();
  }
  const schemes = (document.components as { securitySchemes: Json }).securitySchemes;
  for (const { operation } of operations())
    for (const scheme of operation.security ?? [])
      for (const name of Object.keys(scheme)) expect(schemes).toHaveProperty([name]);
});
