/** From the headers of a request to who asks. */

import { cookieValue, type Headers, sessionCookieName } from './cookie.ts';
import type { Identity, PatientGrant, ProjectGrant } from './identity.ts';
import { mayAnywhere } from './policy.ts';
import type { AccessPorts, AccessSettings } from './ports.ts';
import { isLimited, type Proof } from './proof.ts';
import { DEEDS, DEEDS_OF, type Deed, ROLES, type Role } from './roles.ts';
import { hashSecret, isSecret } from './secret.ts';
import {
  type SessionIdentityRow,
  sessionIdentity,
  sessionSeen,
  type TokenIdentityRow,
  tokenIdentity,
  tokenUsed,
} from './session-rows.ts';
import { IDLE_MS } from './sessions.ts';
import { tokenHash } from './tokens.ts';

/** How long another process's change may go unnoticed; this one's are noticed at once. */
const REMEMBER_MS = 5_000;
const MOST_REMEMBERED = 10_000;
/** Use is written down once a minute, not with every request. */
const NOTE_MS = 60_000;

export interface Identifier {
  /**
   * @param asks whether this is a request of theirs, which keeps a session alive, or only asked about them
   * @returns `undefined` for nobody: no secret, a wrong one, one that is over, or a disabled account
   */
  identify(
    headers: Headers,
    address: string,
    now: Date,
    asks?: 'request' | 'standing',
  ): Promise<Identity | undefined>;
  /** After every change. */
  forget(): void;
  /** Tells of every change that this process makes to who may what. @returns what ends it */
  changed(tell: () => void): () => void;
}

type Row = { readonly session: SessionIdentityRow } | { readonly token: TokenIdentityRow };

/** A Bearer token (RFC 6750) goes before a cookie. Basic is not offered. */
function secretIn(headers: Headers, origin: string): { kind: 'session' | 'token'; hash: string } | undefined {
  const { authorization } = headers;
  if (authorization !== undefined) {
    const bearer = typeof authorization === 'string' ? /^Bearer +(\S+) *$/i.exec(authorization) : null;
    const hash = bearer === null ? undefined : tokenHash(bearer[1]);
    return hash === undefined ? undefined : { kind: 'token', hash };
  }
  const secret = cookieValue(headers, sessionCookieName(origin));
  return secret !== undefined && isSecret(secret) ? { kind: 'session', hash: hashSecret(secret) } : undefined;
}

export function identifierOn(
  { database }: Pick<AccessPorts, 'database'>,
  settings: Pick<AccessSettings, 'origin' | 'requireSecondFactor'>,
): Identifier {
  const remembered = new Map<string, { row: Row; at: number }>();
  const told = new Set<() => void>();
  let generation = 0;

  const load = async (
    kind: 'session' | 'token',
    hash: string,
    now: Date,
    asks: 'request' | 'standing',
  ): Promise<Row | undefined> => {
    if (kind === 'session') {
      const session = await sessionIdentity(database, hash, now);
      if (session === undefined || !sessionHolds(session, now)) return undefined;
      if (asks === 'request' && isToBeNoted({ session }, now))
        await sessionSeen(database, session.session_id, now);
      return { session };
    }
    const token = await tokenIdentity(database, hash);
    if (token === undefined || token.expires_at <= now) return undefined;
    if (asks === 'request' && isToBeNoted({ token }, now)) await tokenUsed(database, token.token_id, now);
    return { token };
  };

  return {
    async identify(headers, address, now, asks = 'request') {
      const secret = secretIn(headers, settings.origin());
      if (secret === undefined) return undefined;
      const known = remembered.get(secret.hash);
      let row = known?.row;
      const isOld = known === undefined || Math.abs(now.getTime() - known.at) >= REMEMBER_MS;
      // What was asked about them only has not noted that they are here.
      if (isOld || (asks === 'request' && isToBeNoted(known.row, now))) {
        const asked = generation;
        row = await load(secret.kind, secret.hash, now, asks);
        remembered.delete(secret.hash);
        // What was read before a change, and comes back after it, is not kept.
        if (row !== undefined && asked === generation)
          remembered.set(secret.hash, { row, at: now.getTime() });
        if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value!);
      }
      if (row === undefined) return undefined;
      return 'session' in row
        ? personOf(row.session, address, now, settings.requireSecondFactor)
        : tokenOf(row.token, address, now);
    },
    forget() {
      generation += 1;
      remembered.clear();
      for (const tell of told) tell();
    },
    changed(tell) {
      told.add(tell);
      return () => void told.delete(tell);
    },
  };
}

/** Whether the use that stands written down is of long ago. */
function isToBeNoted(row: Row, now: Date): boolean {
  const at = 'session' in row ? row.session.seen_at : row.token.used_at;
  return at === null || now.getTime() - at.getTime() >= NOTE_MS;
}

const sessionHolds = (row: SessionIdentityRow, now: Date): boolean =>
  row.expires_at > now && now.getTime() - row.seen_at.getTime() < IDLE_MS;

/** A role that this version does not know gives nothing. */
const known = <G extends { role: string }>(grants: readonly G[]): (G & { role: Role })[] =>
  grants.filter((g): g is G & { role: Role } => (ROLES as readonly string[]).includes(g.role));

function personOf(
  row: SessionIdentityRow,
  address: string,
  now: Date,
  secondFactor: boolean,
): Identity | undefined {
  if (row.expires_at <= now) return undefined;
  const grants: { projects: ProjectGrant[]; patients: PatientGrant[] } = {
    projects: known(row.projects),
    patients: known(row.patients),
  };
  const administers = grants.projects.some((g) => g.role === 'administrator');
  const limited = isLimited(row.proof as Proof, { administers }, secondFactor);
  const identity: Identity = {
    kind: 'person',
    actor: `account:${row.account_id}`,
    accountId: row.account_id,
    sessionId: row.session_id,
    address,
    projects: limited ? [] : grants.projects,
    patients: limited ? [] : grants.patients,
    brokenGlass: [],
    storesInto: limited ? 'default' : storesInto(grants.projects),
  };
  // Who lost the role since has lost what it opened.
  if (!mayAnywhere(identity, 'break-glass')) return identity;
  const open = row.glass.filter(({ until }) => Date.parse(until) > now.getTime());
  return { ...identity, brokenGlass: [...new Set(open.map(({ studyUid }) => studyUid))] };
}

function tokenOf(row: TokenIdentityRow, address: string, now: Date): Identity | undefined {
  if (row.expires_at <= now) return undefined;
  const scopes: Deed[] = DEEDS.filter((deed) => row.scopes.includes(deed));
  const projects = known(row.projects);
  return {
    kind: 'token',
    actor: `token:${row.token_id}`,
    accountId: row.account_id,
    address,
    projects,
    patients: known(row.patients),
    brokenGlass: [],
    scopes,
    storesInto: storesInto(projects),
  };
}

/** The one project that this identity may store into, where it is one. */
export function storesInto(projects: readonly ProjectGrant[]): string {
  const ids = new Set(projects.filter((g) => DEEDS_OF[g.role].includes('store')).map((g) => g.projectId));
  const [only] = ids;
  return ids.size === 1 && only !== '*' ? only : 'default';
}
