/** The audit over HTTP: listing, verifying, anchor, export. */
import { z } from 'zod';
import { type Identity, mayEverywhere } from '../access/index.ts';
import {
  ACTIONS,
  type AuditFilter,
  AuditForbidden,
  type AuditLog,
  type AuditReader,
  type AuditSource,
  type ChainedRecord,
  chainLines,
  fhirLines,
  type KeyedHash,
  pseudonymisedPages,
} from '../audit/index.ts';
import { type Call, HttpRefusal, type Route, route } from './route.ts';

export interface AuditRoutePorts {
  readonly log: AuditLog;
  /** The server's name in exports. */
  readonly name: string;
  /** For exports without patients. */
  readonly keyedHash: KeyedHash;
}

const when = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const Filter = {
  from: when.optional(),
  to: when.optional(),
  actor: z.string().max(200).optional(),
  action: z.enum(ACTIONS).optional(),
  outcome: z.enum(['success', 'refused', 'failed']).optional(),
  study: z.string().max(64).optional(),
  patient: z.string().max(400).optional(),
};
const whole = (max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().int().min(0).max(max));
const Search = z.strictObject({
  ...Filter,
  before: whole(Number.MAX_SAFE_INTEGER).optional(),
  limit: whole(1_000).optional(),
});
const Export = z.strictObject({
  ...Filter,
  format: z.enum(['fhir', 'ndjson']).default('ndjson'),
  pseudonyms: z.enum(['true', 'false']).default('false'),
});
const Verify = z
  .strictObject({
    seq: whole(Number.MAX_SAFE_INTEGER).optional(),
    hash: z
      .string()
      .regex(/^([0-9a-f]{64})?$/)
      .optional(),
  })
  .refine(({ seq, hash }) => (seq === undefined) === (hash === undefined), { path: ['seq', 'hash'] });

export function auditRoutes({ log, name, keyedHash }: AuditRoutePorts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/audit',
      summary: 'Audit records, the newest first. `next` of one page is `before` of the next.',
      group: 'audit',
      may: 'read-audit',
      query: Search,
      async handle({ identity, query }) {
        const { before, limit } = query;
        const page = await asked(
          log.search(readerOf(identity), filterOf(query), {
            ...(before === undefined ? {} : { before }),
            ...(limit === undefined ? {} : { limit }),
          }),
        );
        return {
          body: {
            records: page.records.map(({ record, hash }) => ({ ...record, hash })),
            ...(page.next === undefined ? {} : { next: page.next }),
          },
        };
      },
    }),
    route({
      method: 'GET',
      path: '/api/audit/verify',
      summary: 'Reads the whole chain again; with `seq` and `hash` of an anchor also against that.',
      group: 'audit',
      may: 'read-audit',
      query: Verify,
      async handle({ identity, query }) {
        const { seq, hash } = query;
        const options = seq === undefined || hash === undefined ? {} : { anchor: { seq, hash, at: '' } };
        return { body: await asked(log.verify(readerOf(identity), options)) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/audit/anchor',
      summary: "The chain's end, to be kept outside this server.",
      group: 'audit',
      may: 'read-audit',
      handle: async ({ identity }) => ({ body: await asked(log.anchor(readerOf(identity))) }),
    }),
    route({
      method: 'GET',
      path: '/api/audit/export',
      summary: 'All records, the oldest first, one a line: FHIR AuditEvents or the chain as it is.',
      group: 'audit',
      may: 'read-audit',
      query: Export,
      async handle({ identity, query, origin }) {
        const { format } = query;
        const given = await asked(log.export(readerOf(identity), filterOf(query), format));
        const pages = query.pseudonyms === 'true' ? pseudonymisedPages(given, keyedHash) : given;
        return { headers: { 'content-type': TYPES[format] }, body: LINES[format](pages, { name, origin }) };
      },
    }),
  ];
}

type Pages = AsyncIterable<readonly ChainedRecord[]>;
const TYPES = { fhir: 'application/fhir+ndjson', ndjson: 'application/x-ndjson' } as const;
const LINES = {
  fhir: (pages: Pages, source: AuditSource) => fhirLines(pages, source),
  ndjson: (pages: Pages) => chainLines(pages),
} as const;

const readerOf = (identity: Identity): AuditReader => ({
  actor: identity.actor,
  ...(identity.address === undefined ? {} : { address: identity.address }),
  mayReadAudit: mayEverywhere(identity, 'read-audit'),
});

type Given = Call<unknown, z.infer<typeof Search>>['query'] | z.infer<typeof Export>;

function filterOf(query: Given): AuditFilter {
  const { from, to, actor, action, outcome, study, patient } = query;
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(study === undefined ? {} : { studyUid: study }),
    ...(patient === undefined ? {} : { patientKey: patient }),
  };
}

async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AuditForbidden) throw new HttpRefusal(403, 'FORBIDDEN', error.message);
    throw error;
  }
}
