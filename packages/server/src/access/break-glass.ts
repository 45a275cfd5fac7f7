import { AccessRefused } from './faults.ts';
import { insertBreakGlass } from './grant-rows.ts';
import { by, type Ground } from './ground.ts';
import type { Identity } from './identity.ts';
import { isUid } from './names.ts';
import { mayAnywhere } from './policy.ts';
import { newUuid } from './secret.ts';

const HOLDS_MS = 3_600_000;
const SHORTEST_REASON = 10;
const LONGEST_REASON = 500;

export interface OpenedGlass {
  readonly studyUid: string;
  readonly expiresAt: Date;
}

/**
 * Opens one study for one hour to a person whose role allows it, and says so in the audit with the reason given.
 * The study is not looked up: what is not there answers as what is, so that nothing can be probed.
 * @throws AccessRefused
 */
export type BreakGlass = (
  identity: Identity,
  given: { studyUid: string; reason: string },
) => Promise<OpenedGlass>;

export const breakGlassOn =
  (ground: Ground): BreakGlass =>
  async (identity, given) => {
    const person = await ground.isPerson(identity, 'break-glass');
    const { studyUid } = given;
    const reason = given.reason.trim().replace(/\s+/g, ' ');
    if (!isUid(studyUid)) throw new AccessRefused('invalid', 'The study is named by its UID.');
    if ([...reason].length < SHORTEST_REASON || reason.length > LONGEST_REASON)
      throw new AccessRefused(
        'invalid',
        `Give a reason of ${SHORTEST_REASON} to ${LONGEST_REASON} characters.`,
      );
    const allowed = mayAnywhere(identity, 'break-glass');
    const opened = await ground.change(async (sql, now, audit) => {
      const event = { ...by(identity), action: 'break-glass' as const, studyUid, detail: { reason } };
      if (!allowed) {
        audit({ ...event, outcome: 'refused' });
        return undefined;
      }
      const until = new Date(now.getTime() + HOLDS_MS);
      await insertBreakGlass(sql, {
        id: newUuid(ground.random),
        accountId: person.accountId,
        studyUid,
        reason,
        at: now,
        until,
      });
      audit({ ...event, outcome: 'success' });
      return { studyUid, expiresAt: until };
    });
    if (opened === undefined) throw new AccessRefused('not-allowed', 'This account may not do that.');
    return opened;
  };
