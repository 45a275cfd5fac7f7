/** The worklist as one identity may use it: PS3.18 chapter 11 over the readings, PS3.4 annex CC. */
import { createHash } from 'node:crypto';
import type { JsonDataSet } from '@promontory/core/dicom';
import type { Identity } from '../access/index.ts';
import type { StudyOwner } from '../archive/index.ts';
import type { Queue } from '../jobs/index.ts';
import { type Database, isUniqueViolation, type Sql } from '../ports/database/index.ts';
import { type CancelOutcome, cancelOpenItem } from './cancel-item.ts';
import { claimItem, editClaimed, editScheduled, endClaimed, transactionOf } from './claim-rows.ts';
import { assigned, performerProgress, stateReport } from './event-reports.ts';
import { insertEvent } from './event-rows.ts';
import { missingFor, withCancellationTime } from './final-state.ts';
import { type Gate, gateFor, type Note } from './gate.ts';
import { type Order, orderOf } from './order.ts';
import type { ReadingJob, WorkItem } from './reading.ts';
import { lockStudy, seriesAndPatientOf } from './reading-rows.ts';
import { add } from './schedule.ts';
import { type ReadDataSet, textOf } from './step-attributes.ts';
import { jobOfUid, stepUid } from './step-uids.ts';
import { stepUpdateOf } from './step-update.ts';
import { dateTime, stepState } from './unified-procedure-step.ts';
import { type OwnedItem, openItems, ownedItemByUid } from './work-item-rows.ts';
import { malformed, WorklistRefused } from './worklist-refused.ts';

export type NextState = 'IN PROGRESS' | 'COMPLETED' | 'CANCELED';

/** What may not be seen answers as what is not there (`undefined`). All throw WorklistRefused. */
export interface Worklist {
  /** Deed `request-reading` on the study. */
  create(
    dataSet: ReadDataSet,
    uid: string | undefined,
  ): Promise<{ readonly uid: string; readonly isModified: boolean } | undefined>;
  /** Deed `read`. */
  retrieve(uid: string): Promise<WorkItem | undefined>;
  /**
   * Deed `perform-reading`.
   * @param transactionUid of the claim; none for what nobody has claimed
   */
  update(
    uid: string,
    dataSet: ReadDataSet,
    transactionUid: string | undefined,
  ): Promise<{ readonly isCut: boolean } | undefined>;
  /** Deed `perform-reading`. @returns whether it was in that state already */
  changeState(
    uid: string,
    state: string | undefined,
    transactionUid: string | undefined,
  ): Promise<{ readonly isAlready: boolean } | undefined>;
  /** Deed `request-reading`. @param asked reason and contact, for whoever performs it */
  requestCancel(uid: string, asked: JsonDataSet): Promise<CancelOutcome | undefined>;
}

export interface WorklistPorts {
  readonly database: Database;
  readonly queue: Queue<ReadingJob>;
  readonly now: () => Date;
}

/** All that clients say of a step, in characters of JSON: a search gives back many. */
const LONGEST_STEP = 2 ** 18;

/** The lock is known to its holder only: of it nothing is kept but this. */
const hashOf = (transactionUid: string): string => createHash('sha256').update(transactionUid).digest('hex');

export class StudyWorklist implements Worklist {
  readonly #identity: Identity;
  readonly #ports: WorklistPorts;
  readonly #gate: Gate;

  constructor(identity: Identity, ports: WorklistPorts) {
    this.#identity = identity;
    this.#ports = ports;
    this.#gate = gateFor(identity, ports);
  }

  async create(dataSet: ReadDataSet, uid: string | undefined): ReturnType<Worklist['create']> {
    const { now } = this.#ports;
    const order = orderOf(dataSet, uid, now());
    const created = this.#gate.within(
      'request-reading',
      (sql) => lockStudy(sql, order.studyUid),
      async (sql, owner, note) => {
        if (!(await this.#fits(sql, order))) return undefined;
        const item = await this.#order(sql, order);
        note('reading', owner, { ordered: item.jobId });
        return { uid: stepUid(item), isModified: order.isModified };
      },
    );
    return created.catch((error: unknown) => {
      // Of another study, and faster: only orders of one study take turns.
      throw order.uid !== undefined && isUniqueViolation(error) ? duplicate() : error;
    });
  }

  /** Whether the study has the series that are named. @throws WorklistRefused where it is not of that patient */
  async #fits(sql: Sql, { studyUid, seriesUids, patientId }: Order): Promise<boolean> {
    const held = await seriesAndPatientOf(sql, studyUid);
    if (patientId !== undefined && held.patientId !== undefined && patientId !== held.patientId)
      throw new WorklistRefused('other-patient', 'The study is of another patient than the order names.');
    return seriesUids.every((uid) => held.seriesUids.has(uid));
  }

  async #order(sql: Sql, order: Order): Promise<WorkItem> {
    const { queue, now } = this.#ports;
    const { uid, studyUid, priority, startAt, step } = order;
    if (uid !== undefined && (await ownedItemByUid(sql, uid, jobOfUid(uid))) !== undefined) throw duplicate();
    const [open] = await openItems(sql, studyUid);
    if (open !== undefined)
      throw new WorklistRefused('under-way', 'A reading of the study waits or runs.', stepUid(open));
    return add(
      sql,
      queue,
      {
        studyUid,
        origin: 'request',
        requestedBy: this.#identity.actor,
        priority,
        step,
        ...(uid !== undefined && { uid }),
        ...(startAt !== undefined && { startAt }),
      },
      now(),
    );
  }

  retrieve(uid: string): Promise<WorkItem | undefined> {
    let item: WorkItem | undefined;
    const look = async (sql: Sql) => {
      const owned = await ownedItemByUid(sql, uid, jobOfUid(uid));
      item = owned?.item;
      return owned?.owner;
    };
    return this.#gate.within('read', look, async (_sql, owner, note) => {
      if (item !== undefined) note('read', owner, { workItem: item.jobId });
      return item;
    });
  }

  update(
    uid: string,
    given: ReadDataSet,
    transactionUid: string | undefined,
  ): ReturnType<Worklist['update']> {
    return this.#onItem('perform-reading', uid, async (sql, { item, owner }, note) => {
      const isCut = await this.#update(sql, item, given, transactionUid);
      note('reading', owner, { updated: item.jobId });
      return { isCut };
    });
  }

  async #update(
    sql: Sql,
    item: WorkItem,
    given: ReadDataSet,
    transactionUid: string | undefined,
  ): Promise<boolean> {
    const { queue, now } = this.#ports;
    const { jobId } = item;
    const state = stepState(item);
    if (state === 'COMPLETED' || state === 'CANCELED')
      throw new WorklistRefused('completed', 'The work item has ended.');
    if (state === 'SCHEDULED' && transactionUid !== undefined)
      throw new WorklistRefused('not-claimed', 'Nobody has claimed the work item.');
    const by = state === 'SCHEDULED' ? 'anybody' : 'performer';
    const { changes, isAssignment, isCut, ...edit } = stepUpdateOf(given, by, now());
    const step = { ...item.step, ...changes };
    if (JSON.stringify(step).length > LONGEST_STEP)
      throw malformed('Too much has been said of the work item.');
    if (by === 'anybody') {
      if ((await editScheduled(sql, jobId, { ...edit, step }, now())) === undefined) throw begunMeanwhile();
      if (edit.priority !== undefined || edit.startAt !== undefined)
        await queue.raise(sql, jobId, edit.priority ?? item.priority, edit.startAt);
    } else {
      const hash = await this.#demandTransaction(sql, jobId, transactionUid);
      if ((await editClaimed(sql, jobId, hash, { ...edit, step }, now())) === undefined)
        throw begunMeanwhile();
      if (edit.progress !== undefined) await insertEvent(sql, jobId, performerProgress(step), now());
    }
    if (isAssignment) await insertEvent(sql, jobId, assigned(step), now());
    return isCut;
  }

  async changeState(
    uid: string,
    state: string | undefined,
    transactionUid: string | undefined,
  ): ReturnType<Worklist['changeState']> {
    return this.#onItem('perform-reading', uid, async (sql, { item, owner }, note) => {
      if (transactionUid === undefined)
        throw new WorklistRefused('transaction-missing', 'A Transaction UID is needed.');
      if (state === 'SCHEDULED')
        throw new WorklistRefused('never-again-scheduled', 'A work item is scheduled by its creation only.');
      if (state === 'IN PROGRESS') await this.#claim(sql, item, transactionUid);
      else if (state !== 'COMPLETED' && state !== 'CANCELED')
        throw malformed('The Procedure Step State is IN PROGRESS, COMPLETED or CANCELED.');
      else if (await this.#end(sql, item, state, transactionUid)) return { isAlready: true };
      note('reading', owner, { workItem: item.jobId, state });
      return { isAlready: false };
    });
  }

  async #claim(sql: Sql, item: WorkItem, transactionUid: string): Promise<void> {
    const { queue, now } = this.#ports;
    const claim = { transactionHash: hashOf(transactionUid), claimedBy: this.#identity.actor };
    if ((await claimItem(sql, item.jobId, claim, now())) === undefined) {
      await this.#demandTransaction(sql, item.jobId, transactionUid);
      throw stepState(item) === 'IN PROGRESS'
        ? new WorklistRefused('in-progress', 'The work item is in progress already.')
        : new WorklistRefused('completed', 'The work item has ended.');
    }
    // A worker of ours that was just given the job finds that the item is not for it.
    await queue.cancel(sql, [item.jobId]);
    await insertEvent(sql, item.jobId, stateReport('IN PROGRESS'), now());
  }

  /** @returns whether it was in that state already */
  async #end(
    sql: Sql,
    item: WorkItem,
    state: 'COMPLETED' | 'CANCELED',
    transactionUid: string,
  ): Promise<boolean> {
    const { now } = this.#ports;
    const current = stepState(item);
    if (current === 'SCHEDULED')
      throw new WorklistRefused('not-claimed', 'Nobody has claimed the work item.');
    const hash = await this.#demandTransaction(sql, item.jobId, transactionUid);
    if (current === state) return true;
    if (current !== 'IN PROGRESS') throw new WorklistRefused('completed', 'The work item has ended.');
    const missing = missingFor(state, item.step ?? {});
    if (missing.length > 0) throw new WorklistRefused('not-final', `Not said yet: ${missing.join(', ')}.`);
    const said = item.step ?? {};
    const step = state === 'CANCELED' ? withCancellationTime(said, dateTime(now())) : said;
    const ended = await endClaimed(
      sql,
      item.jobId,
      hash,
      { state: state === 'COMPLETED' ? 'completed' : 'cancelled', step },
      now(),
    );
    if (ended === undefined) throw begunMeanwhile();
    await insertEvent(sql, item.jobId, stateReport(state), now());
    return false;
  }

  /** @returns its hash. @throws WorklistRefused */
  async #demandTransaction(sql: Sql, jobId: string, transactionUid: string | undefined): Promise<string> {
    if (transactionUid === undefined)
      throw new WorklistRefused('transaction-missing', 'A Transaction UID is needed.');
    const hash = hashOf(transactionUid);
    if ((await transactionOf(sql, jobId)) !== hash)
      throw new WorklistRefused('transaction-incorrect', 'The Transaction UID is not that of the claim.');
    return hash;
  }

  requestCancel(uid: string, asked: JsonDataSet): Promise<CancelOutcome | undefined> {
    return this.#onItem('request-reading', uid, async (sql, { item, owner }, note) => {
      if (stepState(item) === 'CANCELED')
        throw new WorklistRefused('cancelled', 'The work item is cancelled already.');
      const outcome = await cancelOpenItem(sql, item.jobId, asked, this.#ports);
      if (outcome === 'ended') throw new WorklistRefused('completed', 'The work item has ended.');
      if (outcome === 'unreachable')
        throw new WorklistRefused('performer-unreachable', 'Nobody who performs the step would hear of it.');
      if (outcome !== undefined) note('reading', owner, { [outcome]: item.jobId });
      return outcome;
    });
  }

  /** With the study held, so that those who change its items take turns. */
  #onItem<T>(
    deed: Parameters<Gate['within']>[0],
    uid: string,
    work: (sql: Sql, owned: OwnedItem, note: Note) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const find = async (sql: Sql): Promise<StudyOwner | undefined> => {
      const found = await ownedItemByUid(sql, uid, jobOfUid(uid));
      return found && lockStudy(sql, found.owner.studyUid);
    };
    return this.#gate.within(deed, find, async (sql, _owner, note) => {
      // Looked at again, now that nobody else changes it.
      const owned = await ownedItemByUid(sql, uid, jobOfUid(uid));
      return owned && work(sql, owned, note);
    });
  }
}

const duplicate = () => new WorklistRefused('duplicate', 'There is a work item with this UID.');

/** A worker of ours does not wait for its turn. */
const begunMeanwhile = () =>
  new WorklistRefused('transaction-incorrect', 'The work item was begun by somebody else.');

/** Transaction UID (0008,1195) of the body, where it stands there. */
export const transactionIn = ({ dataSet }: ReadDataSet): string | undefined => textOf(dataSet, '00081195');
