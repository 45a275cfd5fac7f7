import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldMarks } from './fold-marks.ts';
import { type Deed, KeptMark } from './mark.ts';
import {
  asPending,
  correct,
  judge,
  kept,
  markId,
  measurement,
  OTHER_READING,
  ownGrade,
  READING,
  renumber,
  type Said,
  text,
} from './review.testing.ts';
import type { Review } from './review.ts';

const P = 'disc/L4~L5/pfirrmann';
const B = 'disc/L4~L5/bulging';
const fold = (said: readonly Said[]): Review => foldMarks(kept(said), { readingId: READING });

describe('one result', () => {
  test('the last decision of one author stands, and can be taken back', () => {
    const said: Said[] = [
      { by: 'a', deed: judge(P) },
      { by: 'a', deed: correct(P, 5) },
      { by: 'a', deed: judge(P, 'unreviewed') },
    ];
    expect(fold(said.slice(0, 1)).verdict(P)).toMatchObject({ state: 'set', value: 'accept', by: 'a' });
    expect(fold(said.slice(0, 2)).correction(P)).toMatchObject({ state: 'set', value: 5 });
    expect(fold(said.slice(0, 2)).verdict(P)).toMatchObject({ value: 'correct' });
    expect(fold(said).decision(P)).toEqual({ state: 'none' });
    expect(fold(said).decided).toEqual([]);
  });

  test('who had seen the other replaces it; who had not makes a conflict', () => {
    const seen = fold([
      { by: 'a', deed: judge(P) },
      { by: 'b', deed: correct(P, 3), seen: 1 },
    ]);
    expect(seen.decision(P)).toMatchObject({ state: 'set', by: 'b' });
    const unseen = fold([
      { by: 'a', deed: judge(P) },
      { by: 'b', deed: correct(P, 3), seen: 0 },
    ]);
    expect(unseen.decision(P)).toMatchObject({ state: 'conflict', claims: [{ by: 'a' }, { by: 'b' }] });
    expect(unseen.conflicts).toMatchObject([{ slot: { kind: 'decision', target: P } }]);
    expect(unseen.fateOf(markId(1))).toEqual({ fate: 'in-conflict' });
  });

  test('a conflict ends by a mark that has seen both, not by one that has seen one', () => {
    const said: Said[] = [
      { by: 'a', deed: judge(P) },
      { by: 'b', deed: correct(P, 3), seen: 0 },
      { by: 'a', deed: correct(P, 4), seen: 1 },
      { by: 'c', deed: correct(P, 4), seen: 3 },
    ];
    expect(fold(said.slice(0, 3)).decision(P)).toMatchObject({
      state: 'conflict',
      claims: [
        { by: 'b', value: { value: 3 } },
        { by: 'a', value: { value: 4 } },
      ],
    });
    expect(fold(said).decision(P)).toMatchObject({ state: 'set', by: 'c' });
    expect(fold(said).conflicts).toEqual([]);
  });

  test('two who say the same unseen are no conflict', () => {
    const review = fold([
      { by: 'a', deed: judge(P) },
      { by: 'b', deed: judge(P), seen: 0 },
    ]);
    expect(review.decision(P)).toMatchObject({ state: 'set', claims: [{ by: 'a' }, { by: 'b' }] });
    expect(review.conflicts).toEqual([]);
  });

  test('taking back what another said meanwhile is a conflict, too', () => {
    const review = fold([
      { by: 'a', deed: judge(P) },
      { by: 'b', deed: correct(P, 3) },
      { by: 'a', deed: judge(P, 'unreviewed'), seen: 1 },
    ]);
    expect(review.decision(P).state).toBe('conflict');
  });

  test('marks on another reading do not count, and say so', () => {
    const [mark] = kept([{ by: 'a', deed: { ...judge(P), readingId: OTHER_READING } as Deed }]);
    const review = foldMarks([mark], { readingId: READING });
    expect(review.decision(P).state).toBe('none');
    expect(review.fateOf(mark.markId)).toEqual({ fate: 'other-reading', readingId: OTHER_READING });
    expect(foldMarks([mark]).decision(P).state).toBe('none');
  });
});

describe('own values', () => {
  test('are kept for each reader and conflict with nobody', () => {
    const review = fold([
      { by: 'a', deed: ownGrade(P, 3) },
      { by: 'b', deed: ownGrade(P, 5), seen: 0 },
    ]);
    expect(review.own(P, 'a')).toMatchObject({ state: 'set', value: 3 });
    expect(review.own(P, 'b')).toMatchObject({ state: 'set', value: 5 });
    expect(review.own(P).state).toBe('conflict');
    expect(review.conflicts).toEqual([]);
  });

  test('given after the reading was shown to their author they are late', () => {
    const review = fold([
      { by: 'a', deed: ownGrade(P, 3) },
      { by: 'a', deed: { kind: 'reveal', readingId: READING, withoutOwn: [B] } },
      { by: 'a', deed: ownGrade(B, true) },
      { by: 'b', deed: ownGrade(B, true) },
    ]);
    expect([1, 3, 4].map((n) => review.isLate(markId(n)))).toEqual([false, true, false]);
    expect(review.revealed).toMatchObject([{ by: 'a', withoutOwn: [B] }]);
  });
});

describe('measurements', () => {
  test('move, are renamed, removed and restored as one', () => {
    const said: Said[] = [
      { by: 'a', deed: measurement(10) },
      { by: 'a', deed: measurement(12, markId(1)) },
      { by: 'b', deed: { kind: 'remove', mark: markId(2) } },
      { by: 'b', deed: { kind: 'restore', mark: markId(1) } },
    ];
    const at = (n: number) => fold(said.slice(0, n)).measurements.map((m) => [m.value, m.firstMarkId]);
    expect(at(1)).toEqual([[10, markId(1)]]);
    expect(at(2)).toEqual([[12, markId(1)]]);
    expect(at(3)).toEqual([]);
    expect(at(4)).toEqual([[10, markId(1)]]);
  });

  test('moved by two unseen, both stand', () => {
    const review = fold([
      { by: 'a', deed: measurement(10) },
      { by: 'b', deed: measurement(12, markId(1)) },
      { by: 'a', deed: measurement(9, markId(1)), seen: 1 },
    ]);
    expect(review.measurements).toMatchObject([
      { value: 12, by: 'b', inConflict: true },
      { value: 9, by: 'a', inConflict: true },
    ]);
    expect(review.conflicts).toMatchObject([{ slot: { kind: 'measurement', markId: markId(1) } }]);
  });

  test('an outline drawn is taken back by removing its mark', () => {
    const outline: Deed = {
      kind: 'outline',
      readingId: READING,
      structure: 'sac',
      outline: [
        [0, 0],
        [5, 0],
        [5, 9],
      ],
    };
    const said: Said[] = [
      { by: 'a', deed: outline },
      { by: 'a', deed: { kind: 'remove', mark: markId(1) } },
      { by: 'a', deed: { kind: 'restore', mark: markId(1) } },
    ];
    expect([1, 2, 3].map((n) => fold(said.slice(0, n)).geometry.outlines.length)).toEqual([1, 0, 1]);
  });

  test('what names no known mark stays known as such', () => {
    const review = fold([{ by: 'a', deed: { kind: 'remove', mark: markId(99) } }]);
    expect(review.fateOf(markId(1))).toEqual({ fate: 'without-subject' });
  });
});

const TARGETS = [P, B, 'canal/L3~L4/sacDiameter', 'numbering'];
const deeds: fc.Arbitrary<Deed> = fc.oneof(
  fc
    .record({ t: fc.constantFrom(...TARGETS), v: fc.constantFrom('accept', 'reject', 'unreviewed') })
    .map(({ t, v }) => judge(t, v as 'accept')),
  fc
    .record({ t: fc.constantFrom(...TARGETS), v: fc.integer({ min: 1, max: 5 }) })
    .map(({ t, v }) => correct(t, v)),
  fc
    .record({ t: fc.constantFrom(...TARGETS), v: fc.integer({ min: 1, max: 5 }) })
    .map(({ t, v }) => ownGrade(t, v)),
  fc.constantFrom('L5/S1', 'L6/S1', 'L4/S1').map(renumber),
  fc.constantFrom('one', 'two', '').map((words) => text('findings', words)),
  fc
    .record({ v: fc.integer({ min: 1, max: 50 }), i: fc.option(fc.integer({ min: 1, max: 12 })) })
    .map(({ v, i }) => measurement(v, i === null ? undefined : markId(i))),
  fc.integer({ min: 1, max: 12 }).map((n): Deed => ({ kind: 'remove', mark: markId(n) })),
  fc.integer({ min: 1, max: 12 }).map((n): Deed => ({ kind: 'restore', mark: markId(n) })),
  fc.constant<Deed>({ kind: 'reveal', readingId: READING, withoutOwn: [B] }),
);
const histories = fc
  .array(
    fc.record({ by: fc.constantFrom('a', 'b', 'c'), deed: deeds, back: fc.integer({ min: 0, max: 6 }) }),
    {
      maxLength: 14,
    },
  )
  .map((items) => kept(items.map(({ by, deed, back }, i) => ({ by, deed, seen: Math.max(0, i - back) }))));

/** All that a review says, as plain values. */
function told(review: Review): unknown {
  return {
    sequence: review.sequence,
    decided: review.decided.toSorted(),
    targets: TARGETS.map((t) => [
      review.decision(t),
      review.verdict(t),
      review.correction(t),
      review.own(t),
      review.own(t, 'a'),
    ]),
    lowestDisc: review.lowestDisc,
    revealed: review.revealed,
    measurements: review.measurements.toSorted((x, y) => x.markId.localeCompare(y.markId)),
    text: review.text('findings'),
    conflicts: review.conflicts.toSorted((x, y) =>
      JSON.stringify(x.slot).localeCompare(JSON.stringify(y.slot)),
    ),
  };
}
const all = (marks: Parameters<typeof foldMarks>[0]): Review => foldMarks(marks, { readingId: READING });

describe('whatever is marked', () => {
  test('the marks are what the schema takes', () => {
    fc.assert(fc.property(histories, (marks) => marks.every((m) => KeptMark.safeParse(m).success)));
  });

  test('resending and the order of arrival change nothing', () => {
    fc.assert(
      fc.property(histories, fc.infiniteStream(fc.nat(1000)), (marks, random) => {
        const again = marks.filter(() => (random.next().value ?? 0) % 2 === 0);
        const shuffled = [...marks, ...again, ...again.map(asPending)]
          .map((mark) => ({ mark, key: random.next().value ?? 0 }))
          .sort((x, y) => x.key - y.key)
          .map(({ mark }) => mark);
        expect(told(all(shuffled))).toEqual(told(all(marks)));
      }),
    );
  });

  test('every mark is standing, a claim of a conflict, or superseded by one that had the right to', () => {
    fc.assert(
      fc.property(histories, (marks) => {
        const review = all(marks);
        const byId = new Map(marks.map((m) => [m.markId, m]));
        const claimed = new Set(review.conflicts.flatMap((c) => c.claims.map((claim) => claim.markId)));
        for (const mark of marks) {
          const fate = review.fateOf(mark.markId);
          expect(fate).toBeDefined();
          expect(fate?.fate === 'in-conflict').toBe(claimed.has(mark.markId));
          if (fate?.fate !== 'superseded') continue;
          const by = byId.get(fate.by);
          expect(by !== undefined && (by.author === mark.author || by.seen >= mark.sequence)).toBe(true);
          expect(by?.sequence).toBeGreaterThan(mark.sequence);
        }
      }),
    );
  });

  test('a prefix holds nothing of later marks', () => {
    fc.assert(
      fc.property(histories, fc.nat(14), (marks, n) => {
        const prefix = marks.slice(0, n);
        const later = new Set(marks.slice(n).map((m) => m.markId));
        const review = all(prefix);
        const slots = TARGETS.flatMap((t) => [review.decision(t), review.own(t)]);
        const claims = [...slots, review.lowestDisc, review.text('findings')].flatMap(
          (slot): readonly { markId: string }[] => (slot.state === 'none' ? [] : slot.claims),
        );
        for (const { markId: id } of [
          ...claims,
          ...review.conflicts.flatMap((c) => c.claims),
          ...review.measurements,
        ])
          expect(later.has(id)).toBe(false);
        for (const id of later) expect(review.fateOf(id)).toBeUndefined();
      }),
    );
  });

  test('what is not sent counts as what comes last', () => {
    fc.assert(
      fc.property(histories, fc.nat(14), (marks, n) => {
        // One author's unsent tail, as it stands after it is sent with nothing between.
        const tail = marks.slice(n).map((m) => ({ ...m, author: 'a', authorName: 'A' }));
        const sent = [...marks.slice(0, n), ...tail];
        const unsent = [...marks.slice(0, n), ...tail.map((m) => asPending(m))];
        const plain = (review: Review) =>
          JSON.parse(JSON.stringify(told(review)), (key, value) => (key === 'sequence' ? undefined : value));
        const bounded = sent.map((m) => ({ ...m, seen: Math.min(m.seen, n) }));
        const boundedUnsent = unsent.map((m) => ({ ...m, seen: Math.min(m.seen, n) }));
        expect(plain(all(boundedUnsent))).toEqual(plain(all(bounded)));
        expect(all(unsent).pending).toBe(tail.length);
      }),
    );
  });

  test('how marks on different slots interleave does not matter', () => {
    /** Each slot has its own stream; a mark has seen so many of its own slot's earlier ones. */
    const stream = (make: (n: number) => Deed) =>
      fc
        .array(
          fc.record({ by: fc.constantFrom('a', 'b'), n: fc.integer({ min: 1, max: 4 }), back: fc.nat(3) }),
          {
            maxLength: 6,
          },
        )
        .map((items) =>
          items.map((item, i) => ({ ...item, deed: make(item.n), seenOwn: Math.max(0, i - item.back) })),
        );
    const streams = fc.tuple(
      stream((n) => correct(P, n)),
      stream((n) => correct(B, n)),
      stream((n) => text('findings', String(n))),
      stream((n) => renumber(`L${n}/S1`)),
    );
    const merge = (
      lists: readonly (readonly { by: string; deed: Deed; seenOwn: number }[])[],
      order: number[],
    ) => {
      const next = lists.map(() => 0);
      const sequences = lists.map((): number[] => []);
      const out: (Said & { id: string })[] = [];
      const total = lists.reduce((sum, list) => sum + list.length, 0);
      for (let i = 0; i < total; i++) {
        const open = lists.flatMap((list, k) => (next[k] < list.length ? [k] : []));
        const k = open[(order[i] ?? 0) % open.length];
        const item = lists[k][next[k]];
        out.push({
          by: item.by,
          deed: item.deed,
          seen: item.seenOwn === 0 ? 0 : sequences[k][item.seenOwn - 1],
          id: markId(1000 * (k + 1) + next[k]),
        });
        sequences[k].push(i + 1);
        next[k]++;
      }
      return kept(out).map((m, i) => ({ ...m, markId: out[i].id, madeAt: '2026-11-20T08:00:00Z' }));
    };
    const plain = (review: Review) => {
      const without = JSON.parse(
        JSON.stringify([review.decision(P), review.decision(B), review.text('findings'), review.lowestDisc]),
        (key, value) => (key === 'sequence' ? undefined : value),
      );
      return without;
    };
    const orders = fc.array(fc.nat(50), { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(streams, orders, orders, (lists, one, other) => {
        expect(plain(all(merge(lists, one)))).toEqual(plain(all(merge(lists, other))));
      }),
    );
  });
});

test('the sequence of a review ends where the first mark is missing: what comes behind is not all that there is', () => {
  const marks = kept([1, 2, 3, 4].map((n) => ({ by: 'a', deed: text('findings', `${n}`) })));
  const at = (...places: number[]) => foldMarks(marks.filter((_, i) => places.includes(i + 1))).sequence;
  expect([at(), at(1), at(1, 2), at(1, 2, 4), at(2, 3), at(1, 2, 3, 4)]).toEqual([0, 1, 2, 2, 0, 4]);
});
