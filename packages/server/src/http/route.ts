/** One route: what it is, who may, what it takes, what it does. The router, OpenAPI and the route tests read this table. */
import type { IncomingMessage } from 'node:http';
import type { ZodType, z } from 'zod';
import type { Deed, Identity, Standing } from '../access/index.ts';
import type { TextChannel } from '../ports/channel/index.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** An object or array is sent as JSON (`application/json` unless the headers say otherwise). */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array> | object;
}

/** What a handler gets. `identity` is nobody (no grants) on open routes without a session. */
export interface Call<Body = unknown, Query = unknown> {
  readonly identity: Identity;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  readonly headers: IncomingMessage['headers'];
  /** Path and query as sent. */
  readonly url: string;
  /** `https://host:port`, for links in answers. */
  readonly origin: string;
  readonly address: string;
  /** The request's bytes, of routes with `body: 'stream'`. */
  readonly stream: AsyncIterable<Uint8Array>;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  /** Who asks, for what is told over a longer time. */
  readonly standing: Standing;
}

export interface Route<Body extends ZodType = ZodType, Query extends ZodType = ZodType> {
  readonly method: Method;
  /** `:name` stands for one segment. UID parameters (`study`, `series`, `instance`) are checked before the handler. */
  readonly path: string;
  /** One line for OpenAPI and the conformance statement. */
  readonly summary: string;
  /** Which table of the documentation it stands in. */
  readonly group: 'dicomweb' | 'access' | 'audit' | 'archive' | 'readings' | 'review' | 'server' | 'web';
  /** `'open'`: without a session. Otherwise the deed that must be allowed somewhere; the gate judges each object. */
  readonly may: 'open' | 'signed-in' | Deed;
  /** The deed must be allowed over all projects: what the route shows or does belongs to none. */
  readonly everywhere?: true;
  readonly body?: Body | 'stream';
  readonly query?: Query;
  readonly response?: ZodType;
  handle(call: Call<z.infer<Body>, z.infer<Query>>): Promise<Reply>;
  /**
   * Where the client asks for a WebSocket, in place of `handle`. What is refused before `accept` is called is answered
   * over HTTP.
   */
  open?(call: Call<z.infer<Body>, z.infer<Query>>, accept: () => TextChannel): Promise<void>;
}

/** Keeps the types of body and query in a table of routes. */
export const route = <B extends ZodType, Q extends ZodType>(given: Route<B, Q>): Route =>
  given as unknown as Route;

/** An answer other than success that a handler wants to give: thrown, mapped in one place. No patient data in it. */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}
