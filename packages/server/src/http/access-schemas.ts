/** What the access routes take and give. */
import { z } from 'zod';
import { DEEDS, LONGEST_TOKEN_DAYS, PROOFS, ROLES } from '../access/index.ts';

const when = z.iso.datetime();
/** Bounds before anything is looked at; what is a good name or password is said by the room. */
const typed = z.string().max(300);

export const deed = z.enum(DEEDS);
export const role = z.enum(ROLES);
export const projectGrant = z.object({ role, projectId: typed });
export const patientGrant = z.object({ role, patientKey: typed });
export const grants = z.object({
  projects: z.array(projectGrant).max(1000),
  patients: z.array(patientGrant).max(10_000),
});

export const passwordSignIn = z.object({
  login: typed,
  password: z.string().max(1024),
  code: typed.optional(),
});
export const linkSignIn = z.object({ link: typed, code: typed.optional() });
export const signedIn = z.object({ proof: z.enum(PROOFS), expiresAt: when });
export const waysIn = z.object({
  password: z.literal(true),
  passkey: z.boolean(),
  provider: z.object({ title: z.string(), start: z.string() }).optional(),
});

/** WebAuthn's own JSON; the library judges what is in it. */
const encoded = z.string().max(65_536);
const credential = {
  id: z.string().max(2048),
  rawId: z.string().max(2048),
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
};
export const registration = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: encoded,
    attestationObject: encoded,
    transports: z.array(z.string().max(32)).max(16).optional(),
  }),
});
export const assertion = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: encoded,
    authenticatorData: encoded,
    signature: encoded,
    userHandle: z.string().max(256).optional(),
  }),
});
export const passkeyOptions = z.looseObject({ challenge: z.string() });
export const passkey = z.object({
  passkeyId: z.string(),
  name: z.string(),
  createdAt: when,
  usedAt: when.optional(),
});

export const account = z.object({
  accountId: z.uuid(),
  login: z.string(),
  displayName: z.string(),
  disabled: z.boolean(),
  locked: z.boolean(),
  factors: z.object({
    password: z.boolean(),
    totp: z.boolean(),
    passkeys: z.int(),
    recoveryCodes: z.int(),
  }),
  provider: z.boolean(),
  createdAt: when,
  projects: z.array(projectGrant),
  patients: z.array(patientGrant),
});
export const newAccount = z.object({ login: typed, displayName: typed, grants: grants.optional() });
export const accountEdit = z.object({
  login: typed.optional(),
  displayName: typed.optional(),
  disabled: z.boolean().optional(),
  subject: typed.nullable().optional(),
});
export const signInLink = z.object({ link: z.string(), accountId: z.uuid(), expiresAt: when });

export const me = z.object({
  kind: z.enum(['person', 'token']),
  account,
  proof: z.enum(PROOFS).optional(),
  mustAddFactor: z.boolean(),
  deeds: z.array(deed),
  brokenGlass: z.array(z.string()),
});
export const session = z.object({
  sessionId: z.uuid(),
  proof: z.enum(PROOFS),
  address: z.string().optional(),
  createdAt: when,
  seenAt: when,
  expiresAt: when,
  current: z.boolean(),
});
export const token = z.object({
  tokenId: z.uuid(),
  name: z.string(),
  scopes: z.array(deed),
  createdAt: when,
  expiresAt: when,
  usedAt: when.optional(),
});
export const newToken = z.object({
  name: typed,
  scopes: z.array(deed).min(1),
  days: z.int().min(1).max(LONGEST_TOKEN_DAYS).default(90),
});
export const madeToken = token.extend({ token: z.string() });
export const passwordChange = z.object({
  current: z.string().max(1024).optional(),
  password: z.string().max(1024),
});
export const totpSecret = z.object({ secret: z.string(), address: z.string() });
/** Told this once. */
export const recoveryCodes = z.object({ codes: z.array(z.string()) });
export const totpCode = z.object({ code: typed });
export const name = z.object({ name: typed });
export const newPasskey = z.object({ name: typed, response: registration });
export const project = z.object({ projectId: typed, title: typed });
export const breakGlass = z.object({ studyUid: typed, reason: z.string().max(2000) });
export const openedGlass = z.object({ studyUid: z.string(), expiresAt: when });
