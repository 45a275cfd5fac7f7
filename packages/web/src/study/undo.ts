/** Taking back one's own acts: by marks of their own, for nothing is ever taken out of the list. */
import type { Deed, DeedOf, Review } from '@promontory/core/review';
import type { SpineOutline } from '@promontory/core/spine';
import type { OpenReading } from './open-study.ts';

/** One act of a person: what was marked, and what stood there before. */
export interface Act {
  readonly marked: readonly Marked[];
}
export interface Marked {
  readonly markId: string;
  readonly deed: Deed;
  readonly takenBackBy: Deed;
}

/** What the reading itself has where nobody marked anything. */
export type Unmarked = Pick<OpenReading, 'findings' | 'outline'>;

/**
 * The deed that brings back what stands now, where `deed` is going to stand.
 * @param markId of the mark that `deed` becomes
 * @returns undefined where it cannot be taken back: own values and texts are given anew, and what was revealed stays seen
 */
export function takingBack(
  review: Review,
  reading: Unmarked | undefined,
  deed: Deed,
  markId: string,
): Deed | undefined {
  switch (deed.kind) {
    case 'judge':
    case 'correct':
      return decided(review, deed);
    case 'outline': {
      const stood = review.outlines.find(
        ({ structure, label }) => structure === deed.structure && label === deed.label,
      );
      const outline = stood?.slot.state === 'set' ? stood.slot.value : outlineOf(reading?.outline, deed);
      return outline && { ...deed, outline };
    }
    case 'landmark': {
      const stood = review.landmarks[deed.name];
      // Where nobody had placed it: the reading's own place, said by a person, would be theirs.
      const { positionMm: _, ...bare } = deed;
      return stood.state === 'set' ? { ...bare, positionMm: stood.value } : bare;
    }
    case 'renumber': {
      const stood = review.lowestDisc;
      const lowestDisc = stood.state === 'set' ? stood.value : reading?.findings.numbering.lowestDisc;
      return lowestDisc === undefined ? undefined : { ...deed, lowestDisc };
    }
    case 'measurement': {
      const stood = review.measurements.find(
        (each) => each.markId === deed.instead || each.firstMarkId === deed.instead,
      );
      return stood === undefined || deed.instead === undefined
        ? { kind: 'remove', mark: markId }
        : { kind: 'restore', mark: stood.markId };
    }
    case 'remove':
      return { kind: 'restore', mark: deed.mark };
    case 'restore':
      return { kind: 'remove', mark: deed.mark };
    default:
      return undefined;
  }
}

function decided(review: Review, { readingId, target }: DeedOf<'judge'> | DeedOf<'correct'>): Deed {
  const stood = review.decision(target);
  const about = { readingId, target };
  if (stood.state !== 'set') return { kind: 'judge', ...about, verdict: 'unreviewed' };
  return stood.value.verdict === 'correct'
    ? { kind: 'correct', ...about, value: stood.value.value }
    : { kind: 'judge', ...about, verdict: stood.value.verdict };
}

function outlineOf(
  outline: SpineOutline | undefined,
  { structure, label }: DeedOf<'outline'>,
): DeedOf<'outline'>['outline'] | undefined {
  const polygon =
    structure === 'body'
      ? outline?.bodies.find((each) => each.label === label)?.outline
      : structure === 'disc'
        ? outline?.discs.find((each) => each.label === label)?.outline
        : outline?.[structure];
  return polygon?.map(([u, v]) => [u, v]);
}

/** Last first: what stood before each stands again. */
export const undoDeeds = ({ marked }: Act): Deed[] =>
  marked.toReversed().map(({ takenBackBy }) => takenBackBy);

export const redoDeeds = ({ marked }: Act): Deed[] =>
  marked.map(
    ({ markId, deed }): Deed => (deed.kind === 'measurement' ? { kind: 'restore', mark: markId } : deed),
  );

export interface Acts {
  readonly done: readonly Act[];
  readonly undone: readonly Act[];
}
export const NO_ACTS: Acts = { done: [], undone: [] };
/** Older acts are still marks; they are only no longer taken back by a key. */
const REMEMBERED = 200;

export const withAct = ({ done }: Acts, act: Act): Acts => ({
  done: [...done, act].slice(-REMEMBERED),
  undone: [],
});
export function takeBack({ done, undone }: Acts): Acts {
  const act = done.at(-1);
  return act === undefined ? { done, undone } : { done: done.slice(0, -1), undone: [...undone, act] };
}
export function doAgain({ done, undone }: Acts): Acts {
  const act = undone.at(-1);
  return act === undefined ? { done, undone } : { done: [...done, act], undone: undone.slice(0, -1) };
}
