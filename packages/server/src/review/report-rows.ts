/** Every statement on reports, by name. */
import type { Sql } from '../ports/database/index.ts';

/** A report as it is listed: all but its content. */
export interface ReportEntry {
  readonly reportId: string;
  readonly studyUid: string;
  /** Of the study, from 1. */
  readonly version: number;
  /** The first of a study is signed, all later ones amend it. */
  readonly kind: 'signed' | 'amended';
  /** The account. */
  readonly signedBy: string;
  readonly signedByName: string;
  readonly signedAt: Date;
  /** The marks up to this one stand in it. */
  readonly sequence: number;
  readonly readingId?: string;
  readonly language: string;
  /** Of the content, as canonical JSON in UTF-8. */
  readonly sha256: string;
  readonly reason?: string;
}

export interface SignedReport extends ReportEntry {
  /** Canonical JSON. */
  readonly content: string;
}

interface Row {
  readonly report_id: string;
  readonly study_uid: string;
  readonly version: number;
  readonly kind: ReportEntry['kind'];
  readonly signed_by: string;
  readonly signed_by_name: string;
  readonly signed_at: Date;
  readonly sequence: number;
  readonly reading_id: string | null;
  readonly language: string;
  readonly sha256: string;
  readonly reason: string | null;
}

const COLUMNS = `report_id, study_uid, version, kind, signed_by, signed_by_name, signed_at, sequence, reading_id,
  language, sha256, reason`;

const entryOf = (row: Row): ReportEntry => ({
  reportId: row.report_id,
  studyUid: row.study_uid,
  version: row.version,
  kind: row.kind,
  signedBy: row.signed_by,
  signedByName: row.signed_by_name,
  signedAt: row.signed_at,
  sequence: row.sequence,
  ...(row.reading_id !== null && { readingId: row.reading_id }),
  language: row.language,
  sha256: row.sha256,
  ...(row.reason !== null && { reason: row.reason }),
});

/** The first version first. */
export async function reportsAfter(sql: Sql, studyUid: string, version: number): Promise<ReportEntry[]> {
  const rows = await sql.query<Row>(
    `select ${COLUMNS} from report where study_uid = $1 and version > $2 order by version`,
    [studyUid, version],
  );
  return rows.map(entryOf);
}

export async function lastReport(sql: Sql, studyUid: string): Promise<ReportEntry | undefined> {
  const [row] = await sql.query<Row>(
    `select ${COLUMNS} from report where study_uid = $1 order by version desc limit 1`,
    [studyUid],
  );
  return row && entryOf(row);
}

export async function reportById(sql: Sql, reportId: string): Promise<SignedReport | undefined> {
  const [row] = await sql.query<Row & { content: string }>(
    `select ${COLUMNS}, content from report where report_id = $1`,
    [reportId],
  );
  return row && { ...entryOf(row), content: row.content };
}

export async function insertReport(sql: Sql, report: SignedReport): Promise<void> {
  await sql.query(
    `insert into report (report_id, study_uid, version, kind, signed_by, signed_by_name, signed_at, sequence, reading_id,
       language, sha256, reason, content)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      report.reportId,
      report.studyUid,
      report.version,
      report.kind,
      report.signedBy,
      report.signedByName,
      report.signedAt.toISOString(),
      report.sequence,
      report.readingId ?? null,
      report.language,
      report.sha256,
      report.reason ?? null,
      report.content,
    ],
  );
}
