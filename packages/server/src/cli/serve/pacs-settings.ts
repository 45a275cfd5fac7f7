/** An existing PACS as the archive: what an operator may set of it. Secrets stand in files or in the environment. */
import { z } from 'zod';

/** A keyword of the study level (PS3.4 C.6.2.1.2). The days make the date. */
const Keyword = z
  .string()
  .regex(/^[A-Z][A-Za-z]{2,63}$/)
  .refine((keyword) => keyword !== 'StudyDate');
const MatchingValue = z.string().regex(/^[^\p{Cc}]{1,64}$/u);

const Follow = z.strictObject({
  everySeconds: z.number().min(1).max(86_400).default(60),
  /** Studies of so many days are followed. */
  days: z.number().int().positive().max(36_500).default(30),
  match: z.record(Keyword, MatchingValue).default({ ModalitiesInStudy: 'MR' }),
  /** Where studies that it brings in go. */
  project: z.string().default('default'),
});

export const PacsSettings = z
  .strictObject({
    /** DICOMweb root: https, or http on this machine. */
    url: z.url({ protocol: /^https?$/ }),
    /** Signs in with a password: PROMONTORY_PACS_PASSWORD, or a file. */
    user: z
      .string()
      .regex(/^[^:\p{Cc}]+$/u)
      .optional(),
    passwordFile: z.string().optional(),
    /** Signs in with a bearer token: PROMONTORY_PACS_TOKEN, or a file that may be renewed. */
    tokenFile: z.string().optional(),
    clientCertificate: z.strictObject({ certFile: z.string(), keyFile: z.string() }).optional(),
    caFile: z.string().optional(),
    /** Whether what is stored here goes to the PACS, or stays here while the PACS is only followed. */
    store: z.boolean().default(true),
    /** Dangerous: what is deleted or erased here is deleted in the PACS, too. */
    removeFromPacs: z.boolean().default(false),
    /** Copies for quick reading, on this machine. */
    cacheBytes: z
      .number()
      .int()
      .nonnegative()
      .default(20 * 2 ** 30),
    follow: z.union([z.literal(false), Follow]).prefault({}),
  })
  .refine(({ user, tokenFile }) => user === undefined || tokenFile === undefined, { path: ['tokenFile'] })
  .refine(({ user, passwordFile }) => user !== undefined || passwordFile === undefined, {
    path: ['passwordFile'],
  });
export type PacsSettings = z.infer<typeof PacsSettings>;
export type FollowSettings = z.infer<typeof Follow>;
