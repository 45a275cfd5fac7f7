/** The routes over Fastify: who asks, may they, is the request well-formed; then the handler. */
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { Readable } from 'node:stream';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { ZodType } from 'zod';
import { type Identity, mayAnywhere, mayEverywhere, type Standing } from '../access/index.ts';
import { isUid } from '../archive/index.ts';
import { type Log, placeOf } from '../ports/log/index.ts';
import {
  type ConnectionLimits,
  connectionLimiter,
  DEFAULT_CONNECTION_LIMITS,
  timesOf,
} from './connections.ts';
import { answerOf, replyOf } from './errors.ts';
import { type Call, HttpRefusal, type Reply, type Route } from './route.ts';
import { upgradesOf } from './upgrades.ts';

export interface HttpSettings {
  readonly routes: readonly Route[];
  readonly identify: (
    headers: FastifyRequest['headers'],
    address: string,
    now: Date,
    asks?: 'request' | 'standing',
  ) => Promise<Identity | undefined>;
  /** Tells of changes to who may what. */
  readonly accessChanged?: Standing['changed'];
  /** Whether a request that changes something, and comes with a session's cookie, may be another site's page. */
  readonly crossSite: (headers: FastifyRequest['headers'], ...origins: readonly string[]) => boolean;
  /** Notes a refusal of a whole route. */
  readonly refused: (identity: Identity, route: Route) => Promise<void>;
  readonly log: Log;
  readonly now: () => Date;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Names by which the server may be called; others are refused (DNS rebinding). */
  readonly hosts: readonly string[];
  /** Reached through a proxy at a public address: `https://spine.example.org`. */
  readonly publicUrl?: string;
  /** Addresses and networks of proxies: what they say in `X-Forwarded-For` is the client's address. */
  readonly proxies?: readonly string[];
  /** Default `DEFAULT_CONNECTION_LIMITS`. */
  readonly limits?: Partial<ConnectionLimits>;
}

export interface HttpServer {
  readonly port: number;
  readonly origin: string;
  close(): Promise<void>;
}

const JSON_BYTES = 2 ** 20;
/** So much of a larger body is read and dropped: a client that still writes would not hear why it is refused. */
const DRAINED_BYTES = 2 ** 23;
const UID_PARAMS = ['study', 'series', 'instance'];

const NOBODY: Identity = {
  kind: 'person',
  actor: 'nobody',
  projects: [],
  patients: [],
  brokenGlass: [],
  storesInto: 'default',
};

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'cache-control': 'no-store',
};

export async function listenHttp(
  settings: HttpSettings,
  at: { readonly host: string; readonly port: number },
): Promise<HttpServer> {
  const limits = { ...DEFAULT_CONNECTION_LIMITS, ...settings.limits };
  const limited = connectionLimiter(limits, settings.proxies ?? [], settings.log);
  const times = timesOf(limits);
  const app = Fastify({
    serverFactory: (handler) =>
      limited(
        settings.tls === undefined
          ? createHttpServer(times, handler)
          : createHttpsServer({ ...settings.tls, minVersion: 'TLSv1.2', ...times }, handler),
      ),
    logger: false,
    ...(settings.proxies === undefined || settings.proxies.length === 0
      ? {}
      : { trustProxy: [...settings.proxies] }),
    bodyLimit: JSON_BYTES,
    routerOptions: { maxParamLength: 4096 },
    // Fastify's own answer to a malformed path repeats it.
    frameworkErrors: (error, _request, reply) => {
      void send(reply, replyOf(answerOf(error)));
    },
    return503OnClosing: true,
    forceCloseConnections: true,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  const scheme = settings.tls === undefined ? 'http' : 'https';
  let origin = settings.publicUrl ?? '';

  const send = async (reply: FastifyReply, answer: Reply): Promise<void> => {
    reply.code(answer.status ?? (answer.body === undefined ? 204 : 200)).headers(HEADERS);
    if (scheme === 'https') reply.header('strict-transport-security', 'max-age=31536000');
    for (const [name, value] of Object.entries(answer.headers ?? {})) reply.header(name, value);
    const { body } = answer;
    if (body === undefined) await reply.send();
    else if (typeof body === 'string' || body instanceof Uint8Array)
      await reply.send(
        typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.length),
      );
    else if (Symbol.asyncIterator in body) await reply.send(Readable.from(body, { objectMode: false }));
    else {
      if (!reply.hasHeader('content-type')) reply.header('content-type', 'application/json; charset=utf-8');
      await reply.send(JSON.stringify(body));
    }
  };

  const judged = async (request: FastifyRequest, route: Route): Promise<Identity> => {
    if (!settings.hosts.includes(hostOf(request.headers.host)))
      throw new HttpRefusal(421, 'WRONG_HOST', 'This server is not known by that name.');
    const identity = await settings.identify(request.headers, request.ip, settings.now());
    if (identity === undefined) {
      if (route.may === 'open') return NOBODY;
      throw new HttpRefusal(401, 'NOT_SIGNED_IN', 'Sign in first.', {
        'www-authenticate': 'Bearer realm="promontory"',
      });
    }
    // A token is sent by programs only; the session's cookie is sent by any page that a browser shows, and the answers to
    // a WebSocket are read by any.
    const isTelling = route.method !== 'GET' || upgrades.has(request.raw);
    if (identity.kind === 'person' && isTelling && settings.crossSite(request.headers, origin))
      throw new HttpRefusal(403, 'CROSS_SITE', 'Requests from pages of other sites are refused.');
    const may = route.everywhere === true ? mayEverywhere : mayAnywhere;
    if (route.may === 'open' || route.may === 'signed-in' || may(identity, route.may)) return identity;
    await settings.refused(identity, route);
    // A route that names an object answers as if the object were not there.
    throw /:(study|reading|patientKey|job|workitem|erasure|report)/.test(route.path)
      ? new HttpRefusal(404, 'NOT_FOUND', 'There is no such object.')
      : new HttpRefusal(403, 'FORBIDDEN', 'This account may not do that.');
  };

  const upgrades = upgradesOf(app);
  for (const route of settings.routes) {
    app.route({
      method: route.method,
      url: route.path,
      // A HEAD that runs a GET's whole work is an invitation.
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        const start = performance.now();
        let actor = 'nobody';
        const gone = new AbortController();
        reply.raw.on('close', () => gone.abort());
        let answer: Reply;
        try {
          const identity = await judged(request, route);
          actor = identity.actor;
          const standing: Standing = {
            identity: () => settings.identify(request.headers, request.ip, settings.now(), 'standing'),
            changed: settings.accessChanged ?? (() => () => {}),
          };
          const call = await callOf(request, route, identity, origin, gone.signal, standing, limits.bodyMs);
          const accept = upgrades.acceptor(request, reply);
          if (route.open !== undefined && accept !== undefined) {
            await route.open(call as Call<never, never>, accept);
            settings.log({ event: 'http.channel', route: route.path, status: 101, actor });
            return reply;
          }
          answer = await route.handle(call as Call<never, never>);
        } catch (error) {
          const refusal = answerOf(error);
          if (gone.signal.aborted)
            settings.log({ event: 'http.aborted', route: route.path, ...placeOf(error) });
          else if (refusal.status >= 500)
            settings.log({ event: 'http.error', level: 'error', route: route.path, ...placeOf(error) });
          answer = replyOf(refusal);
          // What is left of a body that nobody will read must not keep the connection.
          if (!request.raw.complete) reply.header('connection', 'close');
        }
        await send(reply, answer);
        settings.log({
          event: 'http.request',
          method: route.method,
          route: route.path,
          status: answer.status ?? 200,
          ms: Math.round(performance.now() - start),
          actor,
        });
        return reply;
      },
    });
  }
  app.setNotFoundHandler(async (_request, reply) => {
    await send(reply, replyOf({ status: 404, code: 'NOT_FOUND', message: 'There is no such object.' }));
    return reply;
  });
  app.setErrorHandler(async (error, _request, reply) => {
    await send(reply, replyOf(answerOf(error)));
    return reply;
  });

  await app.listen({ host: at.host, port: at.port });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : at.port;
  origin ||= `${scheme}://${nameOf(at.host)}:${port}`;
  return {
    port,
    origin,
    async close() {
      // Connections that were taken over are not the server's any more.
      upgrades.close();
      await app.close();
    },
  };
}

/** Passkeys need a name, and browsers know this computer by one. */
const nameOf = (host: string): string =>
  host.startsWith('127.') || host === '::1' ? 'localhost' : host.includes(':') ? `[${host}]` : host;

/** Without the port. */
const hostOf = (header: string | undefined): string => (header ?? '').toLowerCase().replace(/:\d+$/, '');

async function callOf(
  request: FastifyRequest,
  route: Route,
  identity: Identity,
  origin: string,
  signal: AbortSignal,
  standing: Standing,
  bodyMs: number,
): Promise<Call> {
  const params = request.params as Record<string, string>;
  for (const name of UID_PARAMS) {
    if (params[name] !== undefined && !isUid(params[name]))
      throw new HttpRefusal(400, 'INVALID_UID', `The ${name}'s UID is malformed.`);
  }
  return {
    identity,
    params,
    query: route.query === undefined ? request.query : await route.query.parseAsync(request.query),
    body:
      route.body instanceof ZodType ? await route.body.parseAsync(await jsonOf(request, bodyMs)) : undefined,
    headers: request.headers,
    url: request.url,
    origin,
    address: request.ip,
    stream: request.raw,
    signal,
    standing,
  };
}

/** It is small: the whole of it comes within the time of one stretch of a long body. */
async function jsonOf(request: FastifyRequest, bodyMs: number): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new HttpRefusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.');
  const parts: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => request.raw.destroy(), bodyMs);
  try {
    for await (const chunk of request.raw as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > DRAINED_BYTES) break;
      if (size <= JSON_BYTES) parts.push(chunk);
    }
  } finally {
    clearTimeout(timer);
  }
  if (size > JSON_BYTES)
    throw new HttpRefusal(413, 'TOO_LARGE', `The body is larger than ${JSON_BYTES} bytes; send it in parts.`);
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw new HttpRefusal(400, 'INVALID_JSON', 'The body is no JSON.');
  }
}
