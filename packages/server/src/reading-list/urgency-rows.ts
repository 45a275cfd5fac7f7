import type { Urgency } from '@promontory/core/report';
import type { Sql } from '../ports/database/index.ts';

export interface UnrankedReading {
  readonly readingId: string;
  readonly studyUid: string;
  readonly findingsSha256?: string;
}

/** Readings that hold and of which nobody has asked yet what they say of the order; the latest first. */
export async function unranked(sql: Sql, limit: number): Promise<UnrankedReading[]> {
  const rows = await sql.query<{ reading_id: string; study_uid: string; findings_sha256: string | null }>(
    `select reading_id, study_uid, findings_sha256 from reading
     where urgency_rank is null and outcome = 'read' and status in ('unreviewed', 'reviewed')
     order by created_at desc limit $1`,
    [limit],
  );
  return rows.map((row) => ({
    readingId: row.reading_id,
    studyUid: row.study_uid,
    ...(row.findings_sha256 !== null && { findingsSha256: row.findings_sha256 }),
  }));
}

export async function rank(sql: Sql, readingId: string, { rank, reasons }: Urgency): Promise<void> {
  await sql.query(
    `update reading set urgency_rank = $2, urgency_reasons = $3 where reading_id = $1 and urgency_rank is null`,
    [readingId, rank, JSON.stringify(reasons)],
  );
}
