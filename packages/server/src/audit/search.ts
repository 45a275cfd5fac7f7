/** The audit as it may be read: by those who may read all of it, and each reading is itself recorded. */
import type { Database, Sql } from '../ports/database/index.ts';
import { type Anchor, anchor } from './anchor.ts';
import { appendAudit } from './append.ts';
import { type AuditFilter, newestRows, oldestRows, readHead, type StoredRow } from './audit-rows.ts';
import type { AuditEvent, AuditRecord } from './event.ts';
import { type AuditVerdict, type VerifyOptions, verifyAudit } from './verify.ts';

/** Who asks. The policy stands above this room: its judgement is handed in. */
export interface AuditReader {
  readonly actor: string;
  readonly address?: string;
  /** The deed `read-audit` over all projects. */
  readonly mayReadAudit: boolean;
}

/** A record with its place in the chain. */
export interface ChainedRecord {
  readonly record: AuditRecord;
  /** The bytes that were hashed. */
  readonly body: string;
  readonly previous: string;
  readonly hash: string;
}

export interface AuditPage {
  /** Newest first. */
  readonly records: readonly ChainedRecord[];
  /** Given as `before`, it brings the next page; absent on the last. */
  readonly next?: number;
}

export interface AuditLog {
  /** @throws AuditForbidden */
  search(
    reader: AuditReader,
    filter: AuditFilter,
    page?: { readonly before?: number; readonly limit?: number },
  ): Promise<AuditPage>;
  /**
   * All records of the filter, oldest first, in pages: those that stood in the chain when it began. The reading is
   * recorded before the first page. @throws AuditForbidden
   */
  export(
    reader: AuditReader,
    filter: AuditFilter,
    format: string,
  ): Promise<AsyncIterable<readonly ChainedRecord[]>>;
  /** @throws AuditForbidden */
  verify(reader: AuditReader, options?: VerifyOptions): Promise<AuditVerdict>;
  /** @throws AuditForbidden */
  anchor(reader: AuditReader): Promise<Anchor>;
}

/** The identity may not read the audit of the whole server. No retry helps; the attempt was recorded. */
export class AuditForbidden extends Error {
  override readonly name = 'AuditForbidden';
}

export const PAGE_LIMIT = 1_000;
const PAGE = 100;
const EXPORT_PAGE = 500;

export function auditLog(ports: { readonly database: Database; readonly now: () => Date }): AuditLog {
  const { database, now } = ports;

  const eventOf = (
    { actor, address }: AuditReader,
    event: Pick<AuditEvent, 'action' | 'outcome' | 'detail' | 'studyUid' | 'patientKey'>,
  ): AuditEvent => ({ ...event, actor, ...(address === undefined ? {} : { address }) });

  async function judge(reader: AuditReader, purpose: string): Promise<void> {
    if (reader.mayReadAudit) return;
    await database.transaction((sql) =>
      appendAudit(
        sql,
        now(),
        eventOf(reader, {
          action: 'refusal',
          outcome: 'refused',
          detail: { deed: 'read-audit', purpose },
        }),
      ),
    );
    throw new AuditForbidden('The audit may be read with that right over all projects only.');
  }

  const noted = (
    sql: Sql,
    reader: AuditReader,
    filter: AuditFilter,
    detail: NonNullable<AuditEvent['detail']>,
  ): Promise<void> =>
    appendAudit(
      sql,
      now(),
      eventOf(reader, {
        action: 'audit-read',
        outcome: 'success',
        ...(filter.studyUid === undefined ? {} : { studyUid: filter.studyUid }),
        ...(filter.patientKey === undefined ? {} : { patientKey: filter.patientKey }),
        detail: { ...detail, filters: namesOf(filter) },
      }),
    );

  return {
    async search(reader, filter, page = {}) {
      await judge(reader, 'search');
      const limit = Math.min(Math.max(page.limit ?? PAGE, 1), PAGE_LIMIT);
      return database.transaction(async (sql) => {
        const rows = await newestRows(sql, filter, page.before, limit + 1);
        const records = rows.slice(0, limit).map(chained);
        await noted(sql, reader, filter, { purpose: 'search', records: records.length });
        const last = records.at(-1);
        return rows.length > limit && last !== undefined ? { records, next: last.record.seq } : { records };
      });
    },

    async export(reader, filter, format) {
      await judge(reader, 'export');
      const upTo = await database.transaction(async (sql) => {
        const head = await readHead(sql);
        await noted(sql, reader, filter, { purpose: 'export', format });
        return head?.seq ?? 0;
      });
      return pagesUpTo(database, filter, upTo);
    },

    async verify(reader, options) {
      await judge(reader, 'verify');
      const verdict = await verifyAudit(database, options);
      await database.transaction((sql) =>
        noted(
          sql,
          reader,
          {},
          {
            purpose: 'verify',
            whole: verdict.whole,
            records: verdict.records,
            ...(verdict.break === undefined ? {} : { break: verdict.break.kind, breakAt: verdict.break.seq }),
          },
        ),
      );
      return verdict;
    },

    async anchor(reader) {
      await judge(reader, 'anchor');
      return database.transaction(async (sql) => {
        await noted(sql, reader, {}, { purpose: 'anchor' });
        return anchor(sql, now());
      });
    },
  };
}

const namesOf = (filter: AuditFilter): string[] =>
  Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name)
    .sort();

async function* pagesUpTo(
  sql: Sql,
  filter: AuditFilter,
  upTo: number,
): AsyncGenerator<readonly ChainedRecord[]> {
  let after = 0;
  for (;;) {
    const rows = await oldestRows(sql, filter, { after, upTo }, EXPORT_PAGE);
    if (rows.length > 0) yield rows.map(chained);
    if (rows.length < EXPORT_PAGE) return;
    after = (rows.at(-1) as StoredRow).seq;
  }
}

/** A record whose body was made unreadable is shown by its columns: listing goes on, verifying tells. */
export function chained(row: StoredRow): ChainedRecord {
  const { body, previous, hash } = row;
  return { record: recordOf(row), body, previous, hash };
}

function recordOf({ body, seq, at, action, outcome, actor }: StoredRow): AuditRecord {
  try {
    const record = JSON.parse(body) as AuditRecord;
    if (record.seq === seq && typeof record.actor === 'string') return record;
  } catch {
    // Below.
  }
  return { seq, at, action, outcome, actor, detail: { unreadable: true } } as AuditRecord;
}
