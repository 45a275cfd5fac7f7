import type { Identity } from '../access/index.ts';
import type { Blobs, StageOptions } from '../ports/blobs/index.ts';
import type { Database } from '../ports/database/index.ts';
import type { UntrustedPool } from '../ports/untrusted/index.ts';
import { type Admit, admitting } from './admit.ts';
import type { IndexEntry, Unindexable } from './index-entry.ts';
import { receive } from './receive.ts';
import type { Records } from './records.ts';
import type { StorePorts } from './store.ts';
import { StudyArchive } from './study-archive.ts';

/** The module that the archive's worker threads run. */
export const INDEX_WORKER = new URL('./index-worker.ts', import.meta.url);

export interface ArchivePorts {
  readonly database: Database;
  readonly blobs: Blobs;
  readonly now: () => Date;
  /** Of `INDEX_WORKER`. */
  readonly pool: UntrustedPool;
  readonly staging: StageOptions;
  /** Default 1 GiB. */
  readonly maxInstanceBytes?: number;
  /** Default: whatever can be read. */
  readonly admit?: Admit;
}

/** The archive over its ports. The schema must be up to date (`migrate`). */
export function openArchive(ports: ArchivePorts): { recordsFor(identity: Identity): Records } {
  const { database, blobs, now, pool, staging, maxInstanceBytes = 2 ** 30, admit } = ports;
  return {
    recordsFor(identity) {
      const read: Pick<StorePorts, 'receive' | 'index'> = {
        receive: (part) => receive(part, { ...staging, maxInstanceBytes }),
        index: ({ bytes, path }) =>
          pool.run<IndexEntry | Unindexable>(
            'index',
            bytes === undefined ? { path, key: staging.seal } : { bytes },
            { lane: identity.actor },
          ),
      };
      const index = admit === undefined ? read.index : admitting(read.index, admit);
      const store: StorePorts = { database, blobs, now, ...read, index };
      return new StudyArchive(identity, store);
    },
  };
}
