import { type Deed, foldMarks, type PendingMark } from '@promontory/core/review';
import type { SpineOutline } from '@promontory/core/spine';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildFindings } from '../../../core/src/report/findings.fixture.ts';
import {
  type Act,
  type Acts,
  doAgain,
  NO_ACTS,
  redoDeeds,
  takeBack,
  takingBack,
  undoDeeds,
  withAct,
} from './undo.ts';

const readingId = '11111111-1111-4111-8111-111111111111';
const TARGET = 'disc/L4~L5/pfirrmann';

const READING = {
  findings: buildFindings(),
  outline: {
    plane: { originMm: [0, 0, 0], uAxis: [0, 1, 0], vAxis: [0, 0, -1] },
    millimetresValid: true,
    pixelMm: 1,
    bodies: [],
    discs: [],
    sac: [
      [1, 1],
      [2, 1],
      [2, 9],
    ],
  } satisfies SpineOutline,
};

/** One person at one browser, as the provider does it. */
class Hand {
  marks: PendingMark[] = [];
  acts: Acts = NO_ACTS;
  get review() {
    return foldMarks(this.marks, { readingId });
  }
  put(deed: Deed): string {
    const markId = `00000000-0000-4000-8000-${String(this.marks.length + 1).padStart(12, '0')}`;
    this.marks.push({ markId, madeAt: '2026-01-01T00:00:00Z', seen: 0, deed, author: 'a', authorName: 'A' });
    return markId;
  }
  act(...deeds: Deed[]): void {
    const marked = deeds.flatMap((deed): Act['marked'] => {
      const before = this.review;
      const markId = this.put(deed);
      const takenBackBy = takingBack(before, READING, deed, markId);
      return takenBackBy === undefined ? [] : [{ deed, markId, takenBackBy }];
    });
    this.acts = withAct(this.acts, { marked });
  }
  undo(): void {
    const act = this.acts.done.at(-1);
    if (act === undefined) return;
    for (const deed of undoDeeds(act)) this.put(deed);
    this.acts = takeBack(this.acts);
  }
  redo(): void {
    const act = this.acts.undone.at(-1);
    if (act === undefined) return;
    for (const deed of redoDeeds(act)) this.put(deed);
    this.acts = doAgain(this.acts);
  }
  /** All that acts change, as told. */
  seen(): unknown {
    const { review } = this;
    const value = (slot: { state: string; value?: unknown }) =>
      slot.state === 'set' ? slot.value : slot.state;
    return [
      value(review.decision(TARGET)),
      value(review.decision('slip/L4~L5')),
      review.lowestDisc.state === 'set' ? review.lowestDisc.value : READING.findings.numbering.lowestDisc,
      review.measurements.map(({ value: v, caption }) => [v, caption]),
      review.outlines[0] === undefined ? READING.outline.sac : value(review.outlines[0].slot),
    ];
  }
}

const judge = fc.record({
  kind: fc.constant('judge' as const),
  readingId: fc.constant(readingId),
  target: fc.constantFrom(TARGET, 'slip/L4~L5'),
  verdict: fc.constantFrom('accept' as const, 'reject' as const, 'unreviewed' as const),
});
const correct = fc.record({
  kind: fc.constant('correct' as const),
  readingId: fc.constant(readingId),
  target: fc.constant(TARGET),
  value: fc.integer({ min: 1, max: 5 }),
});
const renumber = fc.record({
  kind: fc.constant('renumber' as const),
  readingId: fc.constant(readingId),
  lowestDisc: fc.constantFrom('L5/S1', 'L6/S1'),
});
const measurement = fc.record({
  kind: fc.constant('measurement' as const),
  tool: fc.constant('length' as const),
  seriesInstanceUid: fc.constant('1.2'),
  sopInstanceUid: fc.constant('1.2.3'),
  frame: fc.constant(1),
  pointsMm: fc.constant([
    [0, 0, 0],
    [1, 0, 0],
  ] as [number, number, number][]),
  value: fc.integer({ min: 1, max: 90 }),
  unit: fc.constant('mm' as const),
  uncertainty: fc.constant(1),
});
const outline = fc.record({
  kind: fc.constant('outline' as const),
  readingId: fc.constant(readingId),
  structure: fc.constant('sac' as const),
  outline: fc.array(fc.tuple(fc.integer({ max: 9, min: 0 }), fc.integer({ max: 9, min: 0 })), {
    minLength: 3,
    maxLength: 3,
  }),
});
const act = fc.array(fc.oneof(judge, correct, renumber, measurement, outline), {
  minLength: 1,
  maxLength: 4,
});

describe('taking back', () => {
  test('after any acts, each undo shows what was before, and each redo what was after', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 8 }), (acts) => {
        const hand = new Hand();
        const seen = [hand.seen()];
        for (const deeds of acts) {
          hand.act(...deeds);
          seen.push(hand.seen());
        }
        for (let i = acts.length - 1; i >= 0; i--) {
          hand.undo();
          expect(hand.seen()).toEqual(seen[i]);
        }
        for (let i = 1; i <= acts.length; i++) {
          hand.redo();
          expect(hand.seen()).toEqual(seen[i]);
        }
      }),
    );
  });

  test('a removed measurement comes back', () => {
    const hand = new Hand();
    hand.act({
      kind: 'measurement',
      tool: 'length',
      seriesInstanceUid: '1.2',
      sopInstanceUid: '1.2.3',
      frame: 1,
      pointsMm: [
        [0, 0, 0],
        [1, 0, 0],
      ],
      value: 7,
      unit: 'mm',
      uncertainty: 1,
    });
    hand.act({ kind: 'remove', mark: hand.marks[0].markId });
    expect(hand.review.measurements).toEqual([]);
    hand.undo();
    expect(hand.review.measurements.map(({ value }) => value)).toEqual([7]);
  });

  test('a landmark placed goes: neither the place of the reading nor any other is said by a person', () => {
    const hand = new Hand();
    hand.act({ kind: 'landmark', readingId, name: 'conusLevel', positionMm: [1, 2, 3] });
    hand.act({ kind: 'landmark', readingId, name: 'conusLevel', positionMm: [3, 2, 1] });
    hand.undo();
    expect(hand.review.landmarks.conusLevel).toMatchObject({ state: 'set', value: [1, 2, 3] });
    hand.undo();
    expect(hand.review.landmarks.conusLevel).toEqual({ state: 'none' });
    expect(hand.review.geometry.landmarks).toEqual({});
    hand.redo();
    expect(hand.review.landmarks.conusLevel).toMatchObject({ state: 'set', value: [1, 2, 3] });
    hand.act({ kind: 'landmark', readingId, name: 'conusLevel' });
    hand.undo();
    expect(hand.review.landmarks.conusLevel).toMatchObject({ state: 'set', value: [1, 2, 3] });
  });
});
