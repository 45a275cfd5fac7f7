/** An archive whose instances lie in a PACS that a test commands, followed. */
import type { Identity } from '../access/index.ts';
import { type Admit, admitting } from '../archive/admit.ts';
import type { Records } from '../archive/index.ts';
import { indexEntryOf } from '../archive/index-entry.ts';
import { receive } from '../archive/receive.ts';
import { StudyArchive } from '../archive/study-archive.ts';
import { openTestPacs, type TestPacs } from '../pacs/pacs.testing.ts';
import { readAll } from '../ports/blobs/index.ts';
import type { PacsPeer } from '../ports/pacs/index.ts';
import { type FollowFilter, type FollowPorts, followerIdentity } from './index.ts';
import { followRound, type RoundOutcome } from './round.ts';

export interface TestFollowing extends TestPacs {
  readonly ports: FollowPorts;
  now: () => Date;
  recordsFor(identity: Identity): Records;
  round(signal?: AbortSignal): Promise<RoundOutcome>;
}

/** All that there is: test instances are of 2026. */
export const FILTER: FollowFilter = { days: 36_500, match: { ModalitiesInStudy: 'MR' } };

export async function openTestFollowing(
  options: Parameters<typeof openTestPacs>[0] = {},
): Promise<TestFollowing> {
  const test = await openTestPacs(options);
  const over = (blobs: TestPacs['blobs'], admit: Admit) => (identity: Identity) =>
    new StudyArchive(identity, {
      database: test.database,
      blobs,
      now: () => new Date(),
      receive: (part) => receive(part, { ...test.staging, maxInstanceBytes: 2 ** 24 }),
      index: admitting(async (staged) => indexEntryOf(await readAll(staged.read())), admit),
    });
  const following: TestFollowing = {
    ...test,
    now: () => new Date(),
    ports: {
      peer: test.peer as PacsPeer,
      database: test.database,
      gate: (admit) => over(test.brought, admit)(followerIdentity('default')),
      recognise: test.recognise,
      hashOf: test.hashOf,
      now: () => following.now(),
    },
    recordsFor: over(test.blobs, (staged, uids) => void test.recognise(staged, uids)),
    round: (signal = new AbortController().signal) => followRound(following.ports, FILTER, signal),
  };
  return following;
}
