import { createHash } from 'node:crypto';
import {
  foldMarks,
  type KeptMark,
  ReportContent,
  readyToSign,
  reportContent,
  reviewedFindings,
  type SigningObstacle,
} from '@promontory/core/review';
import { ownerOf } from '../archive/index.ts';
import { canonicalJson } from '../audit/index.ts';
import type { Blobs } from '../ports/blobs/index.ts';
import type { Sql } from '../ports/database/index.ts';
import { type Gate, lockStudy, markReviewed, type ReadingRecord, readingById } from '../readings/index.ts';
import { displayNameOf, marksAfter, marksHeld } from './mark-rows.ts';
import { openReading } from './open-reading.ts';
import { insertReport, type ReportEntry, reportsAfter } from './report-rows.ts';
import { type ReviewReason, ReviewRefused } from './review-refused.ts';

export interface SignRequest {
  readonly studyUid: string;
  /** Absent: the report stands on people's words and measurements alone. */
  readonly readingId?: string | undefined;
  /** The last mark that the signer has seen. */
  readonly sequence: number;
  /** BCP 47. */
  readonly language: string;
  /** Why a signed report is signed again. */
  readonly reason?: string | undefined;
}

export interface SignPorts {
  readonly blobs: Blobs;
  readonly newId: () => string;
  readonly now: () => Date;
}

/** What a report is made from, as it was when it was asked for. */
interface Ground {
  readonly reading?: ReadingRecord;
  readonly marks: readonly KeptMark[];
  readonly reports: readonly ReportEntry[];
}

/**
 * Signs what the marks make of a reading: composed here from what is kept, never from what a browser says. Bytes are read
 * and the report is composed outside of any transaction; the last one holds that nothing was added meanwhile. The same
 * asked again by the same person is answered by the report that is there.
 * @returns undefined where the study may not be signed, or is not there
 * @throws ReviewRefused
 */
export async function signReport(
  asked: SignRequest,
  signer: string,
  gate: Gate,
  ports: SignPorts,
): Promise<ReportEntry | undefined> {
  const { studyUid } = asked;
  const ground = await gate.within(
    'sign',
    (sql) => ownerOf(sql, studyUid),
    (sql) => groundOf(sql, asked),
  );
  if (ground === undefined) return undefined;
  const before = repeated(asked, signer, ground.reports);
  if (before !== undefined) return before;
  const content = await composed(asked, ground, ports.blobs);
  const text = canonicalJson(content);
  return gate.within(
    'sign',
    (sql) => lockStudy(sql, studyUid),
    async (sql, owner, note) => {
      const reports = await reportsAfter(sql, studyUid, 0);
      const meanwhile = repeated(asked, signer, reports);
      if (meanwhile !== undefined) return meanwhile;
      if (reports.length !== ground.reports.length) throw changed();
      await groundStands(sql, asked);
      const report: ReportEntry = {
        reportId: ports.newId(),
        studyUid,
        version: content.version,
        kind: content.kind,
        signedBy: signer,
        signedByName: (await displayNameOf(sql, signer)) ?? '',
        signedAt: ports.now(),
        sequence: asked.sequence,
        ...(asked.readingId !== undefined && { readingId: asked.readingId }),
        language: asked.language,
        sha256: createHash('sha256').update(text).digest('hex'),
        ...(content.reason !== undefined && { reason: content.reason }),
      };
      await insertReport(sql, { ...report, content: text });
      if (asked.readingId !== undefined) await markReviewed(sql, asked.readingId);
      note('report-sign', owner, {
        report: report.reportId,
        version: report.version,
        kind: report.kind,
        sequence: report.sequence,
        sha256: report.sha256,
        attested: true,
        ...(asked.readingId !== undefined && { reading: asked.readingId }),
      });
      return report;
    },
  );
}

const changed = () =>
  new ReviewRefused('changed', 'Somebody has added to this study since. Look at it and sign again.');

async function groundOf(sql: Sql, asked: SignRequest): Promise<Ground> {
  const reading = await groundStands(sql, asked);
  return {
    ...(reading !== undefined && { reading }),
    marks: await marksAfter(sql, asked.studyUid, 0),
    reports: await reportsAfter(sql, asked.studyUid, 0),
  };
}

/** @throws ReviewRefused unless the reading is one to sign on, and the signer has seen all marks */
async function groundStands(sql: Sql, asked: SignRequest): Promise<ReadingRecord | undefined> {
  const { studyUid, readingId, sequence } = asked;
  const reading = readingId === undefined ? undefined : await readingById(sql, readingId);
  if (readingId !== undefined && (reading?.studyUid !== studyUid || reading.outcome !== 'read'))
    throw new ReviewRefused('no-such-reading', 'There is no such reading of this study.');
  if (reading?.status === 'superseded')
    throw new ReviewRefused('superseded', 'The study has grown, or was read again, since this reading.');
  if ((await marksHeld(sql, studyUid)).sequence !== sequence) throw changed();
  return reading;
}

/** An answer that was lost on its way is asked for again: that signs nothing twice. */
function repeated(
  asked: SignRequest,
  signer: string,
  reports: readonly ReportEntry[],
): ReportEntry | undefined {
  const last = reports.at(-1);
  const isSame =
    last !== undefined &&
    last.signedBy === signer &&
    last.sequence === asked.sequence &&
    last.readingId === asked.readingId &&
    last.language === asked.language &&
    last.reason === asked.reason;
  return isSame ? last : undefined;
}

const REASON_OF: Readonly<Partial<Record<SigningObstacle, ReviewReason>>> = {
  conflicts: 'conflicts',
  'reason-needed': 'reason-needed',
};
const MESSAGES: Readonly<Partial<Record<ReviewReason, string>>> = {
  conflicts: 'Marks of two people stand against each other. Settle them first.',
  'reason-needed': 'A signed report is amended with a reason.',
  'not-ready': 'The report cannot be signed yet.',
};

async function composed(
  asked: SignRequest,
  { reading, marks, reports }: Ground,
  blobs: Blobs,
): Promise<ReportContent> {
  const { studyUid, readingId, language, reason } = asked;
  const review = foldMarks(
    marks.filter(({ sequence }) => sequence <= asked.sequence),
    readingId === undefined ? {} : { readingId },
  );
  const opened = reading && (await openReading(reading, blobs));
  const reviewed = opened && reviewedFindings(opened.findings, opened.outline, review);
  const input = { reviewed, review, reports, reason };
  const { obstacles } = readyToSign(input);
  const [first] = obstacles;
  if (first !== undefined) {
    const why = REASON_OF[first] ?? 'not-ready';
    throw new ReviewRefused(why, MESSAGES[why] ?? '', why === 'not-ready' ? obstacles : []);
  }
  const findingsSha256 = reading?.files.find(({ name }) => name === 'findings.json')?.sha256;
  const content = ReportContent.safeParse(
    reportContent({ ...input, language, studyInstanceUid: studyUid, findingsSha256 }),
  );
  if (content.success) return content.data;
  if (content.error.issues.some(({ code }) => code === 'too_big'))
    throw new ReviewRefused('not-ready', 'There is more than a report holds.', ['too-much']);
  // A defect of ours: nothing is signed that could not be read again.
  throw new Error('The report that was composed is none.');
}
