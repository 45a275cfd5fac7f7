import { type AuditEvent, appendAudit } from '../audit/index.ts';
import type { Sql } from '../ports/database/index.ts';
import { AccessRefused } from './faults.ts';
import type { Identity } from './identity.ts';
import { mayEverywhere } from './policy.ts';
import type { AccessPorts, AccessSettings } from './ports.ts';

/** Who asks to sign in: nobody yet. */
export interface From {
  readonly address: string;
  /** Secret of the session that the browser came with: it ends when another begins. */
  readonly replaces?: string;
}

/** What every part of this room stands on. */
export interface Ground extends AccessPorts {
  readonly settings: AccessSettings;
  /**
   * The one way to write: what is done and what the audit says of it are one transaction, and what was remembered of
   * identities is forgotten after it.
   */
  change<T>(work: (sql: Sql, now: Date, audit: (...events: AuditEvent[]) => void) => Promise<T>): Promise<T>;
  /** @throws AccessRefused, and audits it, unless the identity administers the whole server */
  administers(identity: Identity, what: string): Promise<void>;
  /** @throws AccessRefused, and audits it, unless the identity is a person with a session */
  isPerson(identity: Identity, what: string): Promise<Person>;
}

export interface Person extends Identity {
  readonly accountId: string;
  readonly sessionId: string;
}

export function groundOn(ports: AccessPorts, settings: AccessSettings, forget: () => void): Ground {
  if (ports.sealKey.length !== 32) throw new Error('The key that seals second factors has 32 bytes.');
  const change: Ground['change'] = async (work) => {
    try {
      return await ports.database.transaction(async (sql) => {
        const now = ports.clock();
        const events: AuditEvent[] = [];
        const result = await work(sql, now, (...more) => void events.push(...more));
        // Last, as the head of the chain is locked until the commit.
        if (events.length > 0) await appendAudit(sql, now, ...events);
        return result;
      });
    } finally {
      // Also after an error: a commit whose answer was lost may have been made.
      forget();
    }
  };
  const refuse = async (identity: Identity, what: string): Promise<never> => {
    await change(async (_sql, _now, audit) =>
      audit({ ...by(identity), action: 'refusal', outcome: 'refused', detail: { what } }),
    );
    throw new AccessRefused('not-allowed', 'This account may not do that.');
  };
  return {
    ...ports,
    settings,
    change,
    async administers(identity, what) {
      if (!mayEverywhere(identity, 'administer')) await refuse(identity, what);
    },
    async isPerson(identity, what) {
      const { kind, accountId, sessionId } = identity;
      if (kind !== 'person' || accountId === undefined || sessionId === undefined)
        return refuse(identity, what);
      return { ...identity, accountId, sessionId };
    },
  };
}

/** Whom the audit names. */
export const by = (identity: Pick<Identity, 'actor' | 'address'>): { actor: string; address?: string } => ({
  actor: identity.actor,
  ...(identity.address === undefined ? {} : { address: identity.address }),
});

/** A change to an account, as the audit says it: ids and names of fields, never what was typed. */
export const accountChange = (
  identity: Pick<Identity, 'actor' | 'address'>,
  change: string,
  account: string,
  more: AuditEvent['detail'] = {},
): AuditEvent => ({
  ...by(identity),
  action: 'account-change',
  outcome: 'success',
  detail: { change, account, ...more },
});
