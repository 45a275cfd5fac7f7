/**
 * Blobs of which the instances lie in a PACS, and everything else (results of readings, what a backup brought) in a store
 * of our own. The PACS is asked by UIDs; what it gives counts by its hash alone. A bounded store of copies makes reading
 * quick, and may be emptied at any time.
 */
import {
  BlobDamaged,
  BlobMissing,
  type Blobs,
  type ByteRange,
  checkRange,
  isSha256,
  type Sha256,
  type Staged,
  type StageOptions,
  stage,
  verified,
} from '../ports/blobs/index.ts';
import type { Database } from '../ports/database/index.ts';
import {
  InstanceNotTaken,
  type InstanceUids,
  PacsAbsent,
  PacsAnswerUnusable,
  type PacsPeer,
} from '../ports/pacs/index.ts';
import { withinRange } from './byte-range.ts';
import { headOf, withHead } from './head.ts';
import {
  dropPlace,
  findPlace,
  hasTombstone,
  isBuried,
  markAltered,
  markMissing,
  markSound,
  noteGoneThere,
  type Place,
  placesAfter,
  putPlace,
} from './place-rows.ts';
import { readBack } from './read-back.ts';

/** Noticed at the PACS; told once for each instance. */
export interface Noticed extends InstanceUids {
  readonly what: 'altered' | 'missing' | 'not-removed';
}

export interface PacsBlobsPorts {
  readonly peer: PacsPeer;
  readonly database: Pick<Database, 'query'>;
  /** Of our own: what is no instance, or not the PACS's. */
  readonly local: Blobs;
  /** Copies; `keep` throws StorageFull where there is no room. */
  readonly copies: Blobs;
  /** Where bytes wait on their way. */
  readonly staging: StageOptions;
  readonly now: () => Date;
  /** Keyed with the server's secret, which lies apart from the database. */
  readonly hashOf: (uid: string) => string;
  /** Between a store and reading it back, where the PACS is not ready to give it. */
  readonly wait: (ms: number) => Promise<void>;
  /** Whether what is stored here goes to the PACS; otherwise into the store of our own. */
  readonly stores: boolean;
  /** Dangerous: whether what is deleted here is deleted there. */
  readonly removes: boolean;
  readonly noticed: (what: Noticed) => void;
}

export interface PacsBlobs {
  /** What the archive keeps its bytes in. */
  readonly blobs: Blobs;
  /** The same for what has just come from the PACS: it is not sent there again. */
  readonly brought: Blobs;
  /** The same, but reading never takes a copy: for who compares. */
  readonly uncopied: Blobs;
  /** Tells which instance staged bytes are: what nobody tells of is no instance. */
  recognise(staged: Staged, uids: InstanceUids): void;
}

const MISSING = 'The bytes are not where the index says.';
const GONE = 'The PACS does not hold the instance any more.';
const ALTERED = 'The PACS gives another content than the index knows.';
const PAGE = 500;

export function pacsBlobs(ports: PacsBlobsPorts): PacsBlobs {
  const { peer, database, local, copies, now, hashOf } = ports;
  const known = new WeakMap<Staged, InstanceUids>();
  /** Copies that are being fetched: two who ask at once wait for one. */
  const fetching = new Map<Sha256, Promise<boolean>>();

  const hashesOf = ({ studyUid, sopUid }: InstanceUids) => ({
    studyHash: hashOf(studyUid),
    sopHash: hashOf(sopUid),
  });

  async function put(staged: Staged, uids: InstanceUids, head: Uint8Array): Promise<void> {
    const { sha256, size } = staged;
    await putPlace(database, { ...uids, ...hashesOf(uids), sha256, size, head }, now());
    await keepCopy(staged);
  }

  /** A copy is a convenience: without room for it everything works, slower. @returns whether there is one */
  async function keepCopy(staged: Staged): Promise<boolean> {
    try {
      await copies.keep(staged);
      return true;
    } catch {
      return false;
    }
  }

  async function keepStored(staged: Staged): Promise<void> {
    const uids = known.get(staged);
    if (uids === undefined || !ports.stores || (await local.has(staged.sha256))) return local.keep(staged);
    const head = await headOf(staged.read());
    await peer.store(uids, staged);
    // Some change what they are given, and some keep what they had and say yes: acknowledged is what they give back.
    if (!(await givesBack(uids, head, staged.sha256)))
      throw new InstanceNotTaken('The PACS gives back another content than it was given.');
    await put(staged, uids, head);
  }

  async function givesBack(uids: InstanceUids, head: Uint8Array, sha256: Sha256): Promise<boolean> {
    try {
      return await readBack(ports, uids, head, sha256);
    } catch (error) {
      if (error instanceof PacsAnswerUnusable) return false;
      throw error;
    }
  }

  async function keepBrought(staged: Staged): Promise<void> {
    const uids = known.get(staged);
    if (uids === undefined) throw new Error('Nobody has told which instance this is.');
    // Deleted or erased here while it was on its way.
    if (await isBuried(database, uids, hashesOf(uids)))
      throw new InstanceNotTaken('The instance was deleted here.');
    await put(staged, uids, await headOf(staged.read()));
  }

  /** The bytes as the PACS gives them now; nothing of them is checked yet. @throws BlobMissing */
  async function asGiven(place: Place): Promise<AsyncIterable<Uint8Array>> {
    try {
      return withHead(place.head, (await peer.retrieve(place)).body);
    } catch (cause) {
      if (!(cause instanceof PacsAbsent)) throw await judged(place, cause);
      if (await markMissing(database, place.sha256, now())) notice('missing', place);
      throw new BlobMissing(GONE, { cause });
    }
  }

  function notice(what: Noticed['what'], { studyUid, seriesUid, sopUid }: InstanceUids): void {
    ports.noticed({ what, studyUid, seriesUid, sopUid });
  }

  async function damaged(place: Place): Promise<BlobDamaged> {
    if (await markAltered(database, place.sha256, now())) notice('altered', place);
    return new BlobDamaged(ALTERED);
  }

  /** An answer that cannot be used is not what was kept either. */
  const judged = async (place: Place, error: unknown): Promise<unknown> =>
    error instanceof BlobDamaged || error instanceof PacsAnswerUnusable ? damaged(place) : error;

  const sound = async (place: Place): Promise<void> => {
    if (place.missing || place.altered) await markSound(database, place.sha256);
  };

  /** Straight from the PACS. The last chunk is given out only when the whole is what its name says. */
  async function* straight(place: Place, given: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* verified(given, place.sha256);
      await sound(place);
    } catch (error) {
      throw await judged(place, error);
    }
  }

  /** @returns whether there is a copy now @throws BlobMissing, BlobDamaged, BlobsUnavailable */
  async function copy(place: Place): Promise<boolean> {
    const given = await asGiven(place);
    const staged = await stage(given, ports.staging).catch(async (error) => {
      throw await judged(place, error);
    });
    try {
      if (staged.sha256 !== place.sha256) throw await damaged(place);
      await sound(place);
      return await keepCopy(staged);
    } finally {
      await staged.discard();
    }
  }

  function copyOnce(place: Place): Promise<boolean> {
    let one = fetching.get(place.sha256);
    if (one === undefined) {
      one = copy(place).finally(() => fetching.delete(place.sha256));
      fetching.set(place.sha256, one);
    }
    return one;
  }

  /** What is given up or rotten meanwhile is fetched anew. */
  async function* fromCopy(place: Place, range: ByteRange | undefined): AsyncGenerator<Uint8Array> {
    let begun = false;
    try {
      for await (const chunk of await copies.open(place.sha256, range)) {
        begun = true;
        yield chunk;
      }
      return;
    } catch (error) {
      if (!(error instanceof BlobMissing || error instanceof BlobDamaged)) throw error;
      await copies.remove(place.sha256);
      if (begun) throw error;
    }
    yield* withinRange(straight(place, await asGiven(place)), range);
  }

  async function placeFor(sha256: Sha256): Promise<Place> {
    const place = isSha256(sha256) ? await findPlace(database, sha256) : undefined;
    if (place === undefined) throw new BlobMissing(MISSING);
    return place;
  }

  async function open(sha256: Sha256, range?: ByteRange): Promise<AsyncIterable<Uint8Array>> {
    checkRange(range);
    if (isSha256(sha256) && (await local.has(sha256))) return local.open(sha256, range);
    const place = await placeFor(sha256);
    if ((await copies.has(sha256)) || (await copyOnce(place))) return fromCopy(place, range);
    return openStraight(place, range);
  }

  /** Not before the first chunk is asked for: an answer may be dropped. */
  async function* openStraight(place: Place, range?: ByteRange): AsyncGenerator<Uint8Array> {
    yield* withinRange(straight(place, await asGiven(place)), range);
  }

  async function remove(sha256: Sha256): Promise<void> {
    await local.remove(sha256);
    await copies.remove(sha256);
    const place = isSha256(sha256) ? await findPlace(database, sha256) : undefined;
    if (place === undefined) return;
    // What never stood in the index is not ours to take away there.
    if (ports.removes && (await hasTombstone(database, sha256))) {
      if (await peer.remove(place)) await noteGoneThere(database, sha256);
      else notice('not-removed', place);
    }
    await dropPlace(database, sha256);
  }

  const blobs: Blobs = {
    keep: keepStored,
    open,
    has: async (sha256) =>
      isSha256(sha256) && ((await local.has(sha256)) || (await findPlace(database, sha256)) !== undefined),
    async stat(sha256) {
      if (isSha256(sha256) && (await local.has(sha256))) return local.stat(sha256);
      const { size, keptAt, missing, altered } = await placeFor(sha256);
      if (missing) throw new BlobMissing(GONE);
      if (altered) throw new BlobDamaged(ALTERED);
      return { size, keptAt };
    },
    remove,
    async *list(strange) {
      yield* local.list(strange);
      for (let after = ''; ; ) {
        const page = await placesAfter(database, after, PAGE);
        for (const sha256 of page) if (!(await local.has(sha256))) yield sha256;
        if (page.length < PAGE) return;
        after = page.at(-1) as Sha256;
      }
    },
  };
  return {
    blobs,
    brought: { ...blobs, keep: keepBrought },
    uncopied: {
      ...blobs,
      async open(sha256, range) {
        checkRange(range);
        if (isSha256(sha256) && (await local.has(sha256))) return local.open(sha256, range);
        return openStraight(await placeFor(sha256), range);
      },
    },
    recognise(staged, { studyUid, seriesUid, sopUid }) {
      known.set(staged, { studyUid, seriesUid, sopUid });
    },
  };
}
