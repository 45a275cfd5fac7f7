import { type Deed, type Identity, reaches, reachOf } from '../access/index.ts';
import type { StudyOwner } from '../archive/index.ts';
import { type AuditAction, type AuditEvent, appendAudit } from '../audit/index.ts';
import type { Database, Sql } from '../ports/database/index.ts';

/** Adds to the audit of a deed. */
export type Note = (
  action: AuditAction,
  owner: StudyOwner | undefined,
  detail: NonNullable<AuditEvent['detail']>,
) => void;

/** How one identity gets at studies, like the archive's: every deed judged by the study, and audited in its transaction. */
export interface Gate {
  /** A deed on one study: what is out of reach answers as what is not there, and the refusal is noted. */
  within<T>(
    deed: Deed,
    find: (sql: Sql) => Promise<StudyOwner | undefined>,
    work: (sql: Sql, owner: StudyOwner, note: Note) => Promise<T | undefined>,
  ): Promise<T | undefined>;
  /** The deed and its audit in one transaction; the audit last, for its lock is the one all wait for. */
  deed<T>(work: (sql: Sql, note: Note) => Promise<T>): Promise<T>;
}

export function gateFor(
  identity: Identity,
  { database, now }: { readonly database: Database; readonly now: () => Date },
): Gate {
  const { actor, address } = identity;
  const deed: Gate['deed'] = (work) =>
    database.transaction(async (sql) => {
      const events: AuditEvent[] = [];
      const result = await work(sql, (action, owner, detail) =>
        events.push({
          action,
          outcome: action === 'refusal' ? 'refused' : 'success',
          actor,
          ...(address !== undefined && { address }),
          ...(owner !== undefined && { studyUid: owner.studyUid, patientKey: owner.patientKey }),
          detail,
        }),
      );
      if (events.length > 0) await appendAudit(sql, now(), ...events);
      return result;
    });
  return {
    deed,
    within: (what, find, work) =>
      deed(async (sql, note) => {
        const owner = await find(sql);
        if (owner === undefined) return undefined;
        if (reaches(reachOf(identity, what), owner)) return work(sql, owner, note);
        note('refusal', owner, { deed: what });
        return undefined;
      }),
  };
}
