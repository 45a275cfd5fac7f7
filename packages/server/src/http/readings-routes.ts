/** Readings: what there is of a study, asking for one, and watching it come. */
import { z } from 'zod';
import {
  INDICATIONS,
  PRIORITY_RULES,
  type ReadingRecord,
  type ReadingsRoom,
  type WorkItem,
} from '../readings/index.ts';
import { type Call, HttpRefusal, type Route, route } from './route.ts';

/** The report is a page of ours, but it is shown as if it were a stranger's: no scripts, no requests, no origin. */
const PAGE_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox";
/** A stream ends by itself, so that whoever listens is identified again; browsers come back on their own. */
const STREAM_MS = 10 * 60_000;
/** Proxies drop what is silent. */
const KEEP_ALIVE_MS = 15_000;

const Request = z.strictObject({ indication: z.enum(INDICATIONS).optional() });

export function readingsRoutes(room: Pick<ReadingsRoom, 'readingsFor'>): Route[] {
  const of = (call: Pick<Call, 'identity'>) => room.readingsFor(call.identity);
  return [
    route({
      method: 'GET',
      path: '/api/studies/:study/readings',
      summary: 'Readings of a study, the latest first, and those that wait or run.',
      group: 'readings',
      may: 'read',
      async handle(call) {
        const found = present(await of(call).ofStudy(param(call, 'study')));
        return { body: { readings: found.readings.map(readingJson), jobs: found.open.map(itemJson) } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/studies/:study/readings',
      summary: 'Asks for a reading. One that waits is brought forward, one that runs is the answer.',
      group: 'readings',
      may: 'request-reading',
      body: Request,
      async handle(call) {
        const item = present(await of(call).request(param(call, 'study'), call.body.indication));
        return { status: 202, body: itemJson(item) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/studies/:study/complete',
      summary: 'Says that all of a study was sent: it is read without waiting for the quiet period.',
      group: 'readings',
      may: 'store',
      async handle(call) {
        return { body: { changed: present(await of(call).complete(param(call, 'study'))) } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/readings/events',
      summary: 'Changes of readings that wait or run, as server-sent events, for studies within reach.',
      group: 'readings',
      may: 'read',
      async handle(call) {
        const signal = AbortSignal.any([call.signal, AbortSignal.timeout(STREAM_MS)]);
        return {
          headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
          body: events(of(call).progress(signal, call.standing), signal),
        };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/readings/jobs/:job',
      summary: 'Cancels a reading that waits or runs.',
      group: 'readings',
      may: 'request-reading',
      async handle(call) {
        const outcome = present(await of(call).cancel(param(call, 'job')));
        if (outcome === 'ended') throw new HttpRefusal(409, 'ENDED', 'The reading has ended already.');
        if (outcome === 'unreachable')
          throw new HttpRefusal(409, 'PERFORMER_UNREACHABLE', 'Whoever performs it cannot be asked to stop.');
        return { status: outcome === 'requested' ? 202 : 204 };
      },
    }),
    route({
      method: 'GET',
      path: '/api/readings/:reading',
      summary: 'A reading with its provenance: software, models, input, files and their hashes.',
      group: 'readings',
      may: 'read',
      async handle(call) {
        return { body: readingJson(present(await of(call).get(param(call, 'reading')))) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/readings/:reading/files/:name',
      summary: 'A file of a reading, by a name that the reading lists.',
      group: 'readings',
      may: 'read',
      async handle(call) {
        const { file, bytes } = present(await of(call).openFile(param(call, 'reading'), param(call, 'name')));
        return {
          headers: {
            'content-type': file.mediaType,
            'content-length': `${file.sizeBytes}`,
            'content-disposition': `inline; filename="${file.name}"`,
            'content-security-policy': PAGE_POLICY,
            etag: `"${file.sha256}"`,
          },
          body: bytes,
        };
      },
    }),
    route({
      method: 'GET',
      path: '/api/queue',
      summary: 'How many readings wait, run and ended, and the rules of their order.',
      group: 'readings',
      may: 'administer',
      everywhere: true,
      async handle(call) {
        const { states, oldestScheduledAt } = await of(call).counts();
        return {
          body: {
            states,
            ...(oldestScheduledAt !== undefined && { oldestScheduledAt: oldestScheduledAt.toISOString() }),
            priorities: PRIORITY_RULES,
          },
        };
      },
    }),
  ];
}

const param = ({ params }: Pick<Call, 'params'>, name: string): string => params[name] ?? '';

function present<T>(found: T | undefined): T {
  if (found === undefined) throw new HttpRefusal(404, 'NOT_FOUND', 'There is no such object.');
  return found;
}

function readingJson({ createdAt, files, ...rest }: ReadingRecord) {
  return {
    ...rest,
    createdAt: createdAt.toISOString(),
    files: files.map((file) => ({
      ...file,
      href: `/api/readings/${rest.readingId}/files/${encodeURIComponent(file.name)}`,
    })),
  };
}

/** What clients said of it in DICOM's words is given as a work item only. Dates are written as JSON writes them. */
const itemJson = ({ step: _, ...rest }: WorkItem) => rest;

/** HTML Living Standard 9.2.5. The first comment makes the answer begin, so that the client knows it is heard. */
async function* events(items: AsyncIterable<WorkItem>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const text = new TextEncoder();
  const source = items[Symbol.asyncIterator]();
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
        yield text.encode(`event: job\ndata: ${JSON.stringify(itemJson(got.value))}\n\n`);
        next = source.next();
      }
    }
  } finally {
    await source.return?.();
  }
}

function pause(ms: number) {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  return { over: promise, clear: () => clearTimeout(timer) };
}
