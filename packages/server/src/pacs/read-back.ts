import { createHash } from 'node:crypto';
import type { Sha256 } from '../ports/blobs/index.ts';
import { type InstanceUids, PacsAbsent, type PacsPeer, PacsUnavailable } from '../ports/pacs/index.ts';
import { withHead } from './head.ts';

/** Some index what they took only after they have answered. */
const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000];

/**
 * Whether the PACS gives an instance as it was given to it, file meta information aside.
 * @throws PacsUnavailable where it does not give it in time
 */
export async function readBack(
  { peer, wait }: { readonly peer: PacsPeer; readonly wait: (ms: number) => Promise<void> },
  uids: InstanceUids,
  head: Uint8Array,
  sha256: Sha256,
): Promise<boolean> {
  for (const pause of [...PAUSES_MS, undefined]) {
    try {
      const { body } = await peer.retrieve(uids);
      const hash = createHash('sha256');
      for await (const chunk of withHead(head, body)) hash.update(chunk);
      return hash.digest('hex') === sha256;
    } catch (error) {
      if (!(error instanceof PacsAbsent)) throw error;
      if (pause !== undefined) await wait(pause);
    }
  }
  throw new PacsUnavailable('The PACS does not give what it took.');
}
