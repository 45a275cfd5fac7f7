import type { KeptMark, Mark } from '@promontory/core/review';
import { type Identity, reaches, reachOf, type Standing } from '../access/index.ts';
import { ownerOf } from '../archive/index.ts';
import { type Database, isUniqueViolation, type Sql } from '../ports/database/index.ts';
import { type Gate, gateFor, lockStudy, whileStanding } from '../readings/index.ts';
import { type Appended, appendMarks } from './append-marks.ts';
import { type Head, headsOf, marksAfter, marksHeld } from './mark-rows.ts';
import { personOf } from './person.ts';
import { type ReportEntry, reportById, reportsAfter, type SignedReport } from './report-rows.ts';
import type { ReviewFeed } from './review-feed.ts';
import { type SignPorts, type SignRequest, signReport } from './sign-report.ts';

/** Something new of a study's review, with how far a listener has come by it. */
export type ReviewChange = { readonly at: Head } & (
  | { readonly mark: KeptMark }
  | { readonly report: ReportEntry }
);

/**
 * Marks and reports as one identity may use them: like the archive's gate, every method judges the policy by the study
 * and writes the audit in the transaction of the deed. What may not be seen answers as what is not there (`undefined`).
 */
export interface Reviews {
  /** In their order. */
  marks(
    studyUid: string,
    after: number,
  ): Promise<{ readonly marks: readonly KeptMark[]; readonly sequence: number } | undefined>;
  /** Deed `review`. What was kept is durable. @throws ReviewRefused person-needed */
  append(studyUid: string, marks: readonly Mark[]): Promise<Appended | undefined>;
  /** The first version first. */
  reports(studyUid: string): Promise<readonly ReportEntry[] | undefined>;
  report(reportId: string): Promise<SignedReport | undefined>;
  /** Deed `sign`. @throws ReviewRefused */
  sign(asked: SignRequest): Promise<ReportEntry | undefined>;
  /**
   * What comes after what was seen (default: after now), until the signal, or until the study may not be seen any more.
   * @param standing who is judged for each change
   */
  changes(
    studyUid: string,
    seen: Partial<Head>,
    signal: AbortSignal,
    standing?: Standing,
  ): Promise<AsyncIterable<ReviewChange> | undefined>;
}

export interface ReviewsPorts extends SignPorts {
  readonly database: Database;
  readonly feed: ReviewFeed;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Marks read at a time for a listener: those with outlines are large. */
const PAGE = 100;

export function reviewsFor(identity: Identity, ports: ReviewsPorts): Reviews {
  const { database, feed, now } = ports;
  const gate: Gate = gateFor(identity, ports);

  return {
    marks: (studyUid, after) =>
      gate.within(
        'read',
        (sql) => ownerOf(sql, studyUid),
        async (sql, owner, note) => {
          // In this order: a mark that comes between the two is told now or the next time.
          const { sequence } = await marksHeld(sql, studyUid);
          const marks = await marksAfter(sql, studyUid, after);
          note('read', owner, { marks: marks.length });
          return { marks, sequence: marks.at(-1)?.sequence ?? sequence };
        },
      ),

    async append(studyUid, marks) {
      const author = personOf(identity);
      const append = () =>
        gate.within(
          'review',
          (sql) => lockStudy(sql, studyUid),
          async (sql, owner, note) => {
            const done = await appendMarks(sql, studyUid, author, marks, now());
            const kinds = Object.entries(done.added).map(([kind, n]) => `${kind}:${n}`);
            note('review', owner, {
              marks: kinds.length === 0 ? 0 : Object.values(done.added).reduce((sum, n) => sum + n),
              ...(kinds.length > 0 && { kinds }),
              ...(done.refused.length > 0 && { refused: done.refused.length }),
            });
            return done;
          },
        );
      try {
        return await append();
      } catch (error) {
        // The same id came to another study at the same time; now it is there, and is refused.
        if (isUniqueViolation(error)) return append();
        throw error;
      }
    },

    reports: (studyUid) =>
      gate.within(
        'read',
        (sql) => ownerOf(sql, studyUid),
        async (sql, owner, note) => {
          const reports = await reportsAfter(sql, studyUid, 0);
          note('search', owner, { reports: reports.length });
          return reports;
        },
      ),

    async report(reportId) {
      if (!UUID.test(reportId)) return undefined;
      let report: SignedReport | undefined;
      const look = async (sql: Sql) => {
        report = await reportById(sql, reportId);
        return report && ownerOf(sql, report.studyUid);
      };
      return gate.within('read', look, async (_sql, owner, note) => {
        note('read', owner, { report: reportId });
        return report;
      });
    },

    sign: async (asked) => signReport(asked, personOf(identity), gate, ports),

    async changes(studyUid, seen, signal, standing) {
      const head = await gate.within(
        'read',
        (sql) => ownerOf(sql, studyUid),
        async (sql, owner, note) => {
          note('search', owner, { changes: true });
          return (await headsOf(sql, [studyUid])).get(studyUid);
        },
      );
      if (head === undefined) return undefined;
      // Who has seen more than there is looks at another study of this UID: from its end on.
      const from = {
        sequence: Math.min(seen.sequence ?? head.sequence, head.sequence),
        version: Math.min(seen.version ?? head.version, head.version),
      };
      return follow(studyUid, from, signal, standing);
    },
  };

  async function* follow(
    studyUid: string,
    from: Head,
    signal: AbortSignal,
    standing: Standing = { identity: async () => identity, changed: () => () => {} },
  ): AsyncGenerator<ReviewChange> {
    const watch = whileStanding(standing);
    const ends = AbortSignal.any([signal, watch.signal]);
    let at = from;
    try {
      do {
        const owner = await ownerOf(database, studyUid);
        const mayRead = async () => {
          const who = await watch.identity();
          return who !== undefined && owner !== undefined && reaches(reachOf(who, 'read'), owner);
        };
        if (owner === undefined) return;
        for (let page = PAGE; page === PAGE; ) {
          const marks = await marksAfter(database, studyUid, at.sequence, PAGE);
          for (const mark of marks) {
            if (ends.aborted || !(await mayRead())) return;
            at = { ...at, sequence: mark.sequence };
            yield { mark, at };
          }
          page = marks.length;
        }
        for (const report of await reportsAfter(database, studyUid, at.version)) {
          if (!(await mayRead())) return;
          at = { ...at, version: report.version };
          yield { report, at };
        }
      } while (await feed.beyond(studyUid, at, ends));
    } finally {
      watch.end();
    }
  }
}
