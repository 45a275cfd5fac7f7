import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database, Sql } from '../ports/database/index.ts';
import { anchor } from './anchor.ts';
import { appendAudit } from './append.ts';
import { auditDatabase, begin, events, NOW, recompute } from './chain.testing.ts';
import { canonicalJson, chainHash } from './chain.ts';
import type { AuditEvent } from './event.ts';
import { verifyAudit } from './verify.ts';

let database: Database;
beforeAll(async () => {
  database = await auditDatabase();
}, 60_000);
afterAll(() => database.close());

const RUNS = { numRuns: 40 };
const read = (n: number): AuditEvent[] =>
  Array.from({ length: n }, (_, i) => ({
    action: 'read',
    outcome: 'success',
    actor: 'account:1',
    studyUid: `1.2.${i}`,
  }));
const seqs = (of: readonly AuditEvent[]) => fc.integer({ min: 1, max: of.length });
const chainAndPlace = (min = 1) => events(min).chain((of) => fc.tuple(fc.constant(of), seqs(of)));

describe('a chain as it was written', () => {
  test('is whole, whatever the events and pages', async () => {
    await fc.assert(
      fc.asyncProperty(events(0, 20), fc.integer({ min: 1, max: 7 }), async (of, pageSize) => {
        await begin(database, of);
        const kept = await anchor(database, NOW);
        expect(kept.seq).toBe(of.length);
        const verdict = await verifyAudit(database, { anchor: kept, pageSize });
        expect(verdict).toMatchObject({ whole: true, records: of.length, last: { hash: kept.hash } });
      }),
      RUNS,
    );
  });

  test('takes what PostgreSQL would not store, and is whole', async () => {
    await begin(database, [
      { action: 'refusal', outcome: 'refused', actor: 'nul \0', patientKey: 'half \ud800', studyUid: '\0' },
    ]);
    expect(await verifyAudit(database)).toMatchObject({ whole: true, records: 1 });
  });

  test('is whole while it grows, and tells how far it is', async () => {
    await begin(database, read(25));
    const seen: number[] = [];
    let added = false;
    const verdict = await verifyAudit(database, {
      pageSize: 10,
      progress: (seq) => {
        seen.push(seq);
        // PGlite runs this before the next page is asked for.
        if (!added) void appendAudit(database, NOW, ...read(5));
        added = true;
      },
    });
    expect(verdict).toMatchObject({ whole: true, records: 30 });
    expect(seen).toEqual([10, 20, 30, 30]);
  });

  test('is whole when many write at once; of a deed that failed nothing stays', async () => {
    await begin(database, []);
    const deeds = Array.from({ length: 40 }, (_, i) =>
      database
        .transaction(async (sql) => {
          await appendAudit(sql, NOW, ...read(3));
          if (i % 4 === 0) throw new Error('undone');
        })
        .catch(() => {}),
    );
    await Promise.all(deeds);
    expect(await verifyAudit(database)).toMatchObject({ whole: true, records: 90 });
  });

  test('the triggers hold whoever is not the owner', async () => {
    await begin(database, read(2));
    await database.query('alter table audit_event enable trigger all');
    await expect(database.query('update audit_event set actor = $1', ['x'])).rejects.toThrow('append-only');
    await expect(database.query('delete from audit_event')).rejects.toThrow('append-only');
    await expect(database.query('truncate audit_event')).rejects.toThrow('append-only');
  });
});

/** Each attack on a whole chain of `n`; the first place that it touches. */
const COLUMNS = ['body', 'action', 'outcome', 'actor', 'study_uid', 'patient_key', 'previous', 'hash'];

describe('is broken by', () => {
  test('any column of any record altered', async () => {
    await fc.assert(
      fc.asyncProperty(
        chainAndPlace(),
        fc.constantFrom(...COLUMNS),
        fc.string({ maxLength: 5 }),
        async ([of, seq], column, tail) => {
          await begin(database, of);
          await database.query(
            `update audit_event set ${column} = coalesce(${column}, '') || $2 where seq = $1`,
            [seq, `${tail.replaceAll('\0', '')}x`],
          );
          const verdict = await verifyAudit(database);
          expect(verdict.break).toEqual({ seq, kind: 'altered' });
          expect(verdict.records).toBe(seq - 1);
        },
      ),
      RUNS,
    );
  });

  test('a time altered by a microsecond, a patient taken out of the index', async () => {
    await begin(database, [{ ...read(1)[0], patientKey: 'p' } as AuditEvent]);
    await database.query(`update audit_event set at = at + interval '1 microsecond'`);
    expect((await verifyAudit(database)).break).toEqual({ seq: 1, kind: 'altered' });
    await database.query(`update audit_event set at = at - interval '1 microsecond'`);
    expect((await verifyAudit(database)).whole).toBe(true);
    await database.query('update audit_event set patient_key = null');
    expect((await verifyAudit(database)).break).toEqual({ seq: 1, kind: 'altered' });
  });

  test('one record taken away, the gap left open or closed', async () => {
    await fc.assert(
      fc.asyncProperty(chainAndPlace(2), fc.boolean(), async ([of, seq], close) => {
        await begin(database, of);
        await database.query('delete from audit_event where seq = $1', [seq]);
        if (close) await shift(database, seq + 1, -1);
        const kind = seq === of.length ? 'tail-cut' : 'removed';
        expect((await verifyAudit(database)).break).toEqual({ seq, kind });
      }),
      RUNS,
    );
  });

  test('two records exchanged: their places, or all but their places', async () => {
    await fc.assert(
      fc.asyncProperty(
        events(2).chain((of) => fc.tuple(fc.constant(of), seqs(of), seqs(of))),
        fc.boolean(),
        async ([of, a, b], bodiesOnly) => {
          fc.pre(a !== b);
          await begin(database, of);
          await (bodiesOnly ? exchangeBodies : exchange)(database, a, b);
          expect((await verifyAudit(database)).break).toEqual({ seq: Math.min(a, b), kind: 'reordered' });
        },
      ),
      RUNS,
    );
  });

  test('a record put in, well sealed or not, those behind it moved up', async () => {
    await fc.assert(
      fc.asyncProperty(chainAndPlace(), fc.boolean(), async ([of, seq], sealed) => {
        await begin(database, of);
        const before = await database.query<{ hash: string }>('select hash from audit_event where seq = $1', [
          seq - 1,
        ]);
        await shift(database, seq, 1);
        await putIn(database, seq, before[0]?.hash ?? '', sealed);
        await database.query('update audit_head set seq = seq + 1');
        expect((await verifyAudit(database)).break).toEqual({ seq, kind: 'inserted' });
      }),
      RUNS,
    );
  });

  test('records beyond the head, before the first, and a head set back', async () => {
    const beyond = `insert into audit_event select $1::bigint, body, at, action, outcome, actor, study_uid, patient_key,
      previous, 'beyond' from audit_event where seq = 2`;
    for (const seq of [5, 9, -1, 0]) {
      await begin(database, read(4));
      await database.query(beyond, [seq]);
      expect((await verifyAudit(database)).break).toEqual({ seq, kind: 'inserted' });
    }
    await begin(database, read(4));
    await database.query(
      'update audit_head set seq = 2, hash = (select hash from audit_event where seq = 2)',
    );
    expect((await verifyAudit(database)).break).toEqual({ seq: 3, kind: 'inserted' });
  });

  test('a tail cut off, with the head left or taken; a head altered', async () => {
    await begin(database, read(6));
    await database.query('delete from audit_event where seq > 4');
    expect((await verifyAudit(database)).break).toEqual({ seq: 5, kind: 'tail-cut' });
    await database.query(`update audit_head set seq = 4, hash = 'altered'`);
    expect((await verifyAudit(database)).break).toEqual({ seq: 4, kind: 'head' });
    await database.query('delete from audit_head');
    expect((await verifyAudit(database)).break).toEqual({ seq: 4, kind: 'head' });
  });

  test('bodies that are no records at all, well sealed', async () => {
    for (const body of ['', 'null', '[]', '{}', '{"seq":1}', '{"seq":1,"at":5,"actor":{}}']) {
      await begin(database, read(2));
      await database.query(
        `update audit_event set body = $1, hash = encode(sha256(convert_to(E'\\n' || $1, 'UTF8')), 'hex') where seq = 1`,
        [body],
      );
      expect((await verifyAudit(database)).break).toEqual({ seq: 1, kind: 'altered' });
    }
  });
});

describe('a chain written anew by one who can write all of it', () => {
  test('passes in itself, and not against any anchor taken after the place', async () => {
    await fc.assert(
      fc.asyncProperty(chainAndPlace(), async ([of, seq]) => {
        await begin(database, of);
        const kept = await anchor(database, NOW);
        await recompute(database, seq, (record) => ({ ...record, actor: `not ${record.actor}` }));
        expect((await verifyAudit(database)).whole).toBe(true);
        const verdict = await verifyAudit(database, { anchor: kept });
        expect(verdict.break).toEqual({ seq: kept.seq, kind: 'anchor' });
      }),
      RUNS,
    );
  });

  test('cut short with its head is not the anchored one', async () => {
    await begin(database, read(6));
    const kept = await anchor(database, NOW);
    await database.query('delete from audit_event where seq > 3');
    await database.query(
      'update audit_head set seq = 3, hash = (select hash from audit_event where seq = 3)',
    );
    expect((await verifyAudit(database)).whole).toBe(true);
    expect((await verifyAudit(database, { anchor: kept })).break).toEqual({ seq: 4, kind: 'anchor' });
  });

  test('what came after the anchor does not disturb it', async () => {
    await begin(database, read(3));
    const kept = await anchor(database, NOW);
    await appendAudit(database, NOW, ...read(4));
    expect((await verifyAudit(database, { anchor: kept })).whole).toBe(true);
  });
});

/** As our own code would write it, or with a hash that is none. */
async function putIn(sql: Sql, seq: number, previous: string, sealed: boolean): Promise<void> {
  const record = {
    seq,
    at: NOW.toISOString(),
    action: 'read',
    outcome: 'success',
    actor: 'intruder',
  } as const;
  const body = canonicalJson(record);
  await sql.query(
    `insert into audit_event (seq, body, at, action, outcome, actor, previous, hash)
     values ($1, $2, $3, 'read', 'success', 'intruder', $4, $5)`,
    [seq, body, record.at, previous, sealed ? chainHash(previous, body) : 'none'],
  );
}

/** Through negative numbers, so that no two rows meet. */
async function shift(sql: Sql, from: number, by: number): Promise<void> {
  await sql.query('update audit_event set seq = -seq where seq >= $1', [from]);
  await sql.query('update audit_event set seq = -seq + $1::bigint where seq < 0', [by]);
}

async function exchange(sql: Sql, a: number, b: number): Promise<void> {
  for (const [from, to] of [
    [a, -1],
    [b, a],
    [-1, b],
  ])
    await sql.query('update audit_event set seq = $2 where seq = $1', [from, to]);
}

const exchangeBodies = (sql: Sql, a: number, b: number) =>
  sql.query(
    `update audit_event as here set body = there.body, at = there.at, action = there.action,
       outcome = there.outcome, actor = there.actor, study_uid = there.study_uid, patient_key = there.patient_key
     from audit_event as there where (here.seq, there.seq) in (($1, $2), ($2, $1))`,
    [a, b],
  );
