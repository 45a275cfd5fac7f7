/** What people do to a study's readings, as it comes, and the reports that they sign. */
import { KeptMark, Mark, ReportContent } from '@promontory/core/review';
import { z } from 'zod';
import type { ReportEntry, ReviewChange, ReviewRoom } from '../review/index.ts';
import { eventStream, type ServerSentEvent, streamSignal } from './event-stream.ts';
import { param, present } from './found.ts';
import { reviewed } from './review-replies.ts';
import { type Call, HttpRefusal, type Route, route } from './route.ts';

/** Sent at once by a browser that was offline. */
const MOST_AT_ONCE = 200;

const counted = z.coerce
  .number()
  .int()
  .min(0)
  .max(2 ** 31 - 1);
const After = z.object({ after: counted.default(0) });
const Since = z.object({
  after: counted.optional().describe('Marks up to this sequence number are known'),
  version: counted.optional().describe('Reports up to this version are known'),
});
const Marks = z.strictObject({
  marks: z.array(Mark).max(MOST_AT_ONCE),
  author: z.uuid().toLowerCase().optional().describe('Whose they are: refused in the session of another'),
});
const Kept = z.strictObject({ marks: z.array(KeptMark), sequence: z.int() });
const Appended = z.strictObject({
  kept: z.array(KeptMark).describe('In the order of the request; those kept before as well'),
  refused: z.array(z.strictObject({ markId: z.string(), code: z.string() })),
  sequence: z.int(),
});
const Sign = z.strictObject({
  readingId: z.uuid().optional(),
  sequence: z.int().min(0).describe('The last mark that the signer has seen'),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .max(35),
  attested: z.literal(true).describe('The signer says that they have read what they sign'),
  signer: z.uuid().toLowerCase().optional().describe('Who attests: refused in the session of another'),
  reason: z
    .string()
    .trim()
    .min(1)
    .max(2_000)
    // The database keeps neither as it was given.
    .refine((text) => !text.includes('\0') && text.isWellFormed())
    .optional()
    .describe('Why a report is signed again'),
});
const Report = z.strictObject({
  reportId: z.string(),
  studyInstanceUid: z.string(),
  version: z.int(),
  kind: z.enum(['signed', 'amended']),
  signedBy: z.string(),
  signedByName: z.string(),
  signedAt: z.iso.datetime(),
  sequence: z.int(),
  readingId: z.string().optional(),
  language: z.string(),
  sha256: z.string().describe('Of the content, as canonical JSON in UTF-8'),
  reason: z.string().optional(),
});

export function reviewRoutes(room: Pick<ReviewRoom, 'reviewsFor'>): Route[] {
  const of = (call: Pick<Call, 'identity'>) => room.reviewsFor(call.identity);
  return [
    route({
      method: 'GET',
      path: '/api/studies/:study/marks',
      summary: 'What people did to the readings of a study, in its order.',
      group: 'review',
      may: 'read',
      query: After,
      response: Kept,
      handle: async (call) => ({
        body: present(await of(call).marks(param(call, 'study'), call.query.after)),
      }),
    }),
    route({
      method: 'POST',
      path: '/api/studies/:study/marks',
      summary: 'Adds marks. One that was sent before is answered as it was kept.',
      group: 'review',
      may: 'review',
      body: Marks,
      response: Appended,
      async handle(call) {
        onlyAs(call, call.body.author);
        const { kept, refused, sequence } = present(
          await reviewed(of(call).append(param(call, 'study'), call.body.marks)),
        );
        return { body: { kept, refused, sequence } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/studies/:study/marks/events',
      summary: 'Marks and reports of a study as they come, as server-sent events.',
      group: 'review',
      may: 'read',
      query: Since,
      async handle(call) {
        const signal = streamSignal(call.signal);
        const seen = heardOf(call.headers['last-event-id']) ?? {
          ...(call.query.after !== undefined && { sequence: call.query.after }),
          ...(call.query.version !== undefined && { version: call.query.version }),
        };
        const changes = await of(call).changes(param(call, 'study'), seen, signal, call.standing);
        return eventStream(reviewEvents(present(changes)), signal);
      },
    }),
    route({
      method: 'GET',
      path: '/api/studies/:study/reports',
      summary: 'All versions of the report of a study.',
      group: 'review',
      may: 'read',
      response: z.strictObject({ reports: z.array(Report) }),
      async handle(call) {
        const reports = present(await of(call).reports(param(call, 'study')));
        return { body: { reports: reports.map(reportJson) } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/studies/:study/reports',
      summary: 'Signs what the marks make of a reading, or amends what was signed.',
      group: 'review',
      may: 'sign',
      body: Sign,
      response: Report,
      async handle(call) {
        const { readingId, sequence, language, reason, signer } = call.body;
        onlyAs(call, signer);
        const asked = { studyUid: param(call, 'study'), readingId, sequence, language, reason };
        return { status: 201, body: reportJson(present(await reviewed(of(call).sign(asked)))) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/reports/:report',
      summary: 'A version of a report with its content.',
      group: 'review',
      may: 'read',
      response: Report.extend({ content: ReportContent }),
      async handle(call) {
        const { content, ...entry } = present(await of(call).report(param(call, 'report')));
        return { body: { ...reportJson(entry), content: JSON.parse(content) } };
      },
    }),
  ];
}

/** A page that one person opened is open still when another has signed in in the same browser. */
function onlyAs({ identity }: Pick<Call, 'identity'>, accountId: string | undefined): void {
  if (accountId !== undefined && accountId !== identity.accountId)
    throw new HttpRefusal(409, 'OTHER_ACCOUNT', 'Somebody else is signed in in this browser by now.');
}

const reportJson = ({ studyUid, signedAt, ...rest }: ReportEntry) => ({
  ...rest,
  studyInstanceUid: studyUid,
  signedAt: signedAt.toISOString(),
});

/** `12-1`: twelve marks and one report were heard of. Whatever else stands there is not ours. */
function heardOf(id: string | string[] | undefined): { sequence: number; version: number } | undefined {
  const found = /^(\d{1,9})-(\d{1,9})$/.exec(typeof id === 'string' ? id : '');
  return found === null ? undefined : { sequence: Number(found[1]), version: Number(found[2]) };
}

async function* reviewEvents(changes: AsyncIterable<ReviewChange>): AsyncGenerator<ServerSentEvent> {
  for await (const { at, ...change } of changes) {
    const id = `${at.sequence}-${at.version}`;
    yield 'mark' in change
      ? { event: 'mark', id, data: change.mark }
      : { event: 'report', id, data: reportJson(change.report) };
  }
}
