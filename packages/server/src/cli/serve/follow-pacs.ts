/** Following the PACS, put together. */
import type { Admit, Records } from '../../archive/index.ts';
import type { AuditEvent } from '../../audit/index.ts';
import { follow } from '../../following/index.ts';
import type { Noticed } from '../../pacs/index.ts';
import type { Database } from '../../ports/database/index.ts';
import { type Log, placeOf } from '../../ports/log/index.ts';
import { PacsUnavailable } from '../../ports/pacs/index.ts';
import type { PacsStorage } from './open-pacs.ts';
import type { FollowSettings } from './pacs-settings.ts';
import { pause } from './pause.ts';

/**
 * Asked before anything listens: a wrong address or right is told to who starts the server. A PACS that is away is no
 * reason not to start: the server outlives its restarts, too.
 * @throws PacsRefused
 */
export async function probePacs(pacs: PacsStorage, log: Log): Promise<void> {
  try {
    await pacs.probe();
  } catch (error) {
    if (!(error instanceof PacsUnavailable)) throw error;
    log({ event: 'pacs.unavailable', level: 'warning', ...placeOf(error) });
  }
}

/** What is noticed at the PACS while it is read: told in the log, and what speaks of tampering in the audit. */
export const noticing =
  (log: Log, audit: (event: AuditEvent) => Promise<void>) =>
  ({ what, studyUid, sopUid }: Noticed): void => {
    log({ event: `pacs.${what}`, level: 'warning', count: 1 });
    if (what !== 'altered') return;
    audit({
      action: 'conflict',
      outcome: 'failed',
      actor: 'following',
      studyUid,
      detail: { sopInstanceUids: [sopUid], where: 'pacs' },
    }).catch((error) => log({ event: 'pacs.not-audited', level: 'error', ...placeOf(error) }));
  };

/** @returns what ends it */
export function followPacs(
  pacs: PacsStorage,
  { everySeconds, days, match }: FollowSettings,
  given: {
    readonly database: Database;
    readonly gate: (admit: Admit) => Records;
    readonly now: () => Date;
    readonly log: Log;
  },
): () => Promise<void> {
  const { database, gate, now, log } = given;
  const following = follow(
    { peer: pacs.connect(), database, gate, recognise: pacs.recognise, hashOf: pacs.hashOf, now },
    {
      everyMs: everySeconds * 1000,
      days,
      match,
      log,
      wait: pause,
    },
  );
  return () => following.stop();
}
