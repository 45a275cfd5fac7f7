import { AccessRefused } from './faults.ts';
import { by, type Ground } from './ground.ts';
import type { Identity } from './identity.ts';
import { titleOf } from './names.ts';
import { mayAnywhere } from './policy.ts';
import { DEEDS, type Deed } from './roles.ts';
import { hashSecret, isSecret, isUuid, newSecret, newUuid } from './secret.ts';
import { insertToken, revokeToken, type TokenRow, tokensOf } from './session-rows.ts';

/** So that a token in the wrong place is recognised, by people and by scanners for secrets. */
const PREFIX = 'prm_';
export const LONGEST_TOKEN_DAYS = 366;
const DAY_MS = 86_400_000;

/** Breaking the glass, judging a reading and signing a report are a person's: no program does them. */
const OF_PERSONS: readonly Deed[] = ['break-glass', 'review', 'sign'];
export const TOKEN_SCOPES: readonly Deed[] = DEEDS.filter((deed) => !OF_PERSONS.includes(deed));

export interface TokenEntry {
  readonly tokenId: string;
  readonly name: string;
  readonly scopes: readonly Deed[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly usedAt?: Date;
}

export interface Tokens {
  list(identity: Identity): Promise<TokenEntry[]>;
  /** @returns with the token itself, which is told this once. @throws AccessRefused */
  create(
    identity: Identity,
    given: { name: string; scopes: readonly Deed[]; days: number },
  ): Promise<TokenEntry & { readonly token: string }>;
  /** @throws AccessRefused `absent` for another's, too */
  revoke(identity: Identity, tokenId: string): Promise<void>;
}

/** @returns the hash to look up, or `undefined` where the text is no token */
export const tokenHash = (token: string): string | undefined =>
  token.startsWith(PREFIX) && isSecret(token.slice(PREFIX.length)) ? hashSecret(token) : undefined;

const entry = (row: TokenRow): TokenEntry => ({
  tokenId: row.token_id,
  name: row.name,
  scopes: DEEDS.filter((deed) => row.scopes.includes(deed)),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  ...(row.used_at === null ? {} : { usedAt: row.used_at }),
});

export function tokensOn(ground: Ground): Tokens {
  return {
    async list(identity) {
      const { accountId } = await ground.isPerson(identity, 'tokens');
      return (await tokensOf(ground.database, accountId)).map(entry);
    },

    async create(identity, { name, scopes, days }) {
      const person = await ground.isPerson(identity, 'tokens');
      const title = titleOf(name);
      if (title === undefined || scopes.length === 0)
        throw new AccessRefused('invalid', 'Give the token a name and at least one scope.');
      if (!Number.isInteger(days) || days < 1 || days > LONGEST_TOKEN_DAYS)
        throw new AccessRefused('invalid', `A token holds for 1 to ${LONGEST_TOKEN_DAYS} days.`);
      if (scopes.some((deed) => !TOKEN_SCOPES.includes(deed) || !mayAnywhere(identity, deed)))
        throw new AccessRefused('not-allowed', 'A token may do what its account may, and no more.');
      const token = PREFIX + newSecret(ground.random);
      const tokenId = newUuid(ground.random);
      const kept = DEEDS.filter((deed) => scopes.includes(deed));
      return ground.change(async (sql, now, audit) => {
        const until = new Date(now.getTime() + days * DAY_MS);
        await insertToken(sql, {
          tokenId,
          secretHash: hashSecret(token),
          accountId: person.accountId,
          name: title,
          scopes: kept,
          at: now,
          until,
        });
        audit({
          ...by(identity),
          action: 'token-change',
          outcome: 'success',
          detail: { change: 'created', token: tokenId, scopes: kept, days },
        });
        return { tokenId, name: title, scopes: kept, createdAt: now, expiresAt: until, token };
      });
    },

    async revoke(identity, tokenId) {
      const { accountId } = await ground.isPerson(identity, 'tokens');
      await ground.change(async (sql, now, audit) => {
        const gone = isUuid(tokenId) ? await revokeToken(sql, accountId, tokenId, now) : [];
        if (gone.length === 0) throw new AccessRefused('absent', 'There is no such token.');
        audit({
          ...by(identity),
          action: 'token-change',
          outcome: 'success',
          detail: { change: 'revoked', token: tokenId },
        });
      });
    },
  };
}
