/** Readings: what there is of a study, asking for one, and watching it come. */
import { z } from 'zod';
import {
  INDICATIONS,
  PRIORITY_RULES,
  type ReadingRecord,
  type ReadingsRoom,
  type WorkItem,
} from '../readings/index.ts';
import { eventStream, type ServerSentEvent, streamSignal } from './event-stream.ts';
import { param, present } from './found.ts';
import { type Call, HttpRefusal, type Route, route } from './route.ts';

/** The report is a page of ours, but it is shown as if it were a stranger's: no scripts, no requests, no origin. */
const PAGE_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox";

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
        const signal = streamSignal(call.signal);
        return eventStream(jobEvents(of(call).progress(signal, call.standing)), signal);
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

async function* jobEvents(items: AsyncIterable<WorkItem>): AsyncGenerator<ServerSentEvent> {
  for await (const item of items) yield { event: 'job', data: itemJson(item) };
}
