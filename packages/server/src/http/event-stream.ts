/** Server-sent events, HTML Living Standard 9.2. */
import type { Reply } from './route.ts';

/** A stream ends by itself, so that whoever listens is identified again; browsers come back on their own. */
const STREAM_MS = 10 * 60_000;
/** Proxies drop what is silent. */
const KEEP_ALIVE_MS = 15_000;

export interface ServerSentEvent {
  readonly event: string;
  /** Comes back as `Last-Event-ID` with who comes back. */
  readonly id?: string;
  /** Sent as JSON. */
  readonly data: unknown;
}

/** A signal for what is listened to: until the client goes away, ten minutes at most. */
export const streamSignal = (client: AbortSignal): AbortSignal =>
  AbortSignal.any([client, AbortSignal.timeout(STREAM_MS)]);

/** @param signal of `streamSignal` */
export const eventStream = (events: AsyncIterable<ServerSentEvent>, signal: AbortSignal): Reply => ({
  headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
  body: written(events, signal),
});

/** The first line makes the answer begin, so that the client knows it is heard. */
async function* written(
  events: AsyncIterable<ServerSentEvent>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const text = new TextEncoder();
  const source = events[Symbol.asyncIterator]();
  try {
    yield text.encode('retry: 3000\n\n');
    let next = source.next();
    while (!signal.aborted) {
      const timer = pause(KEEP_ALIVE_MS);
      const got = await Promise.race([next, timer.over]);
      timer.clear();
      if (got === undefined) yield text.encode(': still here\n\n');
      else if (got.done === true) return;
      else {
        yield text.encode(linesOf(got.value));
        next = source.next();
      }
    }
  } finally {
    await source.return?.();
  }
}

/** JSON has no line breaks of its own. */
const linesOf = ({ event, id, data }: ServerSentEvent): string =>
  `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;

function pause(ms: number) {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  return { over: promise, clear: () => clearTimeout(timer) };
}
