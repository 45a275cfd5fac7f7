import { type Identity, reachOf } from '../access/index.ts';
import { ownerOf } from '../archive/index.ts';
import type { Database } from '../ports/database/index.ts';
import { type Gate, gateFor, lockStudy } from '../readings/index.ts';
import { assign, mayReview, type Reviewer, reviewersWithin } from './assignment-rows.ts';
import {
  type ListEntry,
  type ListPage,
  type ListQuery,
  type PriorStudy,
  STUDY_STATUSES,
  type StudyStatus,
} from './list-entry.ts';
import { countsByStatus, entryOfStudy, pageOf, priorsOf } from './list-rows.ts';
import { keepViews, viewsOf } from './view-rows.ts';

/**
 * What clinicians work through: studies with how far they are, in the order of their urgency. As one identity may see it:
 * by the deed `read`, and what may not be seen answers as what is not there. Every method audits itself. Not to be taken
 * for the worklist service of DICOM (UPS-RS), which is of readings that machines perform: `readings/worklist.ts`.
 */
export interface ReadingList {
  /** @throws CursorInvalid */
  page(query: ListQuery): Promise<ListPage>;
  counts(): Promise<Readonly<Record<StudyStatus, number>>>;
  summary(
    studyUid: string,
  ): Promise<{ readonly entry: ListEntry; readonly priors: readonly PriorStudy[] } | undefined>;
  /**
   * Deed `review`. Whose turn it is; `null`: nobody's.
   * @throws NotAReviewer
   */
  assign(studyUid: string, accountId: string | null): Promise<boolean | undefined>;
  /** Who may be assigned something of what the asker may review. */
  reviewers(): Promise<readonly Reviewer[]>;
  /** Of the asker's own account, JSON as it was kept; `undefined`: none was kept, or there is no account. */
  views(): Promise<string | undefined>;
  /** @returns whether there is an account to keep them for */
  keepViews(json: string): Promise<boolean>;
}

/** The account may not review the study. */
export class NotAReviewer extends Error {
  override readonly name = 'NotAReviewer';
}

export interface ReadingListPorts {
  readonly database: Database;
  readonly now: () => Date;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function readingListFor(identity: Identity, ports: ReadingListPorts): ReadingList {
  const gate: Gate = gateFor(identity, ports);
  const reach = reachOf(identity, 'read');
  return {
    page: (query) =>
      gate.deed(async (sql, note) => {
        const page = await pageOf(sql, query, reach);
        note('search', undefined, { list: 'studies', keys: keysOf(query), answers: page.entries.length });
        return page;
      }),
    counts: () =>
      gate.deed(async (sql, note) => {
        const found = await countsByStatus(sql, reach);
        note('search', undefined, { list: 'counts' });
        return Object.fromEntries(STUDY_STATUSES.map((status) => [status, found.get(status) ?? 0])) as Record<
          StudyStatus,
          number
        >;
      }),
    summary: (studyUid) =>
      gate.within(
        'read',
        (sql) => ownerOf(sql, studyUid),
        async (sql, owner, note) => {
          const entry = await entryOfStudy(sql, studyUid, reach);
          if (entry === undefined) return undefined;
          const priors = await priorsOf(sql, studyUid, reach);
          note('read', owner, { list: 'summary', priors: priors.length });
          return { entry, priors };
        },
      ),
    assign: (studyUid, accountId) =>
      gate.within(
        'review',
        (sql) => lockStudy(sql, studyUid),
        async (sql, owner, note) => {
          if (accountId !== null && !(UUID.test(accountId) && (await mayReview(sql, accountId, owner))))
            throw new NotAReviewer('The account may not review the study.');
          await assign(sql, studyUid, accountId);
          note('review', owner, { assigned: accountId ?? 'nobody' });
          return true;
        },
      ),
    reviewers: () =>
      gate.deed(async (sql, note) => {
        const found = await reviewersWithin(sql, reachOf(identity, 'review'));
        note('search', undefined, { list: 'reviewers', answers: found.length });
        return found;
      }),
    views: () =>
      gate.deed(async (sql, note) => {
        if (identity.accountId === undefined) return undefined;
        note('search', undefined, { list: 'views' });
        return viewsOf(sql, identity.accountId);
      }),
    keepViews: (json) =>
      gate.deed(async (sql, note) => {
        if (identity.accountId === undefined) return false;
        await keepViews(sql, identity.accountId, json);
        note('account-change', undefined, { change: 'views', account: identity.accountId });
        return true;
      }),
  };
}

/** What was asked by; never what for. */
const keysOf = ({ sort, limit: _, ...filters }: ListQuery): string[] => [
  sort,
  ...Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [name])),
];
