/** Whether the chain is whole: nothing in it altered, taken away, put in or moved, and its end where the head says. */
import type { Sql } from '../ports/database/index.ts';
import type { Anchor } from './anchor.ts';
import { chainEnd, readHead, rowsAfter, rowsNaming, type StoredRow } from './audit-rows.ts';
import { chainHash, indexColumns, type Link } from './chain.ts';
import type { AuditRecord } from './event.ts';

/**
 * What is wrong, as far as the rest of the chain tells. That something is wrong is certain; of which kind is a
 * judgement: a record that was replaced by a rewritten one is `altered`, however it was done.
 */
export type BreakKind =
  /** Body, columns or hash are not what was written. */
  | 'altered'
  | 'removed'
  /** A record that was not written there, or one beyond the head. */
  | 'inserted'
  | 'reordered'
  /** The last records are gone: the head knows more. */
  | 'tail-cut'
  /** The head is gone, or does not seal the last record. */
  | 'head'
  /** The chain is whole in itself, but not the one that the anchor was taken from: it was written anew. */
  | 'anchor';

export interface AuditBreak {
  /** The first place where the chain is not what it was; of an `anchor` break the last, the first is unknown. */
  readonly seq: number;
  readonly kind: BreakKind;
}

export interface AuditVerdict {
  readonly whole: boolean;
  /** Records found good before the end or the break. */
  readonly records: number;
  /** The last good record: kept elsewhere, it is the next anchor. */
  readonly last: Link;
  readonly break?: AuditBreak;
}

export interface VerifyOptions {
  /** Kept apart from the database; without one, a chain that was written anew from some place on passes. */
  readonly anchor?: Anchor;
  /** Told after each page how far it is. */
  readonly progress?: (seq: number) => void;
  readonly pageSize?: number;
}

const PAGE = 1_000;

/** Reads all records once. Records may be added meanwhile; they are looked at too. */
export async function verifyAudit(sql: Sql, options: VerifyOptions = {}): Promise<AuditVerdict> {
  const { anchor, progress, pageSize = PAGE } = options;
  let last: Link = { seq: 0, hash: '' };
  let cursor: number | undefined;
  const broken = (at: AuditBreak): AuditVerdict => ({ whole: false, records: last.seq, last, break: at });
  for (;;) {
    const page = await rowsAfter(sql, cursor, pageSize);
    for (const row of page) {
      if (!follows(last, row)) return broken(await kindOf(sql, last, row));
      last = { seq: row.seq, hash: row.hash };
      cursor = row.seq;
      if (anchor?.seq === row.seq && anchor.hash !== row.hash)
        return broken({ seq: row.seq, kind: 'anchor' });
    }
    progress?.(last.seq);
    if (page.length === pageSize) continue;
    const end = await chainEnd(sql);
    if (end.last > last.seq) continue;
    if (end.head === undefined) return broken({ seq: last.seq, kind: 'head' });
    if (end.head.seq > last.seq) return broken({ seq: last.seq + 1, kind: 'tail-cut' });
    if (end.head.seq < last.seq) return broken({ seq: end.head.seq + 1, kind: 'inserted' });
    if (end.head.hash !== last.hash) return broken({ seq: last.seq, kind: 'head' });
    if (anchor !== undefined && anchor.seq > last.seq) return broken({ seq: last.seq + 1, kind: 'anchor' });
    return { whole: true, records: last.seq, last };
  }
}

function follows(last: Link, row: StoredRow): boolean {
  if (row.seq !== last.seq + 1 || row.previous !== last.hash) return false;
  if (chainHash(row.previous, row.body) !== row.hash) return false;
  const record = recordOf(row.body);
  if (record?.seq !== row.seq) return false;
  const columns = indexColumns(record);
  return (
    row.at === microseconds(columns.at) &&
    row.action === columns.action &&
    row.outcome === columns.outcome &&
    row.actor === columns.actor &&
    row.studyUid === columns.studyUid &&
    row.patientKey === columns.patientKey
  );
}

/** `toISOString` writes milliseconds; what was put into the column behind them would else go unseen. */
const microseconds = (at: string): string => at.replace(/Z$/, '000Z');

/** What the body says, where it says all that a record must: a forged one may say anything. */
function recordOf(body: string): AuditRecord | undefined {
  try {
    const record = JSON.parse(body);
    const { seq, at, action, outcome, actor, studyUid = '', patientKey = '' } = record;
    const texts = [at, action, outcome, actor, studyUid, patientKey];
    return typeof seq === 'number' && texts.every((t) => typeof t === 'string') ? record : undefined;
  } catch {
    return undefined;
  }
}

async function kindOf(sql: Sql, last: Link, row: StoredRow): Promise<AuditBreak> {
  const seq = last.seq + 1;
  if (row.seq < seq) return { seq: row.seq, kind: 'inserted' };
  const head = await readHead(sql);
  if (head !== undefined && head.seq < seq) return { seq: row.seq, kind: 'inserted' };
  const claimed = recordOf(row.body)?.seq;
  const ownHash = chainHash(row.previous, row.body) === row.hash;
  const here = row.seq === seq;
  // The record that was written here stands elsewhere?
  const moved = (await rowsNaming(sql, seq)).some(
    (other) =>
      other.seq !== seq &&
      recordOf(other.body)?.seq === seq &&
      [other.hash, here ? row.hash : ''].includes(chainHash(last.hash, other.body)),
  );
  if (moved) return { seq, kind: !here || (claimed ?? 0) > seq ? 'reordered' : 'inserted' };
  if (!here) return { seq, kind: 'removed' };
  if (ownHash && claimed !== undefined && claimed > seq) return { seq, kind: 'removed' };
  // An older record was pushed here by one that stands in its place.
  if (ownHash && claimed !== undefined && claimed < seq) return { seq: claimed, kind: 'inserted' };
  return { seq, kind: 'altered' };
}
