import type { Admit, Records } from '../archive/index.ts';
import type { Staged } from '../ports/blobs/index.ts';
import type { Database } from '../ports/database/index.ts';
import type { InstanceUids, PacsPeer } from '../ports/pacs/index.ts';

/** What following stands on. */
export interface FollowPorts {
  /** Of its own: closing it ends what is under way. */
  readonly peer: Pick<PacsPeer, 'studies' | 'instances' | 'retrieve' | 'close'>;
  readonly database: Pick<Database, 'query'>;
  /** The gate as `followerIdentity`, over a store that sends nothing back to the PACS; it takes what `admit` lets in. */
  readonly gate: (admit: Admit) => Pick<Records, 'store'>;
  /** Tells the store which instance staged bytes are. */
  readonly recognise: (staged: Staged, uids: InstanceUids) => void;
  /** Keyed with the server's secret. */
  readonly hashOf: (uid: string) => string;
  readonly now: () => Date;
}
