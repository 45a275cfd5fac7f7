import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../ports/database/index.ts';
import { openCollector } from '../ports/syslog/index.ts';
import { type Listener, listen, selfSigned } from '../ports/syslog/listener.testing.ts';
import { appendAudit } from './append.ts';
import { auditDatabase, begin, NOW } from './chain.testing.ts';
import { auditOutbox, type Outbox, retryAfterMs } from './outbox.ts';

const own = selfSigned();
const source = { name: 'spine.example.org', origin: 'https://spine.example.org' };
let database: Database;
let collector: Listener | undefined;
let now: number;

beforeAll(async () => {
  database = await auditDatabase();
}, 60_000);
afterAll(() => database.close());
beforeEach(async () => {
  now = NOW.getTime();
  await begin(database, []);
  await database.query('delete from audit_export');
});
afterEach(async () => {
  await collector?.close();
  collector = undefined;
});

const add = (count: number) =>
  appendAudit(
    database,
    NOW,
    ...Array.from({ length: count }, () => ({ action: 'read', outcome: 'success', actor: 'a' }) as const),
  );
const outboxTo = (port: number, holder = 'one'): Outbox =>
  auditOutbox({
    database,
    collector: openCollector({ protocol: 'tls', host: '127.0.0.1', port, ca: own.cert, timeoutMs: 2_000 }),
    destination: 'hospital',
    source,
    now: () => new Date(now),
    holder,
    batch: 10,
  });
const sequence = (listener: Listener) =>
  listener.messages.map((text) => Number(/sequenceId="(\d+)"/.exec(text)?.[1]));
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

test('the whole chain, in order, once, in batches; then what is new', async () => {
  collector = await listen(own);
  await add(25);
  const outbox = outboxTo(collector.port);
  expect(await outbox.drain()).toEqual({ seq: 25, behind: 0, failures: 0 });
  expect(sequence(collector)).toEqual(upTo(25));
  expect(collector.connections()).toBe(3);
  expect(collector.messages[0]).toMatch(
    /^<85>1 \S+ spine\.example\.org promontory - DICOM\+RFC3881 .*<AuditMessage>/,
  );
  await outbox.drain();
  await add(2);
  await outboxTo(collector.port, 'the next process').drain();
  expect(sequence(collector)).toEqual(upTo(27));
});

test('nothing is lost while the collector is down; tries come apart, doubled', async () => {
  await add(3);
  const down = await listen(own);
  const { port } = down;
  await down.close();
  const outbox = outboxTo(port);
  expect(await outbox.drain()).toEqual({ seq: 0, behind: 3, failures: 1, retryAt: new Date(now + 1_000) });
  // Not yet time: it is not even tried.
  expect((await outbox.drain()).failures).toBe(1);
  now += 1_000;
  expect(await outbox.drain()).toMatchObject({ failures: 2, retryAt: new Date(now + 2_000) });
  await add(4);
  collector = await listen(own, port);
  expect((await outbox.drain()).seq).toBe(0);
  now += 2_000;
  expect(await outbox.drain()).toEqual({ seq: 7, behind: 0, failures: 0 });
  expect(sequence(collector)).toEqual(upTo(7));
});

test('a connection that breaks in the middle sends its batch again: at least once, never a gap', async () => {
  collector = await listen(own);
  await add(15);
  let breaks = 2;
  collector.onConnection = (socket) => {
    if (breaks-- > 0) socket.once('data', () => socket.destroy());
  };
  const outbox = outboxTo(collector.port);
  for (let i = 0; i < 4; i += 1) {
    await outbox.drain();
    now += 10_000;
  }
  expect((await outbox.delivery()).seq).toBe(15);
  expect([...new Set(sequence(collector))].sort((a, b) => a - b)).toEqual(upTo(15));
});

test('of two processes one sends; where it died the other goes on after a while', async () => {
  collector = await listen(own);
  await add(5);
  await database.query(
    `insert into audit_export (destination, holder, held_until) values ('hospital', 'dead', $1)`,
    [new Date(now + 60_000).toISOString()],
  );
  const outbox = outboxTo(collector.port, 'alive');
  expect((await outbox.drain()).behind).toBe(5);
  now += 60_000;
  expect((await outbox.drain()).behind).toBe(0);
  await add(40);
  await Promise.all([outboxTo(collector.port, 'a').drain(), outboxTo(collector.port, 'b').drain()]);
  expect(sequence(collector)).toEqual(upTo(45));
});

test('follows until told to end, over errors of the database', async () => {
  collector = await listen(own);
  const end = new AbortController();
  const failing: Database = {
    ...database,
    query: async (text, values) => {
      if (turns === 1) throw new Error('gone');
      return database.query(text, values);
    },
  };
  let turns = 0;
  const outbox = auditOutbox({
    database: failing,
    collector: openCollector({ protocol: 'tls', host: '127.0.0.1', port: collector.port, ca: own.cert }),
    destination: 'hospital',
    source,
    now: () => new Date(now),
    holder: 'one',
  });
  await outbox.follow(end.signal, async () => {
    turns += 1;
    await add(1);
    if (turns === 4) end.abort();
  });
  expect(sequence(collector)).toEqual(upTo(3));
});

test('the wait grows to five minutes and no further', () => {
  expect([1, 2, 3, 9, 10, 1_000].map(retryAfterMs)).toEqual([1_000, 2_000, 4_000, 256_000, 300_000, 300_000]);
});
