import type { AuditEvent } from '../audit/index.ts';
import type { Sql } from '../ports/database/index.ts';
import { sessionCookie } from './cookie.ts';
import { AccessRefused } from './faults.ts';
import { by, type From, type Ground, type Person } from './ground.ts';
import type { Identity } from './identity.ts';
import type { Proof } from './proof.ts';
import { hashSecret, isSecret, isUuid, newSecret, newUuid } from './secret.ts';
import {
  endSession,
  endSessionBySecret,
  endSessions,
  insertSession,
  liveSession,
  liveSessions,
  type SessionRow,
} from './session-rows.ts';

/** A session nobody uses ends after this long (OWASP ASVS 5.0, 7.3.1). */
export const IDLE_MS = 30 * 60_000;
/** And in any case after this long (7.3.2): one working day. */
export const LONGEST_MS = 12 * 3_600_000;
/** How new a sign-in must be for changes to how one signs in (7.5.1). */
export const FRESH_MS = 10 * 60_000;

export interface SignedIn {
  readonly accountId: string;
  /** For `Set-Cookie`. */
  readonly cookie: string;
  readonly proof: Proof;
  readonly expiresAt: Date;
}

export interface SessionEntry {
  readonly sessionId: string;
  readonly proof: Proof;
  readonly address?: string;
  readonly createdAt: Date;
  readonly seenAt: Date;
  readonly expiresAt: Date;
  /** The one that asks. */
  readonly current: boolean;
}

/** A new secret at every sign-in and every step up: what a browser held before is worth nothing after it. */
export async function beginSession(
  ground: Ground,
  sql: Sql,
  now: Date,
  session: { accountId: string; proof: Proof; address: string | undefined; replaces?: string | undefined },
): Promise<SignedIn> {
  const { accountId, proof, address, replaces } = session;
  if (replaces !== undefined && isSecret(replaces)) await endSessionBySecret(sql, hashSecret(replaces), now);
  const secret = newSecret(ground.random);
  const until = new Date(now.getTime() + LONGEST_MS);
  const sessionId = newUuid(ground.random);
  await insertSession(sql, {
    secretHash: hashSecret(secret),
    sessionId,
    accountId,
    proof,
    address,
    at: now,
    until,
  });
  return { accountId, proof, expiresAt: until, cookie: sessionCookie(ground.settings.origin(), secret) };
}

/** The same person's session begun again, the old one ended. */
export async function renewSession(
  ground: Ground,
  sql: Sql,
  now: Date,
  person: Person,
  proof: Proof,
): Promise<SignedIn> {
  await endSession(sql, person.accountId, person.sessionId, now);
  return beginSession(ground, sql, now, { accountId: person.accountId, proof, address: person.address });
}

/** @throws AccessRefused `sign-in-again`: an unlocked screen, or a stolen cookie, must not change how one signs in */
export async function freshSession(sql: Sql, person: Person, now: Date): Promise<SessionRow> {
  const row = await liveSession(sql, person.sessionId, now, new Date(now.getTime() - IDLE_MS));
  if (row === undefined || now.getTime() - row.created_at.getTime() > FRESH_MS)
    throw new AccessRefused('sign-in-again', 'Sign in again to change how you sign in.');
  return row;
}

export interface Sessions {
  list(identity: Identity): Promise<SessionEntry[]>;
  /** @throws AccessRefused `absent` for another's, too */
  end(identity: Identity, sessionId: string): Promise<void>;
  /** @returns how many ended: all but the one that asks */
  endOthers(identity: Identity): Promise<number>;
  /** Ends the session of a cookie's secret, whatever became of its account. */
  signOut(from: From): Promise<void>;
}

const ended = (identity: Identity, count: number): AuditEvent => ({
  ...by(identity),
  action: 'sign-out',
  outcome: 'success',
  detail: { sessions: count },
});

export function sessionsOn(ground: Ground): Sessions {
  return {
    async list(identity) {
      const { accountId, sessionId } = await ground.isPerson(identity, 'sessions');
      const now = ground.clock();
      const rows = await liveSessions(ground.database, accountId, now, new Date(now.getTime() - IDLE_MS));
      return rows.map((row) => ({
        sessionId: row.session_id,
        proof: row.proof as Proof,
        ...(row.address === null ? {} : { address: row.address }),
        createdAt: row.created_at,
        seenAt: row.seen_at,
        expiresAt: row.expires_at,
        current: row.session_id === sessionId,
      }));
    },
    async end(identity, sessionId) {
      const { accountId } = await ground.isPerson(identity, 'sessions');
      await ground.change(async (sql, now, audit) => {
        const gone = isUuid(sessionId) ? await endSession(sql, accountId, sessionId, now) : [];
        if (gone.length === 0) throw new AccessRefused('absent', 'There is no such session.');
        audit(ended(identity, 1));
      });
    },
    async endOthers(identity) {
      const { accountId, sessionId } = await ground.isPerson(identity, 'sessions');
      return ground.change(async (sql, now, audit) => {
        const gone = await endSessions(sql, accountId, now, sessionId);
        if (gone.length > 0) audit(ended(identity, gone.length));
        return gone.length;
      });
    },
    async signOut({ address, replaces }) {
      if (replaces === undefined || !isSecret(replaces)) return;
      await ground.change(async (sql, now, audit) => {
        const [row] = await endSessionBySecret(sql, hashSecret(replaces), now);
        if (row !== undefined)
          audit({
            action: 'sign-out',
            outcome: 'success',
            actor: `account:${row.account_id}`,
            address,
            detail: { sessions: 1 },
          });
      });
    },
  };
}
