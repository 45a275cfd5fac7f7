import type { KeptMark, Mark } from '@promontory/core/review';
import { readMe, request } from '../server/index.ts';

export interface Acknowledged {
  readonly kept: readonly KeptMark[];
  readonly refused?: readonly { readonly markId: string; readonly code: string }[];
}

/** The server, as the journal needs it. Both throw what `server/request.ts` throws. */
export interface MarksServer {
  /** Whose session the browser has now: another tab may have signed out and in again. */
  signedIn(): Promise<string>;
  /**
   * Sending a mark again changes nothing: it is known by its id. The server is told whose they are, for the session may
   * have become another's since `signedIn`: it refuses that as OTHER_ACCOUNT.
   */
  post(studyInstanceUid: string, marks: readonly Mark[], accountId: string): Promise<Acknowledged>;
}

/** A request that hangs would hold the lock over all tabs. */
const LONGEST_MS = 30_000;

export const marksServer: MarksServer = {
  async signedIn() {
    const me = await readMe(AbortSignal.timeout(LONGEST_MS));
    return me.account.accountId;
  },
  async post(study, marks, accountId) {
    const response = await request(`/api/studies/${encodeURIComponent(study)}/marks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ author: accountId, marks }),
      signal: AbortSignal.timeout(LONGEST_MS),
    });
    return (await response.json()) as Acknowledged;
  },
};
