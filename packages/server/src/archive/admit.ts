import type { Staged } from '../ports/blobs/index.ts';
import type { IndexEntry } from './index-entry.ts';
import type { StorePorts } from './store.ts';

/**
 * Told which instance was read, before it is kept. A sentence without patient data refuses it: it is not what whoever
 * stores was to bring.
 */
export type Admit = (
  staged: Staged,
  uids: Pick<IndexEntry, 'studyUid' | 'seriesUid' | 'sopUid'>,
) => string | undefined;

export const admitting =
  (index: StorePorts['index'], admit: Admit): StorePorts['index'] =>
  async (staged) => {
    const entry = await index(staged);
    if ('reason' in entry) return entry;
    const reason = admit(staged, entry);
    const { sopClass, sopUid } = entry;
    return reason === undefined ? entry : { failure: 'mismatch', reason, sopClass, sopUid };
  };
