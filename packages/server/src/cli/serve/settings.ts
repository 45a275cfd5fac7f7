/** What an operator may set: a JSON file, and few variables of the environment that carry secrets. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Fault } from '@promontory/core/fault';
import { ZodError, z } from 'zod';
import { ROLES } from '../../access/index.ts';
import { isUid } from '../../archive/index.ts';
import { VERBS } from '../../dimse/index.ts';
import { PacsSettings } from './pacs-settings.ts';

const Port = z.number().int().min(0).max(65_535);
const AeTitle = z.string().regex(/^[\x21-\x5b\x5d-\x7e]([\x20-\x5b\x5d-\x7e]{0,14}[\x21-\x5b\x5d-\x7e])?$/);
const Tls = z.strictObject({ certFile: z.string(), keyFile: z.string() });

const Peer = z.strictObject({
  aeTitle: AeTitle,
  /** IP addresses and CIDR networks that it calls from. */
  addresses: z.array(z.string()).min(1),
  verbs: z.array(z.enum(VERBS)),
  project: z.string().default('default'),
  /** AE titles of the destinations that its C-MOVE may name; absent: all. */
  movesTo: z.array(AeTitle).optional(),
});

const Destination = z.strictObject({
  aeTitle: AeTitle,
  host: z.string(),
  port: Port,
  tls: z.boolean().default(false),
});

const ProjectRole = z.strictObject({
  role: z.enum(ROLES).exclude(['administrator']),
  projectId: z.string(),
});

export const ServeSettings = z.strictObject({
  host: z.string().default('127.0.0.1'),
  port: Port.default(8380),
  /** Where a proxy serves it: `https://spine.example.org`. */
  publicUrl: z
    .url({ protocol: /^https$/ })
    .transform((text) => new URL(text))
    .refine((url) => url.href === `${url.origin}/`, 'an address without a path')
    // As browsers write it in `Origin`, whose every letter counts.
    .transform(({ origin }) => origin)
    .optional(),
  /** Proxies before it: audit and limits go by the client's address as they tell it. */
  proxies: z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])).default([]),
  tls: Tls.optional(),
  /** How many, and how long they may say nothing. */
  connections: z
    .strictObject({
      most: z.number().int().min(8).max(65_535).default(512),
      perAddress: z.number().int().min(1).default(64),
      headerSeconds: z.number().positive().default(15),
      idleSeconds: z.number().positive().default(120),
      bodySeconds: z.number().positive().default(60),
    })
    .prefault({}),
  data: z.string().optional(),
  /** Another folder with a built workbench than the one that came with the server. */
  webFolder: z.string().optional(),
  storage: z
    .strictObject({
      /** Keys of the encryption at rest, the one for new blobs first; outside the data folder. */
      keyFiles: z.array(z.string()).default([]),
      s3: z
        .strictObject({
          endpoint: z.url().optional(),
          region: z.string().default('us-east-1'),
          bucket: z.string(),
          prefix: z.string().default(''),
          pathStyle: z.boolean().default(true),
        })
        .optional(),
      /** An existing PACS as the archive: instances lie there, results here. */
      pacs: PacsSettings.optional(),
      quotaBytes: z.number().int().positive().optional(),
      freeSpaceGuardBytes: z
        .number()
        .int()
        .nonnegative()
        .default(2 ** 30),
      maxInstanceBytes: z
        .number()
        .int()
        .positive()
        .default(2 ** 30),
    })
    .prefault({}),
  images: z
    .strictObject({
      /** The largest instance that pictures are made of: it is read whole for that. */
      maxRenderedBytes: z
        .number()
        .int()
        .positive()
        .default(2 ** 28),
    })
    .prefault({}),
  reading: z
    .strictObject({
      onArrival: z.boolean().default(true),
      quietSeconds: z.number().min(0).default(60),
      workers: z.number().int().min(0).max(64).default(1),
      /** A client that has claimed a work item, and says nothing for so long, has lost it. */
      claimMinutes: z.number().positive().default(60),
      keepWorkItemsDays: z.number().positive().default(400),
    })
    .prefault({}),
  dimse: z
    .strictObject({
      aeTitle: AeTitle.default('PROMONTORY'),
      host: z.string().default('127.0.0.1'),
      port: Port.default(11_112),
      tls: Tls.extend({
        caFile: z.string().optional(),
        clientCertificates: z.boolean().default(false),
      }).optional(),
      /** Dangerous: patient data cross the network as they are. */
      insecureOnNetwork: z.boolean().default(false),
      peers: z.array(Peer).default([]),
      /** Where C-MOVE may send. */
      destinations: z.array(Destination).default([]),
      /** Storage classes outside the standard's root, e.g. of a vendor's raw data. */
      privateStorageClasses: z.array(z.string().refine(isUid)).default([]),
    })
    .optional(),
  openId: z
    .strictObject({
      issuer: z.url(),
      clientId: z.string(),
      title: z.string().default('Hospital login'),
      scope: z.string().optional(),
      provisioning: z
        .strictObject({ claim: z.string(), roles: z.record(z.string(), z.array(ProjectRole)) })
        .optional(),
    })
    .optional(),
  auditSyslog: z
    .strictObject({
      host: z.string(),
      port: Port,
      transport: z.enum(['tls', 'tcp', 'udp']).default('tls'),
      caFile: z.string().optional(),
    })
    .optional(),
});
export type ServeSettings = z.infer<typeof ServeSettings>;

/** @throws Fault START_REFUSED naming the field, never its value */
export function readSettings(file: string | undefined): ServeSettings {
  const settings = parsedFrom(file);
  assertOneArchive(settings);
  return settings;
}

/** @throws Fault START_REFUSED */
export function assertOneArchive({ storage: { pacs, s3, quotaBytes } }: ServeSettings): void {
  if (pacs === undefined) return;
  if (s3 !== undefined)
    throw new Fault('START_REFUSED', 'Images are to lie both in an object store and in a PACS.', {
      advice: 'Set "storage.s3" or "storage.pacs".',
    });
  if (quotaBytes !== undefined)
    throw new Fault('START_REFUSED', 'A quota is set over images that a PACS keeps.', {
      advice: 'Take "quotaBytes" away; "storage.pacs.cacheBytes" bounds what is kept here for quick reading.',
    });
}

function parsedFrom(file: string | undefined): ServeSettings {
  try {
    return ServeSettings.parse(file === undefined ? {} : JSON.parse(readFileSync(resolve(file), 'utf8')));
  } catch (error) {
    throw new Fault('START_REFUSED', `The settings file ${reasonOf(error)}.`, {
      advice: 'See docs/server.md for what it may hold.',
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ZodError)
    return `does not fit at ${[...new Set(error.issues.map((i) => [...i.path, ...('keys' in i ? (i.keys as string[]) : [])].join('.') || 'its top'))].join(', ')}`;
  return error instanceof SyntaxError ? 'is no JSON' : 'cannot be read';
}
