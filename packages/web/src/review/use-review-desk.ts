import {
  type Deed,
  type GivenValue,
  type LandmarkName,
  levelOfTarget,
  type Reviewed,
  type ReviewedEntry,
  type Target,
} from '@promontory/core/review';
import type { DiscLabel } from '@promontory/core/spine';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useRoom, useStudy } from '../study/index.ts';
import { acceptable, type LevelGroup, levelGroups, neighbour, nextUnreviewed, type Order } from './levels.ts';

/** Where the reader stands among the results, and what may be done there. */
export interface ReviewDesk {
  readonly order: Order;
  setOrder(order: Order): void;
  readonly groups: readonly LevelGroup[];
  readonly current?: Target;
  readonly editing?: Target;
  select(target: Target): void;
  edit(target: Target | undefined): void;
  isUnfolded(level: string | undefined): boolean;
  unfold(level: string | undefined): void;
  accept(entry: ReviewedEntry): void;
  reject(entry: ReviewedEntry): void;
  takeBack(entry: ReviewedEntry): void;
  correct(entry: ReviewedEntry, value: GivenValue): void;
  acceptLevel(group: LevelGroup): void;
  step(by: 1 | -1): void;
  entry(target: Target | undefined): ReviewedEntry | undefined;
}

const LANDMARKS = ['conusLevel', 'sacEnd'] as const satisfies readonly LandmarkName[];

export function useReviewDesk(reviewed: Reviewed): ReviewDesk {
  const study = useStudy();
  const { markAll, review } = useRoom();
  const [order, setOrder] = useState<Order>('head-to-feet');
  const [current, setCurrent] = useState<Target>();
  const [editing, setEditing] = useState<Target>();
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const groups = useMemo(() => levelGroups(reviewed.entries, order), [reviewed, order]);
  const { reading, focus, moveFocus } = study;

  const shown = useMemo(
    () =>
      groups.flatMap(({ level, entries, more }) =>
        unfolded.has(level ?? '') ? [...entries, ...more] : entries,
      ),
    [groups, unfolded],
  );
  const select = useCallback(
    (target: Target) => {
      setCurrent(target);
      setEditing(undefined);
      const level = levelOfTarget(target);
      if (level === undefined || reading === undefined) return;
      const { discs, vertebrae } = reading.findings;
      const disc = discs.find(({ label }) => label === level);
      const body = vertebrae.find(({ label }) => label === level);
      if (disc) moveFocus({ level: disc.label as DiscLabel, pointMm: disc.centroidMm });
      else if (body) moveFocus({ pointMm: body.centroidMm });
    },
    [reading, moveFocus],
  );

  // Who goes to a disc in the images finds its results here.
  const latest = useRef({ current, shown });
  latest.current = { current, shown };
  useEffect(() => {
    const { current: at, shown: all } = latest.current;
    if (focus.level === undefined || (at !== undefined && levelOfTarget(at) === focus.level)) return;
    const own = all.filter(({ target }) => levelOfTarget(target) === focus.level);
    const first = own.find(({ status }) => status === 'unreviewed') ?? own[0];
    if (first !== undefined) setCurrent(first.target);
  }, [focus.level]);

  const put = (deeds: readonly Deed[]): void => {
    if (deeds.length > 0) void markAll(deeds);
  };
  const goOn = (target: Target): void => {
    const next = nextUnreviewed(shown, target);
    if (next !== undefined && next !== target) select(next);
    else setEditing(undefined);
  };
  const judge = (entry: ReviewedEntry, verdict: 'accept' | 'reject' | 'unreviewed'): void => {
    if (reading === undefined) return;
    put([{ kind: 'judge', readingId: reading.readingId, target: entry.target, verdict }]);
    if (verdict !== 'unreviewed') goOn(entry.target);
  };
  return {
    order,
    setOrder,
    groups,
    ...(current !== undefined && { current }),
    ...(editing !== undefined && { editing }),
    select,
    edit: setEditing,
    isUnfolded: (level) => unfolded.has(level ?? ''),
    unfold(level) {
      setUnfolded((before) => {
        const after = new Set(before);
        if (!after.delete(level ?? '')) after.add(level ?? '');
        return after;
      });
    },
    accept(entry) {
      // There is nothing to accept where the reading gave no value: the reader gives one.
      if (entry.value === undefined) setEditing(entry.target);
      else judge(entry, 'accept');
    },
    reject: (entry) => judge(entry, 'reject'),
    takeBack(entry) {
      if (reading === undefined) return;
      const { readingId } = reading;
      const name = LANDMARKS.find((each) => entry.target === `alignment/${each}`);
      const isPlaced = name !== undefined && review.landmarks[name].state !== 'none';
      const isJudged = !isPlaced || review.decision(entry.target).state !== 'none';
      put([
        ...(isPlaced ? [{ kind: 'landmark', readingId, name } as const] : []),
        ...(isJudged
          ? [{ kind: 'judge', readingId, target: entry.target, verdict: 'unreviewed' } as const]
          : []),
      ]);
    },
    correct(entry, value) {
      if (reading === undefined) return;
      put([{ kind: 'correct', readingId: reading.readingId, target: entry.target, value }]);
      goOn(entry.target);
    },
    acceptLevel({ level, entries, more }) {
      if (reading === undefined) return;
      const own = unfolded.has(level ?? '') ? [...entries, ...more] : entries;
      put(
        acceptable(own).map(
          ({ target }): Deed => ({
            kind: 'judge',
            readingId: reading.readingId,
            target,
            verdict: 'accept',
          }),
        ),
      );
    },
    step(by) {
      const target = neighbour(
        shown.map((each) => each.target),
        current,
        by,
      );
      if (target !== undefined) select(target);
    },
    entry: (target) => (target === undefined ? undefined : reviewed.entry(target)),
  };
}
