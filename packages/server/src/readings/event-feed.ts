import { type Identity, reaches, reachOf, type Standing } from '../access/index.ts';
import { CloseCode, type TextChannel } from '../ports/channel/index.ts';
import type { Database } from '../ports/database/index.ts';
import { eventMessage, RESTARTED } from './event-reports.ts';
import { type DueEvent, eventsSince, reportsOf, type Subscriber } from './event-rows.ts';
import { rounds } from './rounds.ts';
import { whileStanding } from './standing.ts';
import { stepUid } from './step-uids.ts';

export interface ChannelLimits {
  /** Channels of this process, and of one account in it. */
  readonly mostChannels: number;
  readonly mostOfAccount: number;
  /** Events that wait for one channel: with more it is ended, and its client may come again. */
  readonly mostWaiting: number;
  readonly everyMs: number;
}

export const CHANNEL_LIMITS: ChannelLimits = {
  mostChannels: 200,
  mostOfAccount: 10,
  mostWaiting: 1_000,
  everyMs: 500,
};

export type Admission = 'admitted' | 'full' | 'full-for-account';

/** Event reports to the channels of this process, whichever server the events come from. */
export interface EventFeed {
  /**
   * Events from now on (and those of the last seconds, which a client that comes again has missed), until either side
   * ends the channel.
   * @param accept makes the channel; not called where there is no room
   */
  serve(subscriber: Subscriber, standing: Standing, accept: () => TextChannel): Admission;
  close(): void;
}

interface Told extends DueEvent {
  /** The text is one for all who are told. */
  readonly report: string;
}

interface Open {
  readonly subscriber: Subscriber;
  readonly channel: TextChannel;
  readonly waiting: Told[];
  identity(): Promise<Identity | undefined>;
  isSending: boolean;
  messages: number;
}

/** Times are those of the writers' clocks and of the writes, not of their commits: what is a little older may be new. */
const OVERLAP_MS = 10_000;
/** Names are of the clients' own choice: beyond so many the first is told once more. */
const MOST_GREETED = 10_000;

const keyOf = ({ accountId, aeTitle }: Subscriber): string => `${accountId} ${aeTitle}`;

/** Looks for events while a channel is open: one question for all of them. */
export function eventFeed(
  { database, now }: { readonly database: Database; readonly now: () => Date },
  limits: ChannelLimits = CHANNEL_LIMITS,
): EventFeed {
  const open = new Set<Open>();
  /** Events that were given out, by subscriber, with their time. */
  const told = new Map<string, number>();
  /** Who knows that this server has started, the latest last. */
  const greeted = new Set<string>();
  let isClosed = false;

  /** New events, in their order. */
  async function look(): Promise<Told[]> {
    const since = new Date(now().getTime() - OVERLAP_MS);
    const found = await eventsSince(
      database,
      since,
      [...open].map(({ subscriber }) => subscriber),
    );
    const nameOf = ({ eventId, to }: DueEvent) => `${eventId} ${keyOf(to)}`;
    const fresh = found.filter((event) => !told.has(nameOf(event)));
    const ids = new Set(fresh.map(({ eventId }) => eventId));
    const reports = ids.size === 0 ? new Map<string, string>() : await reportsOf(database, [...ids]);
    for (const event of fresh) told.set(nameOf(event), event.at.getTime());
    for (const [name, at] of told) if (at < since.getTime() - OVERLAP_MS) told.delete(name);
    return fresh.flatMap((event) => {
      const report = reports.get(event.eventId);
      // Its study has been deleted since.
      return report === undefined ? [] : [{ ...event, report }];
    });
  }

  // What a look that fails did not find is found by the next: nothing is told of until then.
  const looks = rounds(
    async () => giveOut(await look()),
    limits.everyMs,
    () => open.size > 0,
  );

  function giveOut(events: readonly Told[]): void {
    const byKey = Map.groupBy(events, ({ to }) => keyOf(to));
    for (const one of open) {
      one.waiting.push(...(byKey.get(keyOf(one.subscriber)) ?? []));
      if (one.waiting.length > limits.mostWaiting) one.channel.close(CloseCode.tryAgainLater);
      else void send(one);
    }
  }

  /** Whether it may be told is judged for each event, when it is sent. */
  async function send(one: Open): Promise<void> {
    if (one.isSending) return;
    one.isSending = true;
    try {
      for (let event = one.waiting.shift(); event !== undefined; event = one.waiting.shift()) {
        const who = await one.identity();
        if (who === undefined || one.channel.closed.aborted) return;
        if (!reaches(reachOf(who, 'read'), event.owner)) continue;
        const report = { kind: event.kind, attributes: JSON.parse(event.report) };
        one.messages += 1;
        one.channel.send(JSON.stringify(eventMessage(report, stepUid(event), one.messages)));
      }
    } catch {
      // Whether it may be told cannot be known now: its client comes again, and looks for what it missed.
      one.channel.close(CloseCode.tryAgainLater);
    } finally {
      one.isSending = false;
    }
  }

  function greet(one: Open): void {
    const key = keyOf(one.subscriber);
    if (greeted.has(key)) return;
    greeted.add(key);
    if (greeted.size > MOST_GREETED) greeted.delete(greeted.values().next().value as string);
    one.messages += 1;
    one.channel.send(JSON.stringify(eventMessage(RESTARTED, undefined, one.messages)));
  }

  function admissionOf(accountId: string): Admission {
    if (isClosed || open.size >= limits.mostChannels) return 'full';
    const own = [...open].filter(({ subscriber }) => subscriber.accountId === accountId).length;
    return own >= limits.mostOfAccount ? 'full-for-account' : 'admitted';
  }

  return {
    serve(subscriber, standing, accept) {
      const admission = admissionOf(subscriber.accountId);
      if (admission !== 'admitted') return admission;
      const channel = accept();
      if (channel.closed.aborted) return admission;
      const watch = whileStanding(standing);
      const one: Open = {
        subscriber,
        channel,
        waiting: [],
        identity: () => watch.identity(),
        isSending: false,
        messages: 0,
      };
      open.add(one);
      watch.signal.addEventListener('abort', () => channel.close(CloseCode.policy));
      channel.closed.addEventListener('abort', () => {
        watch.end();
        open.delete(one);
      });
      greet(one);
      looks.next();
      return admission;
    },
    close() {
      isClosed = true;
      void looks.stop();
      for (const { channel } of open) channel.close(CloseCode.goingAway);
    },
  };
}
