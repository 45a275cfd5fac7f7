/** Follows the chain to a collector: the chain is the queue, and how far the collector has been served is kept. */
import type { Database } from '../ports/database/index.ts';
import { type Collector, CollectorUnavailable } from '../ports/syslog/index.ts';
import { atnaMessage } from './atna.ts';
import { oldestRows, readHead } from './audit-rows.ts';
import { claim, deliveryOf, failed, release, served } from './delivery-rows.ts';
import type { AuditSource } from './fhir.ts';
import { chained } from './search.ts';
import { syslogMessage } from './syslog.ts';

export interface OutboxPorts {
  readonly database: Database;
  readonly collector: Collector;
  /** The collector's name in the settings: another name starts at the beginning of the chain. */
  readonly destination: string;
  readonly source: AuditSource;
  readonly now: () => Date;
  /** Of this process: of several over one database one sends. */
  readonly holder: string;
  /** Messages held in memory and sent over one connection. Default 200. */
  readonly batch?: number;
}

export interface Delivery {
  /** Records that the collector has. */
  readonly seq: number;
  /** Records that it has not. */
  readonly behind: number;
  readonly failures: number;
  readonly retryAt?: Date;
}

export interface Outbox {
  /** Sends what there is, unless it is not yet time to try again or another process is sending. */
  drain(): Promise<Delivery>;
  /** Drains, waits, drains again, until told to end. Errors of database and collector do not end it. */
  follow(signal: AbortSignal, wait: (ms: number, signal: AbortSignal) => Promise<void>): Promise<void>;
  delivery(): Promise<Delivery>;
}

/** What a broken connection makes the collector receive again. */
const BATCH = 200;
/** Longer than any batch takes; after it another process goes on where a dead one stopped. */
const HOLD_MS = 60_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 5 * 60_000;
const IDLE_MS = 2_000;

/** Doubled at each failure, to five minutes. */
export const retryAfterMs = (failures: number): number =>
  Math.min(FIRST_RETRY_MS * 2 ** Math.max(failures - 1, 0), LAST_RETRY_MS);

export function auditOutbox(ports: OutboxPorts): Outbox {
  const { database, collector, destination, source, now, holder, batch = BATCH } = ports;

  async function delivery(): Promise<Delivery> {
    const head = await readHead(database);
    const { seq, failures, retryAt } = await deliveryOf(database, destination);
    return {
      seq,
      behind: (head?.seq ?? 0) - seq,
      failures,
      ...(retryAt === undefined ? {} : { retryAt }),
    };
  }

  /** @returns whether there may be more */
  async function sendOne(): Promise<boolean> {
    const at = now();
    const after = await claim(database, destination, holder, at, new Date(at.getTime() + HOLD_MS));
    if (after === undefined) return false;
    const rows = await oldestRows(database, {}, { after, upTo: Number.MAX_SAFE_INTEGER }, batch);
    if (rows.length === 0) {
      await release(database, destination, holder);
      return false;
    }
    const messages = rows
      .map(chained)
      .map((one) => syslogMessage(one.record, atnaMessage(one, source), source.name));
    try {
      await collector.send(messages);
    } catch (error) {
      if (!(error instanceof CollectorUnavailable)) throw error;
      const { failures } = await deliveryOf(database, destination);
      await failed(database, destination, holder, new Date(now().getTime() + retryAfterMs(failures + 1)));
      return false;
    }
    const upTo = rows.at(-1)?.seq ?? after;
    return (await served(database, destination, holder, upTo, now())) && rows.length === batch;
  }

  async function drain(): Promise<Delivery> {
    while (await sendOne());
    return delivery();
  }

  return {
    drain,
    delivery,
    async follow(signal, wait) {
      while (!signal.aborted) {
        // The database may be gone for a while; the chain waits in it.
        await drain().catch(() => undefined);
        if (!signal.aborted) await wait(IDLE_MS, signal).catch(() => undefined);
      }
    },
  };
}
