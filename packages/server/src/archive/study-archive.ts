import { type Deed, type Identity, mayAnywhere, reaches, reachOf } from '../access/index.ts';
import { type AuditAction, type AuditEvent, appendAudit } from '../audit/index.ts';
import type { Sql } from '../ports/database/index.ts';
import type { ReadPurpose, Records } from './records.ts';
import { instancesIn, metadataIn, ownerOf } from './retrieve-rows.ts';
import { deleteInstances, type StudyOwner } from './rows.ts';
import { searchIndex } from './search.ts';
import { type StorePorts, storeParts } from './store.ts';
import type { StudyQuery } from './study-query.ts';
import type { InstanceRecord, Scope, SearchResult, StoreOptions, StoreOutcome } from './types.ts';

/** The archive as one identity may use it: see `Records`. */
export class StudyArchive implements Records {
  readonly #identity: Identity;
  readonly #ports: StorePorts;
  /** What this gate has given out; bytes are opened for nothing else. */
  readonly #given = new WeakSet<InstanceRecord>();

  constructor(identity: Identity, ports: StorePorts) {
    this.#identity = identity;
    this.#ports = ports;
  }

  store(
    parts: AsyncIterable<AsyncIterable<Uint8Array>>,
    options: StoreOptions = {},
  ): Promise<StoreOutcome[]> {
    return storeParts(parts, this.#identity, options, this.#ports);
  }

  async search(query: StudyQuery): Promise<SearchResult> {
    return this.#deed(async (sql, audit) => {
      const result = await searchIndex(sql, query, reachOf(this.#identity, 'search'));
      audit('search', mayAnywhere(this.#identity, 'search') ? 'success' : 'refused', undefined, {
        level: query.level,
        keys: [...query.matches.keys()].map((tag) => tag.toString(16).padStart(8, '0')),
        answers: result.rows.length,
      });
      return result;
    });
  }

  async instances(scope: Scope, purpose: ReadPurpose): Promise<InstanceRecord[]> {
    const deed = purpose === 'export' ? 'export' : 'read';
    return this.#within(scope, deed, [], async (sql, owner, audit) => {
      const found = await instancesIn(sql, scope);
      for (const record of found) this.#given.add(record);
      if (found.length > 0)
        audit(deed, 'success', owner, { purpose, ...namesOf(scope), instances: found.length });
      return found;
    });
  }

  async metadata(scope: Scope, baseUrl: string): Promise<string[]> {
    return this.#within(scope, 'read', [], async (sql, owner, audit) => {
      const found = await metadataIn(sql, scope);
      if (found.length > 0)
        audit('read', 'success', owner, { purpose: 'metadata', ...namesOf(scope), instances: found.length });
      const prefix = `${baseUrl}/studies/${scope.studyUid}/series/`;
      // A quotation mark within a text is escaped in JSON: only the key itself matches.
      return found.map(({ seriesUid, sopUid, metadata }) =>
        metadata.replaceAll(
          '"BulkDataURI":"',
          () => `"BulkDataURI":"${prefix}${seriesUid}/instances/${sopUid}/`,
        ),
      );
    });
  }

  async open(instance: InstanceRecord): Promise<AsyncIterable<Uint8Array>> {
    if (!this.#given.has(instance)) throw new Error('The gate has not given this instance.');
    return this.#ports.blobs.open(instance.sha256);
  }

  async remove(scope: Scope): Promise<number> {
    return this.#within(scope, 'delete', 0, async (sql, owner, audit) => {
      const count = await deleteInstances(sql, scope, this.#ports.now());
      if (count > 0) audit('delete', 'success', owner, { ...namesOf(scope), instances: count });
      return count;
    });
  }

  /** A deed on one study: what is out of reach answers as what is not there, and the refusal is noted. */
  #within<T>(
    scope: Scope,
    deed: Deed,
    absent: T,
    work: (sql: Sql, owner: StudyOwner, audit: Note) => Promise<T>,
  ): Promise<T> {
    return this.#deed(async (sql, audit) => {
      const owner = await ownerOf(sql, scope.studyUid);
      if (owner === undefined) return absent;
      if (!reaches(reachOf(this.#identity, deed), owner)) {
        audit('refusal', 'refused', owner, { deed, ...namesOf(scope) });
        return absent;
      }
      return work(sql, owner, audit);
    });
  }

  /** The deed and its audit in one transaction; the audit last, for its lock is the one all wait for. */
  #deed<T>(work: (sql: Sql, audit: Note) => Promise<T>): Promise<T> {
    const { actor, address } = this.#identity;
    return this.#ports.database.transaction(async (sql) => {
      const events: AuditEvent[] = [];
      const result = await work(sql, (action, outcome, owner, detail) =>
        events.push({
          action,
          outcome,
          actor,
          ...(address === undefined ? {} : { address }),
          ...(owner === undefined ? {} : { studyUid: owner.studyUid, patientKey: owner.patientKey }),
          detail,
        }),
      );
      if (events.length > 0) await appendAudit(sql, this.#ports.now(), ...events);
      return result;
    });
  }
}

type Note = (
  action: AuditAction,
  outcome: AuditEvent['outcome'],
  owner: StudyOwner | undefined,
  detail: NonNullable<AuditEvent['detail']>,
) => void;

const namesOf = ({ seriesUid, sopUid }: Scope) => ({
  ...(seriesUid === undefined ? {} : { seriesInstanceUid: seriesUid }),
  ...(sopUid === undefined ? {} : { sopInstanceUid: sopUid }),
});
