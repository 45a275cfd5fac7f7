/** The reading list as JSON, and what a request asks of it. */
import { z } from 'zod';
import {
  LIST_SORTS,
  type ListEntry,
  type ListQuery,
  type PriorStudy,
  STUDY_STATUSES,
} from '../reading-list/index.ts';

/** Rows of one page, at most. */
const MOST_ROWS = 200;
const DEFAULT_ROWS = 50;
/** As many ways to look as fit into a menu. */
const MOST_VIEWS = 30;

const Statuses = z
  .string()
  .max(200)
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(STUDY_STATUSES)));

/** Lenient in what is left out: an empty field filters nothing. */
const optional = <T extends z.ZodType>(of: T) =>
  z.preprocess((given) => (given === '' ? undefined : given), of.optional());

export const ListAsked = z.strictObject({
  text: optional(z.string().trim().max(64)).describe(
    'Beginnings of words of the name, or of the ID or accession number',
  ),
  status: optional(Statuses).describe('One, or several with commas'),
  urgency: optional(z.coerce.number().int().min(0).max(3)).describe('This rank and above'),
  assigned: optional(z.union([z.enum(['me', 'none']), z.uuid().toLowerCase()])).describe(
    '`me`, `none`, or an account',
  ),
  from: optional(z.iso.date()).describe('Study date, included'),
  to: optional(z.iso.date()).describe('Study date, included'),
  modality: optional(z.string().regex(/^[A-Z0-9]{1,16}$/)),
  sort: z.enum(LIST_SORTS).default('urgency'),
  limit: z.coerce.number().int().min(1).max(MOST_ROWS).default(DEFAULT_ROWS),
  cursor: optional(z.string().max(4096)),
});

const RANKS = [0, 1, 2, 3];
const dicomDate = (iso: string): string => iso.replaceAll('-', '');

/** @param accountId whom `me` stands for; who has no account has nothing assigned */
export function queryOf(asked: z.infer<typeof ListAsked>, accountId: string | undefined): ListQuery {
  const { text, status, urgency, assigned, from, to, modality, sort, limit, cursor } = asked;
  return {
    ...(text !== undefined && text !== '' && { text }),
    ...(status !== undefined && { statuses: status }),
    ...(urgency !== undefined && { ranks: RANKS.filter((rank) => rank >= urgency) }),
    ...(assigned !== undefined && { assigned: assigned === 'me' ? (accountId ?? NOBODYS) : assigned }),
    ...(from !== undefined && { from: dicomDate(from) }),
    ...(to !== undefined && { to: dicomDate(to) }),
    ...(modality !== undefined && { modality }),
    sort,
    limit,
    ...(cursor !== undefined && { cursor }),
  };
}

/** An account that there is not. */
const NOBODYS = '00000000-0000-0000-0000-000000000000';

const Text = z.string().nullable();
export const Row = z.strictObject({
  studyInstanceUid: z.string(),
  patientName: Text.describe('As DICOM writes it: components parted by ^'),
  patientId: Text,
  birthDate: Text.describe('ISO 8601; null where there is none that can be read'),
  sex: Text,
  studyDate: Text,
  studyTime: Text.describe('HH:MM:SS'),
  description: Text,
  accessionNumber: Text,
  modalities: z.array(z.string()),
  seriesCount: z.int(),
  instanceCount: z.int(),
  receivedAt: z.iso.datetime(),
  status: z.enum(STUDY_STATUSES),
  readingId: z.string().optional(),
  refusalCode: z.string().optional(),
  urgency: z
    .strictObject({
      rank: z.int().min(0).max(3),
      reasons: z.array(
        z.strictObject({
          code: z.string(),
          level: z.string().optional(),
          value: z.number().optional(),
          unit: z.string().optional(),
          experimental: z.literal(true).optional(),
        }),
      ),
    })
    .describe('Changes the order of the list, and nothing else; made of an unreviewed reading'),
  assignedTo: z.strictObject({ accountId: z.string(), name: z.string() }).optional(),
  priorCount: z.int(),
  signedAt: z.iso.datetime().optional(),
});
export const Page = z.strictObject({
  total: z.int().optional().describe('Of all pages; with the first only'),
  nextCursor: z.string().optional(),
  rows: z.array(Row),
});
export const Counts = z.strictObject({ byStatus: z.record(z.enum(STUDY_STATUSES), z.int()) });
export const Summary = Row.extend({
  priors: z.array(
    z.strictObject({
      studyInstanceUid: z.string(),
      studyDate: Text,
      description: Text,
      status: z.enum(STUDY_STATUSES),
    }),
  ),
});
export const Assignment = z.strictObject({ accountId: z.uuid().toLowerCase().nullable() });
export const Reviewers = z.array(z.strictObject({ accountId: z.string(), displayName: z.string() }));

/**
 * What is searched for is not kept: it names a patient, and would outlive the patient's erasure in the views of all who
 * once looked for them.
 */
const withoutText = (query: string): string => {
  const search = new URLSearchParams(query);
  for (const name of ['text', 'cursor']) search.delete(name);
  return search.toString();
};
export const Views = z.strictObject({
  views: z
    .array(
      z.strictObject({
        name: z.string().trim().min(1).max(60),
        query: z.string().max(1000).transform(withoutText).describe('As in an address; `text` is not kept'),
      }),
    )
    .max(MOST_VIEWS),
});

/** PS3.5 6.2: `YYYYMMDD`; with points as before 1993. */
export function isoDate(dicom: string | undefined): string | null {
  const [, year, month, day] = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(dicom ?? '') ?? [];
  return year === undefined ? null : `${year}-${month}-${day}`;
}

/** PS3.5 6.2: `HHMMSS.FFFFFF`, of which the end may be missing. */
export function isoTime(dicom: string | undefined): string | null {
  const [, hour, minute = '00', second = '00'] =
    /^(\d{2}):?(?:(\d{2}):?(?:(\d{2})(?:\.\d*)?)?)?$/.exec(dicom ?? '') ?? [];
  return hour === undefined ? null : `${hour}:${minute}:${second}`;
}

export const rowJson = (entry: ListEntry): z.input<typeof Row> => ({
  studyInstanceUid: entry.studyInstanceUid,
  patientName: entry.patientName ?? null,
  patientId: entry.patientId ?? null,
  birthDate: isoDate(entry.birthDate),
  sex: entry.sex ?? null,
  studyDate: isoDate(entry.studyDate),
  studyTime: isoTime(entry.studyTime),
  description: entry.description ?? null,
  accessionNumber: entry.accessionNumber ?? null,
  modalities: [...entry.modalities],
  seriesCount: entry.seriesCount,
  instanceCount: entry.instanceCount,
  receivedAt: entry.receivedAt.toISOString(),
  status: entry.status,
  ...(entry.readingId !== undefined && { readingId: entry.readingId }),
  ...(entry.refusalCode !== undefined && { refusalCode: entry.refusalCode }),
  urgency: { rank: entry.urgency.rank, reasons: [...entry.urgency.reasons] },
  ...(entry.assignedTo !== undefined && { assignedTo: entry.assignedTo }),
  priorCount: entry.priorCount,
  ...(entry.signedAt !== undefined && { signedAt: entry.signedAt.toISOString() }),
});

export const priorJson = ({ studyInstanceUid, studyDate, description, status }: PriorStudy) => ({
  studyInstanceUid,
  studyDate: isoDate(studyDate),
  description: description ?? null,
  status,
});
