import { type Deed, foldMarks, type Review, type Reviewed, reviewedFindings } from '@promontory/core/review';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { Account, Journal } from '../journal/index.ts';
import type { OpenReading } from './open-study.ts';
import type { ReadingJob } from './readings.ts';
import { allMarks, type FollowedMarks, studyMarks } from './study-marks.ts';
import { type Act, doAgain, NO_ACTS, redoDeeds, takeBack, takingBack, undoDeeds, withAct } from './undo.ts';

/** Marks of a study as they come and go, what stands after them, and taking one's own back. */
export function useMarks(options: {
  readonly study: string;
  readonly account: Account;
  readonly opening: Promise<Journal>;
  readonly reading: OpenReading | undefined;
  onReport(): void;
  onJob(job: ReadingJob): void;
  onJobsMissed(): void;
}): {
  readonly followed: FollowedMarks;
  readonly review: Review;
  readonly reviewed: Reviewed | undefined;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  markAll(deeds: readonly Deed[]): Promise<void>;
  refresh(): void;
  undo(): void;
  redo(): void;
} {
  const { study, opening, reading, onReport, onJob, onJobsMissed } = options;
  const { accountId, displayName } = options.account;
  const marks = useMemo(
    () => studyMarks(study, { accountId, displayName }, opening),
    [study, accountId, displayName, opening],
  );
  useEffect(() => marks.start({ onReport, onJob, onJobsMissed }), [marks, onReport, onJob, onJobsMissed]);
  const followed = useSyncExternalStore(marks.subscribe, () => marks.state);
  const { kept, waiting } = followed;
  const readingId = reading?.readingId;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the fold takes nothing else of what is followed
  const review = useMemo(() => foldMarks(allMarks(followed), { readingId }), [kept, waiting, readingId]);
  const reviewed = useMemo(
    () => reading && reviewedFindings(reading.findings, reading.outline, review),
    [reading, review],
  );
  const [acts, setActs] = useState(NO_ACTS);
  const latest = useRef({ acts, reading, readingId });
  latest.current = { acts, reading, readingId };

  const markAll = useCallback(
    async (deeds: readonly Deed[]) => {
      const { reading: open, readingId: id } = latest.current;
      const before = foldMarks(allMarks(marks.state), { readingId: id });
      const marked = (await marks.keep(deeds)).flatMap(({ mark: { deed, markId } }): Act['marked'] => {
        const takenBackBy = takingBack(before, open, deed, markId);
        return takenBackBy === undefined ? [] : [{ deed, markId, takenBackBy }];
      });
      if (marked.length > 0) setActs((earlier) => withAct(earlier, { marked }));
    },
    [marks],
  );
  const undo = useCallback(() => {
    const act = latest.current.acts.done.at(-1);
    if (act === undefined) return;
    setActs(takeBack);
    void marks.keep(undoDeeds(act));
  }, [marks]);
  const redo = useCallback(() => {
    const act = latest.current.acts.undone.at(-1);
    if (act === undefined) return;
    setActs(doAgain);
    void marks.keep(redoDeeds(act));
  }, [marks]);
  return {
    followed,
    review,
    reviewed,
    canUndo: acts.done.length > 0,
    canRedo: acts.undone.length > 0,
    markAll,
    refresh: marks.refresh,
    undo,
    redo,
  };
}
