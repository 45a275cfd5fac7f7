import { markStudy } from '../pacs/index.ts';
import type { InstanceUids, ListedStudy } from '../ports/pacs/index.ts';
import { bringIn } from './bring-in.ts';
import {
  deferInstance,
  forgetDeferral,
  heldAmong,
  isStudyBuried,
  isStudyHeld,
  lastLook,
  noteLook,
  setAsideAmong,
} from './follow-rows.ts';
import type { FollowPorts } from './ports.ts';

/** A study whose count has not changed is gone through again after this: an instance may have been exchanged. */
export const FULL_LOOK_MS = 3_600_000;

export interface LookOutcome {
  readonly brought: number;
  readonly failed: number;
  /** The PACS does not list them any more; lists them again. */
  readonly missing: number;
  readonly back: number;
}

const NOTHING: LookOutcome = { brought: 0, failed: 0, missing: 0, back: 0 };

/**
 * Goes through one study of the PACS: brings in what is new and marks what is gone. Left in the middle, the next look
 * goes on where this one was: what is held is not asked for again.
 * @param purpose `marks`: the study does not match any more, so that nothing of it is brought in
 * @throws PacsUnavailable, PacsAnswerUnusable, what the gate throws
 */
export async function lookAtStudy(
  ports: FollowPorts,
  { studyUid, instances }: ListedStudy,
  purpose: 'bring' | 'marks',
  signal: AbortSignal,
): Promise<LookOutcome> {
  const { peer, database, hashOf, now } = ports;
  const studyHash = hashOf(studyUid);
  const at = now();
  const last = await lastLook(database, studyHash);
  const known = purpose === 'marks' || (instances !== undefined && last?.instances === instances);
  if (last !== undefined && known && at.getTime() - last.at.getTime() < FULL_LOOK_MS) return NOTHING;
  const isGone = (await isStudyBuried(database, studyHash)) && !(await isStudyHeld(database, studyUid));
  let brought = 0;
  let failed = 0;
  const listed: string[] = [];
  for await (const page of peer.instances(studyUid)) {
    listed.push(...page.map(({ sopUid }) => sopUid));
    if (purpose === 'marks' || isGone) continue;
    const result = await bringIn(ports, await wantedOf(page), signal);
    brought += result.brought.length;
    failed += result.failures.size;
    await note(result.failures, result.brought);
    if (result.unavailable !== undefined) throw result.unavailable;
    if (signal.aborted) return { ...NOTHING, brought, failed };
  }
  const marks = await markStudy(database, studyUid, listed, at);
  if (failed === 0) await noteLook(database, studyHash, instances, at);
  return { brought, failed, ...marks };

  async function wantedOf(page: readonly InstanceUids[]): Promise<InstanceUids[]> {
    const held = await heldAmong(
      database,
      page.map(({ sopUid }) => sopUid),
    );
    const fresh = page.filter(({ sopUid }) => !held.has(sopUid));
    const hashes = fresh.map(({ sopUid }) => hashOf(sopUid));
    const { buried, deferred } = await setAsideAmong(database, hashes, now());
    return fresh.filter(({ sopUid }) => !buried.has(hashOf(sopUid)) && !deferred.has(hashOf(sopUid)));
  }

  async function note(failures: ReadonlyMap<string, string>, done: readonly string[]): Promise<void> {
    for (const [sopUid, code] of failures) await deferInstance(database, hashOf(sopUid), code, now());
    if (done.length > 0) await forgetDeferral(database, done.map(hashOf));
  }
}
