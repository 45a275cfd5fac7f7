/** Instances of the PACS through the gate, a batch at a time. */
import type { StoreOutcome } from '../archive/index.ts';
import {
  type InstanceUids,
  PacsAbsent,
  PacsAnswerUnusable,
  PacsUnavailable,
  type RetrievedInstance,
} from '../ports/pacs/index.ts';
import type { FollowPorts } from './ports.ts';

/** Why an instance was not brought in. */
export type Failure =
  | 'unusable-answer'
  | 'broken-off'
  | 'other-instance'
  | NonNullable<StoreOutcome['failure']>;

export interface BroughtIn {
  readonly brought: readonly string[];
  readonly failures: ReadonlyMap<string, Failure>;
  /** The PACS went away: what is left was not asked for. */
  readonly unavailable?: PacsUnavailable;
}

/** Answers that are on their way while the one before is read. */
const AHEAD = 3;

type BringPorts = Pick<FollowPorts, 'peer' | 'gate' | 'recognise'>;

/**
 * Asks for the instances and stores them. What the PACS gives in place of what it was asked for is refused; what breaks
 * off costs its own instance only.
 * @throws what the gate throws: the database or the disk is away
 */
export async function bringIn(
  ports: BringPorts,
  wanted: readonly InstanceUids[],
  signal: AbortSignal,
): Promise<BroughtIn> {
  const brought: string[] = [];
  const failures = new Map<string, Failure>();
  let left = wanted;
  while (left.length > 0 && !signal.aborted) {
    const tour = await oneRequest(ports, left, signal);
    brought.push(...tour.brought);
    for (const [sopUid, failure] of tour.failures) failures.set(sopUid, failure);
    if (tour.unavailable !== undefined) return { brought, failures, unavailable: tour.unavailable };
    left = left.slice(tour.asked);
  }
  return { brought, failures };
}

/** @returns also how many of them were asked for: at least one */
async function oneRequest(
  { peer, gate, recognise }: BringPorts,
  wanted: readonly InstanceUids[],
  signal: AbortSignal,
): Promise<BroughtIn & { readonly asked: number }> {
  const asked = new Map(wanted.map((uids) => [uids.sopUid, uids]));
  const failures = new Map<string, Failure>();
  /** Those whose bytes were handed over, in the order of the outcomes. */
  const given: InstanceUids[] = [];
  const outcomes: StoreOutcome[] = [];
  let count = 0;
  let unavailable: PacsUnavailable | undefined;
  let current: RetrievedInstance | undefined;

  const failed = ({ sopUid }: InstanceUids, error: unknown) => {
    if (signal.aborted) return;
    if (error instanceof PacsUnavailable) unavailable = error;
    // Gone since it was listed: the next list does not have it.
    if (!(error instanceof PacsAbsent))
      failures.set(sopUid, error instanceof PacsAnswerUnusable ? 'unusable-answer' : 'broken-off');
  };
  const parts = async function* () {
    for await (const { uids, got } of opened(peer, wanted, signal)) {
      count += 1;
      if (got instanceof Error) {
        failed(uids, got);
        if (got instanceof PacsUnavailable) return;
        continue;
      }
      given.push(uids);
      current = got;
      yield watched(got.body, (error) => failed(uids, error));
      got.discard();
    }
  };
  const drop = () => current?.discard();
  signal.addEventListener('abort', drop);
  try {
    await gate((staged, uids) => {
      const meant = asked.get(uids.sopUid);
      if (meant?.studyUid !== uids.studyUid || meant.seriesUid !== uids.seriesUid)
        return 'The PACS gave another instance than it was asked for.';
      recognise(staged, meant);
      return undefined;
    }).store(parts(), { outcomes });
  } catch (error) {
    // An answer that broke off broke the request; what came whole before it is kept.
    if (!(error instanceof PacsUnavailable || error instanceof PacsAnswerUnusable)) throw error;
  } finally {
    signal.removeEventListener('abort', drop);
    drop();
  }
  const brought: string[] = [];
  for (const [at, uids] of given.entries()) {
    const outcome = outcomes[at];
    if (outcome === undefined) continue;
    if (outcome.status === 'failed') failures.set(uids.sopUid, outcome.failure ?? 'notUnderstood');
    else if (outcome.sopUid !== uids.sopUid) failures.set(uids.sopUid, 'other-instance');
    else brought.push(uids.sopUid);
  }
  return {
    asked: Math.max(1, count),
    brought,
    failures,
    ...(unavailable === undefined ? {} : { unavailable }),
  };
}

async function* watched(
  body: AsyncIterable<Uint8Array>,
  failed: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    failed(error);
    throw error;
  }
}

/** The answers in the order of the questions, some of them asked for ahead. */
async function* opened(peer: BringPorts['peer'], wanted: readonly InstanceUids[], signal: AbortSignal) {
  const started: { uids: InstanceUids; got: Promise<RetrievedInstance | Error> }[] = [];
  let next = 0;
  try {
    for (;;) {
      while (started.length <= AHEAD && next < wanted.length && !signal.aborted) {
        const uids = wanted[next++] as InstanceUids;
        started.push({ uids, got: peer.retrieve(uids).catch((error: Error) => error) });
      }
      const one = started.shift();
      if (one === undefined) return;
      yield { uids: one.uids, got: await one.got };
    }
  } finally {
    for (const { got } of started)
      void got.then((answer) => {
        if (!(answer instanceof Error)) answer.discard();
      });
  }
}
