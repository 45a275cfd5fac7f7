/**
 * Keeping what arrives. The order makes every acknowledged instance durable and nothing else visible: bytes kept and
 * flushed, then one transaction of index and audit, then the outcome.
 */
import type { Identity } from '../access/index.ts';
import { type Blobs, type Sha256, type Staged, StorageFull } from '../ports/blobs/index.ts';
import type { Database } from '../ports/database/index.ts';
import { type Arrival, BytesGone, indexBatch } from './index-batch.ts';
import type { IndexEntry, Unindexable } from './index-entry.ts';
import { keepAnew } from './noted-bytes.ts';
import { failed, failureOf } from './outcome.ts';
import { heldContents } from './rows.ts';
import type { StoreOptions, StoreOutcome } from './types.ts';

export interface StorePorts {
  readonly database: Database;
  readonly blobs: Blobs;
  readonly now: () => Date;
  /** Receives the bytes of one part. */
  readonly receive: (part: AsyncIterable<Uint8Array>) => Promise<Staged>;
  /** Reads untrusted bytes in a worker. @throws Fault; PoolBusy; WorkerFailed */
  readonly index: (staged: Staged) => Promise<IndexEntry | Unindexable>;
}

/** Instances of one transaction: enough to share its flush, few enough to hold in memory. */
const BATCH = 64;
const BATCH_BYTES = 16 * 2 ** 20;
/** Metadata cross into the database within one statement, during which an embedded one answers nobody. */
const STATEMENT_WEIGHT = 16;
/** Parts that are being read while the next are received. */
const AHEAD = 6;
/** Of these, held in memory: what many connections hold together is what the server holds. */
const AHEAD_BYTES = 8 * 2 ** 20;
/** Each loses to a deletion that came in between; there are not so many of one instance. */
const TRIES = 5;

/** Keeps the parts of one request; outcomes in their order. */
export async function storeParts(
  parts: AsyncIterable<AsyncIterable<Uint8Array>>,
  identity: Identity,
  options: StoreOptions,
  ports: StorePorts,
): Promise<StoreOutcome[]> {
  const outcomes: StoreOutcome[] = options.outcomes ?? [];
  const waiting: { readonly reading: Promise<Arrival | undefined>; readonly held: number }[] = [];
  let ahead = 0;
  let batch: Arrival[] = [];
  let bytes = 0;

  const settle = async () => {
    const next = waiting.shift();
    ahead -= next?.held ?? 0;
    const arrival = await next?.reading;
    if (arrival === undefined) return;
    batch.push(arrival);
    bytes += heldBy(arrival.staged) + STATEMENT_WEIGHT * arrival.entry.metadata.length;
    if (batch.length >= BATCH || bytes >= BATCH_BYTES) await flush();
  };
  const flush = async () => {
    const full = batch;
    batch = [];
    bytes = 0;
    if (full.length > 0) await keepBatch(full, identity, options, ports, outcomes);
  };
  const drain = async () => {
    while (waiting.length > 0) await settle();
    await flush();
  };
  /** Where keeping failed: files of what nobody looks at any more. */
  const drop = async () => {
    for (const { reading } of waiting.splice(0))
      await (await reading.catch(() => undefined))?.staged.discard();
    for (const { staged } of batch) await staged.discard();
  };

  let at = 0;
  try {
    for await (const part of parts) {
      const index = at++;
      const staged = await received(part, index, outcomes, ports);
      if (staged === undefined) continue;
      const reading = understood(staged, index, options, outcomes, ports);
      // A rejection is looked at when its turn comes.
      reading.catch(() => {});
      waiting.push({ reading, held: heldBy(staged) });
      ahead += heldBy(staged);
      while (waiting.length >= AHEAD || ahead >= AHEAD_BYTES) await settle();
    }
    await drain();
    return outcomes;
  } catch (error) {
    // The request broke off: what came whole before is kept, and the caller learns of the break.
    await drain();
    throw error;
  } finally {
    await drop();
  }
}

/** Memory: what is large lies in a file. */
const heldBy = ({ bytes }: Staged): number => bytes?.length ?? 0;

async function received(
  part: AsyncIterable<Uint8Array>,
  index: number,
  outcomes: StoreOutcome[],
  ports: StorePorts,
): Promise<Staged | undefined> {
  try {
    return await ports.receive(part);
  } catch (error) {
    const told = failureOf(error);
    if (told === undefined) throw error;
    outcomes[index] = told;
    return undefined;
  }
}

async function understood(
  staged: Staged,
  at: number,
  options: StoreOptions,
  outcomes: StoreOutcome[],
  ports: StorePorts,
): Promise<Arrival | undefined> {
  try {
    const entry = await ports.index(staged);
    if ('reason' in entry) {
      outcomes[at] = failed('notUnderstood', entry.reason, entry);
      await staged.discard();
      return undefined;
    }
    if (options.studyUid !== undefined && entry.studyUid !== options.studyUid) {
      outcomes[at] = failed(
        'mismatch',
        'The instance belongs to another study than the request names.',
        entry,
      );
      await staged.discard();
      return undefined;
    }
    return { at, staged, entry, sha256: staged.sha256, sizeBytes: staged.size };
  } catch (error) {
    await staged.discard();
    const told = failureOf(error);
    if (told === undefined) throw error;
    outcomes[at] = told;
    return undefined;
  }
}

async function keepBatch(
  arrivals: readonly Arrival[],
  identity: Identity,
  options: StoreOptions,
  ports: StorePorts,
  outcomes: StoreOutcome[],
): Promise<void> {
  try {
    const noted = new Set<Sha256>();
    for (let tries = 1; ; tries++) {
      try {
        for (const [at, outcome] of await keepAndIndex(arrivals, noted, identity, options, ports))
          outcomes[at] = outcome;
        return;
      } catch (error) {
        // What was held was deleted, or bytes that were noted to go may have gone, between the two.
        if (!(error instanceof BytesGone) || tries === TRIES) throw error;
        for (const sha256 of error.noted) noted.add(sha256);
      }
    }
  } finally {
    await Promise.all(arrivals.map(({ staged }) => staged.discard()));
  }
}

/**
 * @param noted bytes that were seen to be noted to go
 * @throws BytesGone; nothing was indexed then
 */
async function keepAndIndex(
  arrivals: readonly Arrival[],
  noted: ReadonlySet<Sha256>,
  identity: Identity,
  options: StoreOptions,
  { database, blobs, now }: StorePorts,
): Promise<Map<number, StoreOutcome>> {
  const held = await heldContents(
    database,
    arrivals.map(({ entry }) => entry.sopUid),
  );
  // A conflict's bytes are not kept at all; those of a resend are there already.
  const fresh = arrivals.filter(({ entry }) => !held.has(entry.sopUid));
  const refused = new Map<number, StoreOutcome>();
  // To the end of each, also where one fails: what is discarded while it is being written is overwritten by another.
  const keep = (staged: Staged) =>
    noted.has(staged.sha256) ? keepAnew(database, blobs, staged) : blobs.keep(staged);
  const keeping = await Promise.allSettled(fresh.map((arrival) => keepBytes(arrival, keep, refused)));
  for (const kept of keeping) if (kept.status === 'rejected') throw kept.reason;
  const kept = new Set(fresh.map(({ at }) => at).filter((at) => !refused.has(at)));
  const ready = arrivals.filter(({ at }) => !refused.has(at));
  const judged = await database.transaction((sql) =>
    indexBatch(sql, ready, { identity, options, kept, now: now() }),
  );
  return new Map([...refused, ...judged]);
}

async function keepBytes(
  { at, staged, entry }: Arrival,
  keep: (staged: Staged) => Promise<void>,
  refused: Map<number, StoreOutcome>,
): Promise<void> {
  try {
    await keep(staged);
  } catch (error) {
    if (!(error instanceof StorageFull)) throw error;
    refused.set(at, failed('outOfResources', error.message, entry));
  }
}
