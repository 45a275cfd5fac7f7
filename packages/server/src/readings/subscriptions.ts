/** Who wants to be told of which work items: PS3.18 11.10 to 11.12, PS3.4 CC.2.3. */
import type { Identity, Standing } from '../access/index.ts';
import { ownerOf } from '../archive/index.ts';
import type { TextChannel } from '../ports/channel/index.ts';
import type { Database, Sql } from '../ports/database/index.ts';
import type { Admission, EventFeed } from './event-feed.ts';
import { stateReport } from './event-reports.ts';
import { insertEventFor, type Subscriber } from './event-rows.ts';
import { type Gate, gateFor } from './gate.ts';
import type { WorkItem } from './reading.ts';
import { ALL_STEPS, FILTERED_STEPS, jobOfUid } from './step-uids.ts';
import {
  countOtherTitles,
  hearsItem,
  setItemSubscription,
  subscribeFiltered,
  subscribeToAll,
  suspendSubscription,
  unsubscribeFiltered,
  unsubscribeFromAll,
} from './subscription-rows.ts';
import { stepState } from './unified-procedure-step.ts';
import { type ItemQuery, ownedItemByUid } from './work-item-rows.ts';
import { malformed, WorklistRefused } from './worklist-refused.ts';

/** Names under which one account may subscribe. */
const MOST_TITLES = 16;

/** What may not be seen, or is not subscribed to, answers as what is not there (`undefined`). */
export interface Subscriptions {
  /**
   * Deed `read`. To one work item, all, or those that a filter lets through.
   * @throws WorklistRefused
   */
  subscribe(target: string, aeTitle: string, filter: ItemQuery | undefined): Promise<true | undefined>;
  unsubscribe(target: string, aeTitle: string): Promise<true | undefined>;
  suspend(target: string, aeTitle: string): Promise<true | undefined>;
  /** The channel over which a subscriber is told. @throws WorklistRefused; `accept` was not called then */
  open(aeTitle: string, standing: Standing, accept: () => TextChannel): Promise<Admission>;
}

/** PS3.5 6.2: 1 to 16 characters, not all blanks, no backslash, no control. */
const AE_TITLE = /^[\x20-\x5b\x5d-\x7e]{1,16}$/;

export class WorklistSubscriptions implements Subscriptions {
  readonly #identity: Identity;
  readonly #gate: Gate;
  readonly #feed: EventFeed;
  readonly #now: () => Date;

  constructor(
    identity: Identity,
    ports: { readonly database: Database; readonly events: EventFeed; readonly now: () => Date },
  ) {
    this.#identity = identity;
    this.#gate = gateFor(identity, ports);
    this.#feed = ports.events;
    this.#now = ports.now;
  }

  async subscribe(target: string, aeTitle: string, filter: ItemQuery | undefined): Promise<true | undefined> {
    const subscriber = this.#subscriber(aeTitle);
    if (target === FILTERED_STEPS && filter === undefined)
      throw malformed('A subscription by a filter needs one.');
    if (target === ALL_STEPS)
      return this.#change(subscriber, 'all', (sql) => subscribeToAll(sql, subscriber, this.#now()));
    if (target !== FILTERED_STEPS) return this.#subscribeToItem(target, subscriber);
    const { studyUid } = filter as ItemQuery;
    const change = (sql: Sql) => subscribeFiltered(sql, subscriber, filter as ItemQuery, this.#now());
    if (studyUid === undefined) return this.#change(subscriber, 'filtered', change);
    // It goes with the study: there must be one.
    return this.#gate.within(
      'read',
      (sql) => ownerOf(sql, studyUid),
      async (sql, owner, note) => {
        await this.#demandRoom(sql, subscriber);
        await change(sql);
        note('search', owner, { subscribed: 'filtered' });
        return true as const;
      },
    );
  }

  #change(
    subscriber: Subscriber,
    scope: string,
    change: (sql: Sql) => Promise<void>,
  ): Promise<true | undefined> {
    return this.#gate.deed(async (sql, note) => {
      await this.#demandRoom(sql, subscriber);
      await change(sql);
      note('search', undefined, { subscribed: scope });
      return true as const;
    });
  }

  #subscribeToItem(uid: string, subscriber: Subscriber): Promise<true | undefined> {
    return this.#onItem(uid, async (sql, item, note) => {
      await this.#demandRoom(sql, subscriber);
      await setItemSubscription(sql, subscriber, item.jobId, true, this.#now());
      await insertEventFor(sql, subscriber, item.jobId, stateReport(stepState(item)), this.#now());
      note({ subscribed: item.jobId });
      return true;
    });
  }

  #onItem(
    uid: string,
    work: (
      sql: Sql,
      item: WorkItem,
      note: (detail: Record<string, string>) => void,
    ) => Promise<true | undefined>,
  ): Promise<true | undefined> {
    let item: WorkItem | undefined;
    const find = async (sql: Sql) => {
      const owned = await ownedItemByUid(sql, uid, jobOfUid(uid));
      item = owned?.item;
      return owned?.owner;
    };
    return this.#gate.within('read', find, async (sql, owner, note) =>
      item === undefined ? undefined : work(sql, item, (detail) => note('read', owner, detail)),
    );
  }

  async unsubscribe(target: string, aeTitle: string): Promise<true | undefined> {
    const subscriber = this.#subscriber(aeTitle);
    if (target === ALL_STEPS)
      return this.#gate.deed(async (sql) => found(await unsubscribeFromAll(sql, subscriber)));
    if (target === FILTERED_STEPS)
      return this.#gate.deed(async (sql) => found(await unsubscribeFiltered(sql, subscriber)));
    return this.#onItem(target, async (sql, { jobId }) => {
      if (!(await hearsItem(sql, subscriber, jobId))) return undefined;
      await setItemSubscription(sql, subscriber, jobId, false, this.#now());
      return true;
    });
  }

  async suspend(target: string, aeTitle: string): Promise<true | undefined> {
    const subscriber = this.#subscriber(aeTitle);
    // C314: one work item cannot be suspended.
    if (target !== ALL_STEPS && target !== FILTERED_STEPS)
      throw malformed('Only the subscription to the worklist is suspended.');
    return this.#gate.deed(async (sql) =>
      found(
        await suspendSubscription(sql, subscriber, target === ALL_STEPS ? 'all' : 'filtered', this.#now()),
      ),
    );
  }

  async open(aeTitle: string, standing: Standing, accept: () => TextChannel): Promise<Admission> {
    const subscriber = this.#subscriber(aeTitle);
    await this.#gate.deed(async (_sql, note) => note('search', undefined, { channel: true }));
    return this.#feed.serve(subscriber, standing, accept);
  }

  /** A title is its account's own. */
  #subscriber(aeTitle: string): Subscriber {
    const { accountId } = this.#identity;
    if (accountId === undefined)
      throw new WorklistRefused('subscriber-refused', 'Only accounts subscribe, and their tokens.');
    if (!AE_TITLE.test(aeTitle) || aeTitle.trim() === '') throw malformed('The AE title is malformed.');
    return { accountId, aeTitle: aeTitle.trim() };
  }

  async #demandRoom(sql: Sql, subscriber: Subscriber): Promise<void> {
    if ((await countOtherTitles(sql, subscriber)) >= MOST_TITLES)
      throw new WorklistRefused('subscriber-refused', 'The account subscribes under too many AE titles.');
  }
}

const found = (was: boolean): true | undefined => (was ? true : undefined);
