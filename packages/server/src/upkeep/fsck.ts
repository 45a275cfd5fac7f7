import { ahead, BlobDamaged, BlobMissing, type Blobs, type Sha256, verified } from '../ports/blobs/index.ts';
import type { Database, Sql } from '../ports/database/index.ts';
import { clearRemovedBlobs } from './clear-removed.ts';
import {
  blobTablesIn,
  namedAmong,
  namedBlobs,
  notedAmong,
  noteToRemove,
  type Place,
  placesOf,
  setCounts,
  strayInstances,
  type Table,
  wrongSeriesCounts,
  wrongStudyCounts,
} from './rows.ts';

export interface FsckOptions {
  /** Reads every byte again and holds it against its name. */
  readonly deep: boolean;
  /**
   * Takes away bytes that nothing names, and sets counts right. What is missing or damaged needs a backup. Bytes stay
   * where any are missing, and where more are nameless than named: then index and store do not belong together (another
   * database, a key that was not given), and what looks left over is the archive.
   */
  readonly repair: boolean;
  readonly now: () => Date;
  /** Whether the chain of the audit is whole. */
  readonly verifyAudit: (sql: Sql) => Promise<{ readonly whole: boolean }>;
  readonly onProgress?: (step: 'rows' | 'bytes' | 'audit', done: number) => void;
}

export type FsckProblem =
  /** A row names bytes that are not there. */
  | { readonly kind: 'missing'; readonly sha256: Sha256; readonly places: readonly Place[] }
  /** Bytes are not what their name says. */
  | { readonly kind: 'damaged'; readonly sha256: Sha256; readonly places: readonly Place[] }
  /** No row names these bytes, and they are too old to be on their way. */
  | { readonly kind: 'orphan'; readonly sha256: Sha256 }
  /** A name in the store that stands for no bytes of the archive, or for bytes sealed with an unknown key. */
  | { readonly kind: 'strange'; readonly name: string }
  | { readonly kind: 'series-count' | 'study-count'; readonly uid: string }
  /** An instance that names another study than its series does. */
  | { readonly kind: 'stray'; readonly uid: string }
  | { readonly kind: 'audit' };

export interface FsckReport {
  readonly at: string;
  readonly deep: boolean;
  /** No problem is left; those that were repaired do not count. */
  readonly ok: boolean;
  /** Bytes that rows name, and bytes in the store. */
  readonly named: number;
  readonly stored: number;
  /** Bytes that nothing names yet or any more, in order: being stored, or waiting to be taken away. */
  readonly onTheirWay: number;
  /** What `verifyAudit` said. */
  readonly audit: unknown;
  /** How many there are of each kind; the first of each stand in `problems`. */
  readonly counts: Readonly<Partial<Record<FsckProblem['kind'], number>>>;
  readonly problems: readonly FsckProblem[];
  readonly repaired: { readonly orphans: number; readonly counts: number };
}

/** Younger bytes may belong to a store that has not committed yet. */
const ORPHAN_AGE_MS = 3_600_000;
const PAGE = 500;
/** Questions to the store at a time. */
const WIDTH = 8;
/** Told of each kind: more would bury the reader. */
const TOLD = 1_000;

/** Holds the index against the bytes, both ways, and the audit against itself. May run beside the server. */
export async function fsck(database: Database, blobs: Blobs, options: FsckOptions): Promise<FsckReport> {
  const { deep, repair, now, verifyAudit, onProgress = () => {} } = options;
  const found = notebook();
  const tables = await blobTablesIn(database);

  let counts = 0;
  if (repair) counts = await database.transaction(setCounts);
  for (const { uid } of await wrongSeriesCounts(database, TOLD)) found.note({ kind: 'series-count', uid });
  for (const { uid } of await wrongStudyCounts(database, TOLD)) found.note({ kind: 'study-count', uid });
  for (const { uid } of await strayInstances(database, TOLD)) found.note({ kind: 'stray', uid });

  let named = 0;
  const judged = ahead(allNamed(database, tables), WIDTH, async ({ sha256, size }) => ({
    sha256,
    kind: await judge(blobs, sha256, size, deep),
  }));
  for await (const { sha256, kind } of judged) {
    named += 1;
    if (named % 100 === 0) onProgress('rows', named);
    if (kind === undefined) continue;
    // Deleted since the page was read?
    const places = await placesOf(database, tables, sha256);
    if (places.length > 0) found.note({ kind, sha256, places });
  }

  let stored = 0;
  let onTheirWay = 0;
  const orphans: Sha256[] = [];
  const settle = async (page: Sha256[]) => {
    const names = await namedAmong(database, tables, page);
    const nameless = page.filter((sha256) => !names.has(sha256));
    const noted = await notedAmong(database, nameless);
    for (const sha256 of nameless) {
      const old = !noted.has(sha256) && (await isOld(blobs, sha256, now()));
      if (!old) onTheirWay += 1;
      else {
        found.note({ kind: 'orphan', sha256 });
        if (orphans.length <= named) orphans.push(sha256);
      }
    }
  };
  let page: Sha256[] = [];
  for await (const sha256 of blobs.list((name) => found.note({ kind: 'strange', name }))) {
    stored += 1;
    page.push(sha256);
    if (page.length < PAGE) continue;
    await settle(page);
    page = [];
    onProgress('bytes', stored);
  }
  await settle(page);
  let removed = 0;
  if (repair) {
    if (found.counts.missing === undefined && orphans.length <= named) {
      await noteToRemove(database, orphans, now());
      found.forget('orphan');
    }
    removed = (await clearRemovedBlobs(database, blobs, { now })).removed;
  }

  onProgress('audit', 0);
  const audit = await verifyAudit(database);
  if (!audit.whole) found.note({ kind: 'audit' });
  return {
    at: now().toISOString(),
    deep,
    ok: found.problems().length === 0,
    named,
    stored,
    onTheirWay,
    audit,
    counts: found.counts,
    problems: found.problems(),
    repaired: { orphans: removed, counts },
  };
}

async function* allNamed(
  sql: Sql,
  tables: readonly Table[],
): AsyncGenerator<{ sha256: string; size: number }> {
  for (let after = ''; ; ) {
    const page = await namedBlobs(sql, tables, after, PAGE);
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.sha256 as string;
  }
}

/** @throws BlobsUnavailable: what cannot be asked is not called missing */
async function judge(
  blobs: Blobs,
  sha256: Sha256,
  size: number,
  deep: boolean,
): Promise<'missing' | 'damaged' | undefined> {
  try {
    const facts = await blobs.stat(sha256);
    if (facts.size !== Number(size)) return 'damaged';
    if (deep) for await (const _ of verified(await blobs.open(sha256), sha256));
    return undefined;
  } catch (error) {
    if (error instanceof BlobMissing) return 'missing';
    if (error instanceof BlobDamaged) return 'damaged';
    throw error;
  }
}

async function isOld(blobs: Blobs, sha256: Sha256, now: Date): Promise<boolean> {
  try {
    const { keptAt } = await blobs.stat(sha256);
    return now.getTime() - keptAt.getTime() >= ORPHAN_AGE_MS;
  } catch (error) {
    if (error instanceof BlobMissing) return false;
    // A damaged orphan goes, too.
    if (error instanceof BlobDamaged) return true;
    throw error;
  }
}

function notebook() {
  const counts: Partial<Record<FsckProblem['kind'], number>> = {};
  let problems: FsckProblem[] = [];
  return {
    counts,
    problems: () => problems,
    forget(kind: FsckProblem['kind']) {
      delete counts[kind];
      problems = problems.filter((problem) => problem.kind !== kind);
    },
    note(problem: FsckProblem) {
      const count = (counts[problem.kind] ?? 0) + 1;
      counts[problem.kind] = count;
      if (count <= TOLD) problems.push(problem);
    },
  };
}
