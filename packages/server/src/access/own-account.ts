import { accountById } from './account-rows.ts';
import { type Account, readAccount } from './accounts.ts';
import { AccessRefused } from './faults.ts';
import type { Ground } from './ground.ts';
import type { Identity } from './identity.ts';
import { mayAnywhere } from './policy.ts';
import { isLimited, type Proof } from './proof.ts';
import { DEEDS, type Deed } from './roles.ts';
import { liveSession } from './session-rows.ts';
import { IDLE_MS } from './sessions.ts';

export interface Myself {
  readonly kind: 'person' | 'token';
  readonly account: Account;
  readonly proof?: Proof;
  /** A second factor must be set up before anything else. */
  readonly mustAddFactor: boolean;
  /** What this identity may do somewhere. */
  readonly deeds: readonly Deed[];
  readonly brokenGlass: readonly string[];
}

export interface OwnAccount {
  /** @throws AccessRefused */
  read(identity: Identity): Promise<Myself>;
}

export function ownAccountOn(ground: Ground): OwnAccount {
  return {
    async read(identity) {
      const { accountId, sessionId, kind } = identity;
      if (accountId === undefined || (kind !== 'person' && kind !== 'token'))
        throw new AccessRefused('not-allowed', 'Only people and their tokens have an account.');
      const now = ground.clock();
      const account = await readAccount(ground.database, accountId, now);
      const row = await accountById(ground.database, accountId);
      const since = new Date(now.getTime() - IDLE_MS);
      const session =
        sessionId === undefined ? undefined : await liveSession(ground.database, sessionId, now, since);
      if (account === undefined || row === undefined)
        throw new AccessRefused('absent', 'There is no such account.');
      const proof = session?.proof as Proof | undefined;
      return {
        kind,
        account,
        ...(proof === undefined ? {} : { proof }),
        mustAddFactor: proof !== undefined && isLimited(proof, row, ground.settings.requireSecondFactor),
        deeds: DEEDS.filter((deed) => mayAnywhere(identity, deed)),
        brokenGlass: identity.brokenGlass,
      };
    },
  };
}
