/** What the server does beside answering. */
import { randomUUID } from 'node:crypto';
import { auditOutbox } from '../../audit/index.ts';
import type { Database } from '../../ports/database/index.ts';
import { type Log, placeOf } from '../../ports/log/index.ts';
import { openCollector } from '../../ports/syslog/index.ts';
import { pause } from './pause.ts';
import type { ServeSettings } from './settings.ts';
import { readPem } from './start-rules.ts';

const HOUR_MS = 3_600_000;

/** Clears up once an hour. @returns what ends it, and waits for what is under way */
export function upkeep(given: {
  readonly work: readonly (() => Promise<unknown>)[];
  readonly log: Log;
}): () => Promise<void> {
  let busy: Promise<void> = Promise.resolve();
  const round = async () => {
    for (const one of given.work)
      await one().catch((error) => given.log({ event: 'upkeep.failed', level: 'error', ...placeOf(error) }));
  };
  const timer = setInterval(() => {
    busy = busy.then(round);
  }, HOUR_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await busy;
  };
}

/** Follows the audit to a syslog collector. @returns what ends it */
export function forwardAudit(
  { transport, host, port, caFile }: NonNullable<ServeSettings['auditSyslog']>,
  { database, now, origin }: { database: Database; now: () => Date; origin: string },
): () => Promise<void> {
  const ending = new AbortController();
  const outbox = auditOutbox({
    database,
    collector: openCollector({
      protocol: transport,
      host,
      port,
      ...(caFile === undefined ? {} : { ca: readPem(caFile, 'authority of the audit collector') }),
    }),
    destination: `${transport}:${host}:${port}`,
    source: { name: 'Promontory', origin },
    now,
    // In containers every server is process 1.
    holder: randomUUID(),
  });
  const following = outbox.follow(ending.signal, pause);
  return async () => {
    ending.abort();
    await following;
  };
}
