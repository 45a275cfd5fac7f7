import { type Identity, mayEverywhere } from '../access/index.ts';
import { ownerOf } from '../archive/index.ts';
import type { Database } from '../ports/database/index.ts';
import { gateFor } from '../readings/index.ts';
import { personOf } from './person.ts';
import {
  deleteTimes,
  hasConsent,
  insertTime,
  lockConsent,
  type ReadingTime,
  setConsent,
  summaryOf,
  type TimesSummary,
  timesOf,
} from './reading-time-rows.ts';
import { ReviewRefused } from './review-refused.ts';

/** Fewer times than this are nobody's but their readers'. */
export const FEWEST_OF_ALL = 5;
const DAY_MS = 86_400_000;
const LONGEST_MS = 7 * DAY_MS;
/** Of two clocks of one browser. */
const ROUNDING_MS = 1_000;
/** Clocks of browsers go wrong by as much. */
const CLOCK_MS = DAY_MS;

/**
 * How long readings take, for a site's own before and after. Nothing is kept of who has not said yes; a no, at any time,
 * takes along what was kept. All methods are about the person who asks. @throws ReviewRefused person-needed
 */
export interface ReadingTimes {
  consent(): Promise<boolean>;
  setConsent(given: boolean): Promise<void>;
  /** Deed `review` on the study. @returns undefined where it is out of reach. @throws ReviewRefused no-consent, impossible-time */
  keep(time: ReadingTime): Promise<boolean | undefined>;
  /** Administrators of the whole server are told the sums of all readers, of groups that are large enough. */
  report(): Promise<{
    readonly consent: boolean;
    readonly summary: readonly TimesSummary[];
    readonly times: readonly ReadingTime[];
    readonly everyone?: readonly TimesSummary[];
  }>;
  /** @returns how many went */
  forget(): Promise<number>;
}

export function readingTimesFor(
  identity: Identity,
  ports: { readonly database: Database; readonly now: () => Date },
): ReadingTimes {
  const { database, now } = ports;
  const gate = gateFor(identity, ports);
  return {
    consent: async () => hasConsent(database, personOf(identity)),

    async setConsent(given) {
      const account = personOf(identity);
      await gate.deed(async (sql, note) => {
        if (await setConsent(sql, account, given, now()))
          note('account-change', undefined, { change: 'reading-times-consent', account, given });
      });
    },

    async keep(time) {
      const account = personOf(identity);
      const isPossible = couldBe(time, now());
      return gate.within(
        'review',
        (sql) => ownerOf(sql, time.studyUid),
        async (sql, owner, note) => {
          if (!(await lockConsent(sql, account)))
            throw new ReviewRefused('no-consent', 'Reading times are kept of those who said yes only.');
          if (!isPossible) throw new ReviewRefused('impossible-time', 'Nobody reads in such a time.');
          await insertTime(sql, account, time);
          note('review', owner, { readingTime: true });
          return true;
        },
      );
    },

    async report() {
      const account = personOf(identity);
      return gate.deed(async (sql, note) => {
        const isForAll = mayEverywhere(identity, 'administer');
        if (isForAll) note('search', undefined, { readingTimes: true });
        return {
          consent: await hasConsent(sql, account),
          summary: await summaryOf(sql, account, 1),
          times: await timesOf(sql, account),
          ...(isForAll && { everyone: await summaryOf(sql, undefined, FEWEST_OF_ALL) }),
        };
      });
    },

    async forget() {
      const account = personOf(identity);
      return gate.deed(async (sql, note) => {
        const gone = await deleteTimes(sql, account);
        note('account-change', undefined, { change: 'reading-times-deleted', account, times: gone });
        return gone;
      });
    },
  };
}

/** Whether a person could have read in that time, by a clock that is about right. */
function couldBe({ openedAt, signedAt, activeMs }: ReadingTime, now: Date): boolean {
  const elapsed = signedAt.getTime() - openedAt.getTime();
  // What was read offline comes later, but not years later.
  const isOurs =
    openedAt.getTime() > now.getTime() - 400 * DAY_MS && signedAt.getTime() < now.getTime() + CLOCK_MS;
  return isOurs && elapsed >= 0 && elapsed <= LONGEST_MS && activeMs <= elapsed + ROUNDING_MS;
}
