import { type Identity, reaches, reachOf, type Standing } from '../access/index.ts';
import { ownerOf, type StudyOwner } from '../archive/index.ts';
import type { Queue } from '../jobs/index.ts';
import type { Blobs } from '../ports/blobs/index.ts';
import type { Database, Sql } from '../ports/database/index.ts';
import { type CancelOutcome, cancelOpenItem } from './cancel-item.ts';
import { type Gate, gateFor, type Note } from './gate.ts';
import type { Indication } from './priorities.ts';
import type { ProgressFeed } from './progress-feed.ts';
import type { ReadingFileRecord, ReadingJob, ReadingRecord, WorkItem } from './reading.ts';
import { completeStudy, lockStudy, readingById, readingsOf } from './reading-rows.ts';
import { scheduleArrival, scheduleRequest } from './schedule.ts';
import { whileStanding } from './standing.ts';
import { countItems, type ItemQuery, openItems, ownedItem, searchItems } from './work-item-rows.ts';

/**
 * The readings as one identity may use them: like the archive's gate, every method judges the policy by the study and
 * writes the audit in the transaction of the deed. What may not be seen answers as what is not there (`undefined`).
 */
export interface Readings {
  /** The latest first, and what waits or is worked on. */
  ofStudy(
    studyUid: string,
  ): Promise<{ readonly readings: readonly ReadingRecord[]; readonly open: readonly WorkItem[] } | undefined>;
  get(readingId: string): Promise<ReadingRecord | undefined>;
  openFile(
    readingId: string,
    name: string,
  ): Promise<{ readonly file: ReadingFileRecord; readonly bytes: AsyncIterable<Uint8Array> } | undefined>;
  /** Deed `request-reading`. */
  request(studyUid: string, indication?: Indication): Promise<WorkItem | undefined>;
  /** Deed `request-reading`. What a client performs is theirs to end: they are asked to. */
  cancel(jobId: string): Promise<CancelOutcome | undefined>;
  /** Deed `store`: who sends says that all was sent. @returns whether it was not complete until then */
  complete(studyUid: string): Promise<boolean | undefined>;
  workItem(jobId: string): Promise<WorkItem | undefined>;
  workItems(
    query: ItemQuery,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<readonly WorkItem[]>;
  /**
   * Changes of work items of studies within reach, until the signal.
   * @param standing whose reach is judged for each change; without a session or token any more it ends
   */
  progress(signal: AbortSignal, standing?: Standing): AsyncIterable<WorkItem>;
  /** For those who look after the server; the caller judges. */
  counts(): ReturnType<typeof countItems>;
}

export interface ReadingsPorts {
  readonly database: Database;
  readonly blobs: Blobs;
  readonly queue: Queue<ReadingJob>;
  readonly feed: ProgressFeed;
  readonly now: () => Date;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export class StudyReadings implements Readings {
  readonly #identity: Identity;
  readonly #ports: ReadingsPorts;
  readonly #gate: Gate;

  constructor(identity: Identity, ports: ReadingsPorts) {
    this.#identity = identity;
    this.#ports = ports;
    this.#gate = gateFor(identity, ports);
  }

  ofStudy(studyUid: string): ReturnType<Readings['ofStudy']> {
    return this.#gate.within(
      'read',
      (sql) => ownerOf(sql, studyUid),
      async (sql, owner, note) => {
        const readings = await readingsOf(sql, studyUid);
        note('search', owner, { readings: readings.length });
        return { readings, open: await openItems(sql, studyUid) };
      },
    );
  }

  get(readingId: string): Promise<ReadingRecord | undefined> {
    return this.#reading(readingId, (reading, owner, note) => {
      note('read', owner, { reading: readingId });
      return reading;
    });
  }

  async openFile(readingId: string, name: string): ReturnType<Readings['openFile']> {
    const file = await this.#reading(readingId, (reading, owner, note) => {
      const found = reading.files.find((of) => of.name === name);
      if (found !== undefined) note('read', owner, { reading: readingId, file: found.name });
      return found;
    });
    return file && { file, bytes: await this.#ports.blobs.open(file.sha256) };
  }

  request(studyUid: string, indication?: Indication): Promise<WorkItem | undefined> {
    const { queue, now } = this.#ports;
    return this.#gate.within(
      'request-reading',
      (sql) => lockStudy(sql, studyUid),
      async (sql, owner, note) => {
        const requestedBy = this.#identity.actor;
        const item = await scheduleRequest(sql, queue, { studyUid, requestedBy, indication }, now());
        note('reading', owner, { asked: item.jobId, ...(indication !== undefined && { indication }) });
        return item;
      },
    );
  }

  async cancel(jobId: string): Promise<CancelOutcome | undefined> {
    if (!UUID.test(jobId)) return undefined;
    const lock = async (sql: Sql) => {
      const owned = await ownedItem(sql, jobId);
      return owned && lockStudy(sql, owned.owner.studyUid);
    };
    return this.#gate.within('request-reading', lock, async (sql, owner, note) => {
      const outcome = await cancelOpenItem(sql, jobId, {}, this.#ports);
      if (outcome === 'cancelled' || outcome === 'requested') note('reading', owner, { [outcome]: jobId });
      return outcome;
    });
  }

  complete(studyUid: string): Promise<boolean | undefined> {
    const { queue, now } = this.#ports;
    return this.#gate.within(
      'store',
      (sql) => lockStudy(sql, studyUid),
      async (sql, owner, note) => {
        if (!(await completeStudy(sql, studyUid, now()))) return false;
        await scheduleArrival(sql, queue, studyUid, now());
        note('reading', owner, { complete: true });
        return true;
      },
    );
  }

  async workItem(jobId: string): Promise<WorkItem | undefined> {
    if (!UUID.test(jobId)) return undefined;
    let item: WorkItem | undefined;
    const look = async (sql: Sql) => {
      const owned = await ownedItem(sql, jobId);
      item = owned?.item;
      return owned?.owner;
    };
    return this.#gate.within('read', look, async (_sql, owner, note) => {
      note('read', owner, { workItem: jobId });
      return item;
    });
  }

  async workItems(
    query: ItemQuery,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<readonly WorkItem[]> {
    return this.#gate.deed(async (sql, note) => {
      const found = await searchItems(sql, query, reachOf(this.#identity, 'read'), page);
      note('search', undefined, { workItems: found.length });
      return found.map(({ item }) => item);
    });
  }

  async *progress(signal: AbortSignal, standing?: Standing): AsyncGenerator<WorkItem> {
    await this.#gate.deed(async (_sql, note) => note('search', undefined, { progress: true }));
    const watch = whileStanding(
      standing ?? { identity: async () => this.#identity, changed: () => () => {} },
    );
    try {
      for await (const { item, owner } of this.#ports.feed.changes(AbortSignal.any([signal, watch.signal]))) {
        const who = await watch.identity();
        if (who === undefined) return;
        if (reaches(reachOf(who, 'read'), owner)) yield item;
      }
    } finally {
      watch.end();
    }
  }

  counts(): ReturnType<typeof countItems> {
    return countItems(this.#ports.database);
  }

  async #reading<T>(
    readingId: string,
    work: (reading: ReadingRecord, owner: StudyOwner, note: Note) => T | undefined,
  ): Promise<T | undefined> {
    if (!UUID.test(readingId)) return undefined;
    let reading: ReadingRecord | undefined;
    const look = async (sql: Sql) => {
      reading = await readingById(sql, readingId);
      return reading && ownerOf(sql, reading.studyUid);
    };
    return this.#gate.within('read', look, async (_sql, owner, note) =>
      reading === undefined ? undefined : work(reading, owner, note),
    );
  }
}
