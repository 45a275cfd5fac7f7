import type { KeptMark } from '@promontory/core/review';
import { ServerRefusal } from '../server/index.ts';
import type { JournalEntry } from './entry.ts';
import type { Acknowledged, MarksServer } from './post-marks.ts';
import type { Shelf } from './shelf.ts';

/** The server takes no more at once. */
export const BATCH = 200;

/** What hinders sending: nothing, or nobody answers, or there is no session, or it is somebody else's. */
export type Hindrance = 'none' | 'unreachable' | 'signed-out' | 'other-account';

export interface RoundContext {
  readonly accountId: string;
  /** Durable first. */
  readonly shelves: readonly Shelf[];
  readonly server: MarksServer;
  /** Told before the entries leave the journal, so that a mark is at every moment in one of the two. */
  onAcknowledged(studyInstanceUid: string, kept: readonly KeptMark[]): void;
}

/** Of a whole batch, so that no mark of it is at fault alone, or of one mark: then it is refused. Anything else passes with time. */
const LASTING = new Set([400, 403, 404, 409, 413, 422]);

/** Another tab signed in as somebody else, since it was asked whose session it is. */
const isOthersSession = (error: unknown): boolean =>
  error instanceof ServerRefusal && error.code === 'OTHER_ACCOUNT';

/** Everything that waits on the shelves, in the order of making. */
export async function entriesOf(shelves: readonly Shelf[]): Promise<JournalEntry[]> {
  const all = await Promise.all(shelves.map((shelf) => shelf.all()));
  return all.flat().sort((a, b) => a.order - b.order);
}

/**
 * Sends all that waits of one account, study by study, each in the order of making. Where it is cut, at whichever step,
 * what was not taken from the shelf goes again in the next round; the server knows a mark by its id. Never runs twice at
 * a time (the journal holds a lock over all tabs).
 */
export async function sendRound(context: RoundContext): Promise<Hindrance> {
  const { accountId, shelves, server } = context;
  // What a failing disk does not let go is not sent again and again.
  const settled = new Set<string>();
  try {
    for (;;) {
      const waiting = (await entriesOf(shelves)).filter(
        (each) =>
          each.accountId === accountId && each.refusal === undefined && !settled.has(each.mark.markId),
      );
      const first = waiting[0];
      if (first === undefined) return 'none';
      if ((await server.signedIn()) !== accountId) return 'other-account';
      const batch = waiting
        .filter((each) => each.studyInstanceUid === first.studyInstanceUid)
        .slice(0, BATCH);
      if (!(await sendBatch(context, batch, settled))) return 'unreachable';
    }
  } catch (error) {
    if (error instanceof ServerRefusal && error.status === 401) return 'signed-out';
    if (isOthersSession(error)) return 'other-account';
    return 'unreachable';
  }
}

/** @returns false where nothing came of it, so that asking again at once would be the same */
async function sendBatch(
  context: RoundContext,
  batch: readonly JournalEntry[],
  settled: Set<string>,
): Promise<boolean> {
  const study = batch[0].studyInstanceUid;
  let answer: Acknowledged;
  try {
    const marks = batch.map(({ mark }) => mark);
    answer = await context.server.post(study, marks, context.accountId);
  } catch (error) {
    if (!(error instanceof ServerRefusal) || !LASTING.has(error.status) || isOthersSession(error))
      throw error;
    if (batch.length === 1) {
      settled.add(batch[0].mark.markId);
      await refuse(context.shelves, batch[0], error.code);
      return true;
    }
    // One by one: what is wrong with one mark does not hold up the others.
    for (const entry of batch) await sendBatch(context, [entry], settled);
    return true;
  }
  const sent = new Map(batch.map((each) => [each.mark.markId, each]));
  const kept = answer.kept.filter(({ markId }) => sent.has(markId));
  const refused = answer.refused ?? [];
  for (const { markId } of [...kept, ...refused]) settled.add(markId);
  if (kept.length > 0) context.onAcknowledged(study, kept);
  const gone = kept.flatMap(({ markId }) => sent.get(markId) ?? []);
  for (const shelf of context.shelves) await shelf.remove(gone);
  for (const { markId, code } of refused) {
    const entry = sent.get(markId);
    if (entry !== undefined) await refuse(context.shelves, entry, code);
  }
  return kept.length + refused.length > 0;
}

async function refuse(shelves: readonly Shelf[], entry: JournalEntry, code: string): Promise<void> {
  for (const shelf of shelves) await shelf.refuse(entry, code);
}
