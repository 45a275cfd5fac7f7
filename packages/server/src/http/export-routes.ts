/** De-identified exports. */
import { RETAINABLE } from '@promontory/core/deid';
import { z } from 'zod';
import type { Identity } from '../access/index.ts';
import { isUid } from '../archive/index.ts';
import { CONSENT_SCOPES, STANDINGS } from '../consent/index.ts';
import {
  type ExportRequest,
  ExportTooLarge,
  type exportStudies,
  NoConsent,
  NothingToExport,
  type previewExport,
} from '../exports/index.ts';
import { HttpRefusal, type Route, route } from './route.ts';

const pixels = z.int().min(0).max(65_535);
const Request = z.strictObject({
  studies: z.array(z.string().refine(isUid)).min(1).max(1000),
  scope: z.enum(CONSENT_SCOPES),
  retain: z
    .array(z.enum(RETAINABLE))
    .default([])
    .refine((r) => !(r.includes('dates') && r.includes('modified-dates'))),
  cleanDescriptors: z.boolean().default(false),
  cleanStructured: z.boolean().default(false),
  blank: z
    .array(z.strictObject({ x: pixels, y: pixels, width: pixels.min(1), height: pixels.min(1) }))
    .max(100)
    .default([]),
});

const Preview = Request.pick({ studies: true, scope: true });
const Previewed = z.strictObject({
  studies: z.array(z.strictObject({ studyUid: z.string(), standing: z.enum([...STANDINGS, 'absent']) })),
});

export interface ExportDeeds {
  readonly open: (identity: Identity, request: ExportRequest) => ReturnType<typeof exportStudies>;
  readonly preview: (
    identity: Identity,
    request: Pick<ExportRequest, 'studyUids' | 'scope'>,
  ) => ReturnType<typeof previewExport>;
}

export const exportRoutes = ({ open, preview }: ExportDeeds): Route[] => [
  route({
    method: 'POST',
    path: '/api/exports/preview',
    summary: 'Which of these studies could be exported for a use, and why the others stay. Nothing leaves.',
    group: 'archive',
    may: 'export',
    body: Preview,
    response: Previewed,
    handle: async ({ identity, body: { studies, scope } }) => ({
      body: { studies: await preview(identity, { studyUids: studies, scope }) },
    }),
  }),
  route({
    method: 'POST',
    path: '/api/exports',
    summary: 'De-identified copies of studies whose patients allow it, as a ZIP with its report.',
    group: 'archive',
    may: 'export',
    body: Request,
    async handle({ identity, body }) {
      const { studies, scope, retain, cleanDescriptors, cleanStructured, blank } = body;
      const wishes = {
        retain,
        cleanDescriptors,
        cleanStructured,
        ...(blank.length === 0 ? {} : { cleanPixels: { regions: blank } }),
      };
      const made = await open(identity, { studyUids: studies, scope, wishes }).catch((error) => {
        throw refusalOf(error);
      });
      return {
        headers: {
          'content-type': 'application/zip',
          'content-disposition': 'attachment; filename="export.zip"',
          'x-studies': `${made.studies}`,
          'x-studies-without-consent': `${made.withoutConsent}`,
          'x-objects': `${made.objects}`,
          'x-size-about': `${made.sizeBytes}`,
        },
        body: made.bytes,
      };
    },
  }),
];

function refusalOf(error: unknown): unknown {
  if (error instanceof NothingToExport) return new HttpRefusal(404, 'NOT_FOUND', error.message);
  if (error instanceof NoConsent)
    return new HttpRefusal(409, 'NO_CONSENT', `${error.message} Record it first.`);
  if (error instanceof ExportTooLarge) return new HttpRefusal(413, 'TOO_LARGE', error.message);
  return error;
}
