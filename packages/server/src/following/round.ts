import { type ListedStudy, PacsAnswerUnusable } from '../ports/pacs/index.ts';
import { type FollowFilter, firstDay, studyMatch } from './filter.ts';
import { forgetOld, placedSince } from './follow-rows.ts';
import { type LookOutcome, lookAtStudy } from './look-at-study.ts';
import type { FollowPorts } from './ports.ts';

export interface RoundOutcome extends LookOutcome {
  /** Listed by the PACS. */
  readonly studies: number;
  /** Studies of which the PACS gave no usable list. */
  readonly unreadable: number;
}

const PAGE = 200;
const OLD_MS = 30 * 86_400_000;

/**
 * Once through everything in the PACS that matches. What happened until it throws stays: the next round goes on from it.
 * @throws PacsUnavailable, PacsAnswerUnusable (the list of studies), what the gate throws
 */
export async function followRound(
  ports: FollowPorts,
  filter: FollowFilter,
  signal: AbortSignal,
): Promise<RoundOutcome> {
  const { peer, database, now } = ports;
  const begun = now();
  const sum = { studies: 0, unreadable: 0, brought: 0, failed: 0, missing: 0, back: 0 };
  const look = async (study: ListedStudy, purpose: 'bring' | 'marks') => {
    try {
      const { brought, failed, missing, back } = await lookAtStudy(ports, study, purpose, signal);
      sum.brought += brought;
      sum.failed += failed;
      sum.missing += missing;
      sum.back += back;
    } catch (error) {
      // One study that cannot be read keeps no other from being brought in.
      if (!(error instanceof PacsAnswerUnusable)) throw error;
      sum.unreadable += 1;
    }
  };

  const listed = new Set<string>();
  for await (const page of peer.studies(studyMatch(filter, begun)))
    for (const study of page) {
      if (signal.aborted) return sum;
      listed.add(study.studyUid);
      await look(study, 'bring');
    }
  sum.studies = listed.size;

  // Gone from the list: deleted in the PACS, or of another date or description now.
  const day = firstDay(filter, begun);
  for (let after = ''; ; ) {
    const page = await placedSince(database, day, after, PAGE);
    for (const studyUid of page) {
      if (signal.aborted) return sum;
      if (!listed.has(studyUid)) await look({ studyUid }, 'marks');
      after = studyUid;
    }
    if (page.length < PAGE) break;
  }
  await forgetOld(database, new Date(begun.getTime() - OLD_MS));
  return sum;
}
