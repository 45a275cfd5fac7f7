/** Every statement on marks, by name. */
import type { KeptMark, Mark } from '@promontory/core/review';
import type { Sql } from '../ports/database/index.ts';

interface Row {
  readonly study_uid: string;
  readonly sequence: number;
  readonly mark_id: string;
  readonly author: string;
  readonly author_name: string;
  readonly body: string;
  readonly received_at: Date;
}

/** What the body holds: all of a mark but its id. */
type Body = Omit<Mark, 'markId'>;

const COLUMNS = 'study_uid, sequence, mark_id, author, author_name, body, received_at';

const keptOf = (row: Row): KeptMark => ({
  markId: row.mark_id,
  ...(JSON.parse(row.body) as Body),
  sequence: row.sequence,
  author: row.author,
  authorName: row.author_name,
  receivedAt: row.received_at.toISOString(),
});

/** In their order, after a sequence number. */
export async function marksAfter(
  sql: Sql,
  studyUid: string,
  after: number,
  limit?: number,
): Promise<KeptMark[]> {
  const rows = await sql.query<Row>(
    `select ${COLUMNS} from review_mark where study_uid = $1 and sequence > $2 order by sequence limit $3`,
    [studyUid, after, limit ?? null],
  );
  return rows.map(keptOf);
}

/** How much of a study's marks there is. */
export async function marksHeld(sql: Sql, studyUid: string): Promise<{ sequence: number; bytes: number }> {
  const [row] = await sql.query<{ sequence: number; bytes: number }>(
    `select coalesce(max(sequence), 0)::int as sequence, coalesce(sum(octet_length(body)), 0)::float8 as bytes
     from review_mark where study_uid = $1`,
    [studyUid],
  );
  return { sequence: row?.sequence ?? 0, bytes: row?.bytes ?? 0 };
}

/** Marks of these ids, whichever study they are of. */
export async function marksById(
  sql: Sql,
  markIds: readonly string[],
): Promise<{ readonly studyUid: string; readonly mark: KeptMark }[]> {
  const rows = await sql.query<Row>(`select ${COLUMNS} from review_mark where mark_id = any($1::uuid[])`, [
    markIds,
  ]);
  return rows.map((row) => ({ studyUid: row.study_uid, mark: keptOf(row) }));
}

export interface NewMark {
  readonly sequence: number;
  readonly markId: string;
  readonly kind: string;
  readonly readingId?: string;
  readonly body: string;
}

export async function insertMarks(
  sql: Sql,
  of: { readonly studyUid: string; readonly author: string; readonly authorName: string; readonly at: Date },
  marks: readonly NewMark[],
): Promise<void> {
  const column = <T>(pick: (mark: NewMark) => T) => marks.map(pick);
  await sql.query(
    `insert into review_mark (study_uid, author, author_name, received_at, sequence, mark_id, kind, reading_id, body)
     select $1, $2::uuid, $3, $4::timestamptz, m.*
     from unnest($5::int[], $6::uuid[], $7::text[], $8::uuid[], $9::text[]) as m`,
    [
      of.studyUid,
      of.author,
      of.authorName,
      of.at.toISOString(),
      column((m) => m.sequence),
      column((m) => m.markId),
      column((m) => m.kind),
      column((m) => m.readingId ?? null),
      column((m) => m.body),
    ],
  );
}

/** Which of these are readings of the study. */
export async function readingsAmong(
  sql: Sql,
  studyUid: string,
  readingIds: readonly string[],
): Promise<Set<string>> {
  const rows = await sql.query<{ reading_id: string }>(
    'select reading_id from reading where study_uid = $1 and reading_id = any($2::uuid[])',
    [studyUid, readingIds],
  );
  return new Set(rows.map((row) => row.reading_id));
}

/** Which of these are measurements of the study. */
export async function measurementsAmong(
  sql: Sql,
  studyUid: string,
  markIds: readonly string[],
): Promise<Set<string>> {
  const rows = await sql.query<{ mark_id: string }>(
    `select mark_id from review_mark where study_uid = $1 and kind = 'measurement' and mark_id = any($2::uuid[])`,
    [studyUid, markIds],
  );
  return new Set(rows.map((row) => row.mark_id));
}

/** Which of these instances the study has, each with its series: `SOP UID series UID`. */
export async function instancesAmong(
  sql: Sql,
  studyUid: string,
  sopUids: readonly string[],
): Promise<Set<string>> {
  const rows = await sql.query<{ place: string }>(
    `select sop_uid || ' ' || series_uid as place from instance where study_uid = $1 and sop_uid = any($2)`,
    [studyUid, sopUids],
  );
  return new Set(rows.map((row) => row.place));
}

/** As others know this person now. */
export async function displayNameOf(sql: Sql, accountId: string): Promise<string | undefined> {
  const [row] = await sql.query<{ display_name: string }>(
    'select display_name from account where account_id = $1',
    [accountId],
  );
  return row?.display_name;
}

/** How far marks and reports of a study are. */
export interface Head {
  readonly sequence: number;
  readonly version: number;
}

/** Of those of the studies that are there. */
export async function headsOf(sql: Sql, studyUids: readonly string[]): Promise<Map<string, Head>> {
  const rows = await sql.query<{ study_uid: string } & Head>(
    `select study_uid,
       coalesce((select max(sequence) from review_mark m where m.study_uid = s.study_uid), 0)::int as sequence,
       coalesce((select max(version) from report r where r.study_uid = s.study_uid), 0)::int as version
     from study s where study_uid = any($1)`,
    [studyUids],
  );
  return new Map(rows.map(({ study_uid, sequence, version }) => [study_uid, { sequence, version }]));
}
