/** Every statement of an erasure, by name. */
import type { Sql } from '../ports/database/index.ts';
import { asText, dependentsOfStudy, tablesWith, textTables } from './catalog.ts';

export type ErasureTarget = { readonly patientKey: string } | { readonly studyUid: string };

export interface ErasingStudy {
  readonly studyUid: string;
  readonly projectId: string;
  readonly patientKey: string;
  readonly instanceCount: number;
}

/** What is about to go, and by what it could be recognised afterwards. Never leaves this process. */
export interface Erasing {
  readonly patientKey: string;
  readonly studies: readonly ErasingStudy[];
  /** No study of the patient is left: what else names the patient goes, too. */
  readonly patientGone: boolean;
  readonly patients: readonly {
    readonly patientId?: string;
    readonly patientName?: string;
    readonly birthDate?: string;
  }[];
  /** Of studies, series and instances. */
  readonly uids: readonly string[];
  /** Studies of the patient that went before: other tables may still speak of them. */
  readonly formerStudyUids: readonly string[];
}

/** Locked until the commit, in the order in which senders lock them. */
export function studiesToErase(sql: Sql, target: ErasureTarget): Promise<ErasingStudy[]> {
  const [column, value] =
    'patientKey' in target ? ['patient_key', target.patientKey] : ['study_uid', target.studyUid];
  return sql.query<ErasingStudy>(
    `select study_uid as "studyUid", project_id as "projectId", patient_key as "patientKey",
       instance_count as "instanceCount" from study where ${column} = $1 order by study_uid for update`,
    [value],
  );
}

/** Whether anything beside studies and audit holds the patient's key. */
export async function isNamedElsewhere(sql: Sql, patientKey: string): Promise<boolean> {
  for (const table of await ownTables(sql, 'patient_key')) {
    const rows = await sql.query(`select 1 from ${table} where patient_key = $1 limit 1`, [patientKey]);
    if (rows.length > 0) return true;
  }
  return false;
}

export async function describeErasing(
  sql: Sql,
  patientKey: string,
  studies: readonly ErasingStudy[],
): Promise<Erasing> {
  const studyUids = studies.map(({ studyUid }) => studyUid);
  const others = await sql.query(
    'select 1 from study where patient_key = $1 and not study_uid = any($2) limit 1',
    [patientKey, studyUids],
  );
  const patients = await sql.query<Record<'id' | 'name' | 'born', string | null>>(
    'select distinct patient_id as id, patient_name as name, birth_date as born from study where study_uid = any($1)',
    [studyUids],
  );
  const uids = await sql.query<{ uid: string }>(
    `select series_uid as uid from series where study_uid = any($1)
     union all select sop_uid from instance where study_uid = any($1)`,
    [studyUids],
  );
  const patientGone = others.length === 0;
  const formerStudyUids = patientGone ? await formerStudies(sql, patientKey, studyUids) : [];
  return {
    patientKey,
    studies,
    patientGone,
    formerStudyUids,
    patients: patients.map(({ id, name, born }) => ({
      ...(id === null ? {} : { patientId: id }),
      ...(name === null ? {} : { patientName: name }),
      ...(born === null ? {} : { birthDate: born }),
    })),
    uids: [...studyUids, ...formerStudyUids, ...uids.map(({ uid }) => uid)],
  };
}

/** As the audit knows them, but for those whose UID is another patient's now. */
async function formerStudies(sql: Sql, patientKey: string, now: readonly string[]): Promise<string[]> {
  const rows = await sql.query<{ study_uid: string }>(
    `select distinct study_uid from audit_event as e where patient_key = $1 and study_uid is not null
       and not study_uid = any($2) and not exists (select 1 from study where study.study_uid = e.study_uid)`,
    [patientKey, now],
  );
  return rows.map((row) => row.study_uid);
}

/** What went: rows by table, and the names of the files. */
export interface Erased {
  readonly rows: Readonly<Record<string, number>>;
  /** SHA-256 of instances and results, sorted. */
  readonly hashes: readonly string[];
  /** Those that another study still uses. */
  readonly shared: readonly string[];
}

export async function eraseRows(sql: Sql, erasing: Erasing, patientHash: string, now: Date): Promise<Erased> {
  const studyUids = erasing.studies.map(({ studyUid }) => studyUid);
  const rows: Record<string, number> = {};
  const hashes = new Set<string>();
  const withBytes = await bytesTables(sql);
  for (const { table, where } of await dependentsOfStudy(sql)) {
    const [counted] = await sql.query<{ n: number }>(
      `select count(*)::int as n from ${table} where ${where}`,
      [studyUids],
    );
    rows[table] = counted?.n ?? 0;
    if (!withBytes.includes(table)) continue;
    const found = await sql.query<{ sha256: string }>(`select distinct sha256 from ${table} where ${where}`, [
      studyUids,
    ]);
    for (const { sha256 } of found) hashes.add(sha256);
  }
  const everyUid = [...studyUids, ...erasing.formerStudyUids];
  for (const sha256 of await bytesInPacs(sql, everyUid, now)) hashes.add(sha256);
  await eraseJobs(sql, everyUid, rows);
  await sql.query('delete from study where study_uid = any($1)', [studyUids]);
  await eraseFrom(sql, 'study_uid', everyUid, rows);
  if (erasing.patientGone) {
    await eraseFrom(sql, 'patient_key', [erasing.patientKey], rows);
    if ((rows.consent ?? 0) > 0)
      await sql.query(
        `insert into consent_tombstone (patient_hash, at) values ($1, $2::timestamptz)
         on conflict (patient_hash) do update set at = excluded.at`,
        [patientHash, now.toISOString()],
      );
  }
  const all = [...hashes].sort();
  const shared = await hashesInUse(sql, all);
  await sql.query(
    `insert into blob_to_remove (sha256, since) select h, $2::timestamptz from unnest($1::text[]) as h
     on conflict do nothing`,
    [all.filter((hash) => !shared.includes(hash)), now.toISOString()],
  );
  return { rows, hashes: all, shared };
}

/**
 * Bytes of the studies that lie in a PACS, those included that were never acknowledged: none is brought in again. Where
 * they lie is forgotten when the copy there was judged.
 */
async function bytesInPacs(sql: Sql, studyUids: readonly string[], now: Date): Promise<string[]> {
  const rows = await sql.query<{ sha256: string }>(
    `with placed as (select sop_hash, study_hash, sha256 from pacs_instance where study = any($1)),
       buried as (insert into pacs_tombstone (sop_hash, study_hash, sha256, at)
         select sop_hash, study_hash, sha256, $2::timestamptz from placed
         on conflict (sop_hash) do update set sha256 = excluded.sha256, at = excluded.at, held = true)
     select sha256 from placed`,
    [studyUids, now.toISOString()],
  );
  return rows.map(({ sha256 }) => sha256);
}

/** Of these bytes, how many the PACS has copies of still. */
export async function copiesLeftInPacs(sql: Sql, hashes: readonly string[]): Promise<number> {
  const [row] = await sql.query<{ n: number }>(
    'select count(*)::int as n from pacs_tombstone where held and sha256 = any($1)',
    [hashes],
  );
  return row?.n ?? 0;
}

/** Jobs that speak of the studies, in whatever schema the queue keeps them. */
async function eraseJobs(
  sql: Sql,
  studyUids: readonly string[],
  rows: Record<string, number>,
): Promise<void> {
  for (const { table, columns } of await textTables(sql, true)) {
    // Ours are in `public`, whose names PostgreSQL gives without their schema.
    if (!table.includes('.') || !columns.some(({ name }) => name === 'data')) continue;
    const gone = await sql.query(
      `delete from ${table} where exists (select 1
         from regexp_matches(concat_ws(' ', ${columns.map(asText).join(', ')}), '${UID}', 'g') as m (found)
         where m.found[1] = any($1)) returning 1 as one`,
      [studyUids],
    );
    if (gone.length > 0) rows[table] = gone.length;
  }
}

/** A UID within any text; `$` free, for it stands in statements. */
export const UID = '[0-9]+(?:\\.[0-9]+)+';

/** The audit is kept by law and append-only; `study` and what hangs on it has its own statement. */
async function ownTables(sql: Sql, column: string): Promise<string[]> {
  return (await tablesWith(sql, column)).filter((table) => !['audit_event', 'study'].includes(table));
}

async function eraseFrom(
  sql: Sql,
  column: 'study_uid' | 'patient_key',
  values: readonly string[],
  rows: Record<string, number>,
): Promise<void> {
  for (const table of await ownTables(sql, column)) {
    const gone = await sql.query(`delete from ${table} where ${column} = any($1) returning 1 as one`, [
      values,
    ]);
    if (gone.length > 0) rows[table] = (rows[table] ?? 0) + gone.length;
  }
}

/** Tables whose rows name bytes that are kept: those with the columns `sha256` and `size`. */
async function bytesTables(sql: Sql): Promise<string[]> {
  const sized = await tablesWith(sql, 'size');
  return (await tablesWith(sql, 'sha256')).filter((table) => sized.includes(table));
}

/** Of these, the hashes that some row still names. */
async function hashesInUse(sql: Sql, hashes: readonly string[]): Promise<string[]> {
  if (hashes.length === 0) return [];
  const tables = await bytesTables(sql);
  const used = await sql.query<{ sha256: string }>(
    tables.map((table) => `select sha256 from ${table} where sha256 = any($1)`).join(' union '),
    [hashes],
  );
  return used.map(({ sha256 }) => sha256).sort();
}

export async function addErasure(sql: Sql, id: string, at: Date, record: string): Promise<void> {
  await sql.query('insert into erasure (erasure_id, at, record) values ($1, $2::timestamptz, $3)', [
    id,
    at.toISOString(),
    record,
  ]);
}

export async function keepProof(sql: Sql, id: string, proof: string): Promise<void> {
  await sql.query('update erasure set proof = $2 where erasure_id = $1', [id, proof]);
}

export async function erasureOf(
  sql: Sql,
  id: string,
): Promise<{ record: string; proof: string | null } | undefined> {
  const [row] = await sql.query<{ record: string; proof: string | null }>(
    'select record, proof from erasure where erasure_id = $1',
    [id],
  );
  return row;
}

export async function unprovenErasures(sql: Sql): Promise<{ id: string; record: string }[]> {
  return sql.query<{ id: string; record: string }>(
    'select erasure_id::text as id, record from erasure where proof is null order by at',
  );
}

/** What the audit says was erased: patient keys and study UIDs, which it is bound to keep. */
export async function erasedByAudit(
  sql: Sql,
  erasureId: string,
): Promise<{ patientKeys: string[]; studyUids: string[] }> {
  const rows = await sql.query<{ patient_key: string | null; study_uid: string | null }>(
    `select patient_key, study_uid from audit_event where action = 'erase' and body like $1`,
    [`%"erasure":"${erasureId}"%`],
  );
  const distinct = (texts: readonly (string | null)[]) => [...new Set(texts.filter((t) => t !== null))];
  return {
    patientKeys: distinct(rows.map((row) => row.patient_key)),
    studyUids: distinct(rows.map((row) => row.study_uid)),
  };
}
