import type { StudyQuery } from './study-query.ts';
import type { InstanceRecord, Scope, SearchResult, StoreOptions, StoreOutcome } from './types.ts';

export type ReadPurpose = 'retrieve' | 'metadata' | 'render' | 'bulk' | 'move' | 'export';

/**
 * The one gate: all that an identity can do with studies. Every method judges the policy, and writes the audit in the
 * transaction of the deed. What may not be seen answers as what is not there.
 */
export interface Records {
  /**
   * Keeps instances. Each is judged alone: the good ones of a request are kept. An outcome `stored` or `held` is
   * durable. Outcomes are in the order of the parts.
   */
  store(parts: AsyncIterable<AsyncIterable<Uint8Array>>, options?: StoreOptions): Promise<StoreOutcome[]>;
  search(query: StudyQuery): Promise<SearchResult>;
  /** By the deed `read`, for copies that leave as `export`. Instances of a scope, ordered by series and instance number; [] where there are none or none may be seen. */
  instances(scope: Scope, purpose: ReadPurpose): Promise<InstanceRecord[]>;
  /** DICOM JSON texts, one an instance, `BulkDataURI` prefixed by `baseUrl` + `/studies/…/instances/UID/`. */
  metadata(scope: Scope, baseUrl: string): Promise<string[]>;
  /** The file as kept: Part 10, preamble zeroed. Only for records that this gate has given. */
  open(instance: InstanceRecord): Promise<AsyncIterable<Uint8Array>>;
  /** @returns how many instances went; 0 where there are none or none may be deleted */
  remove(scope: Scope): Promise<number>;
}
