/** How long readers took, kept of those who said yes. */
import { z } from 'zod';
import type { ReadingTime, ReviewRoom } from '../review/index.ts';
import { present } from './found.ts';
import { reviewed } from './review-replies.ts';
import { type Call, type Route, route } from './route.ts';

const Time = z.strictObject({
  studyInstanceUid: z.string().regex(/^[0-9.]{1,64}$/),
  withReading: z.boolean().describe('The results of a reading were shown'),
  blindFirst: z.boolean().describe("Only after the reader's own grades"),
  openedAt: z.iso.datetime(),
  signedAt: z.iso.datetime(),
  activeMs: z.int().min(0).describe("Of that, with the study before the reader's eyes"),
});
const Consent = z.strictObject({ given: z.boolean() });
const Quartiles = z.strictObject({ q1Ms: z.number(), medianMs: z.number(), q3Ms: z.number() });
const Summary = z.strictObject({
  withReading: z.boolean(),
  n: z.int(),
  active: Quartiles,
  elapsed: Quartiles.describe('From opening to signature'),
});

export function readingTimesRoutes(room: Pick<ReviewRoom, 'readingTimesFor'>): Route[] {
  const of = (call: Pick<Call, 'identity'>) => room.readingTimesFor(call.identity);
  return [
    route({
      method: 'GET',
      path: '/api/reading-times/consent',
      summary: "Whether one has said yes to the keeping of one's reading times.",
      group: 'review',
      may: 'signed-in',
      response: Consent,
      handle: async (call) => ({ body: { given: await reviewed(of(call).consent()) } }),
    }),
    route({
      method: 'PUT',
      path: '/api/reading-times/consent',
      summary: 'Says yes or no. A no takes along what was kept.',
      group: 'review',
      may: 'signed-in',
      body: Consent,
      response: Consent,
      async handle(call) {
        const { given } = call.body;
        await reviewed(of(call).setConsent(given));
        return { body: { given } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/reading-times',
      summary: 'One’s own reading times; for administrators those of all in sums, without names.',
      group: 'review',
      may: 'signed-in',
      response: z.strictObject({
        consent: z.boolean(),
        summary: z.array(Summary),
        times: z.array(Time),
        everyone: z.array(Summary).optional().describe('Groups of five times at least'),
      }),
      async handle(call) {
        const { times, ...told } = await reviewed(of(call).report());
        return { body: { ...told, times: times.map(timeJson) } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/reading-times',
      summary: 'Keeps how long one took over a study.',
      group: 'review',
      may: 'review',
      body: Time,
      async handle(call) {
        const { studyInstanceUid, openedAt, signedAt, ...rest } = call.body;
        const time = { openedAt: new Date(openedAt), signedAt: new Date(signedAt) };
        present(await reviewed(of(call).keep({ ...rest, studyUid: studyInstanceUid, ...time })));
        return { status: 204 };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/reading-times',
      summary: "Deletes one's own reading times.",
      group: 'review',
      may: 'signed-in',
      async handle(call) {
        await reviewed(of(call).forget());
        return { status: 204 };
      },
    }),
  ];
}

const timeJson = ({ studyUid, openedAt, signedAt, ...rest }: ReadingTime) => ({
  ...rest,
  studyInstanceUid: studyUid,
  openedAt: openedAt.toISOString(),
  signedAt: signedAt.toISOString(),
});
