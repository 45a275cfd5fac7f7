/** What all parts of the viewer share. */
import { createContext, useContext } from 'react';
import type { Level } from './geometry/levels.ts';
import type { Source, ViewerStore } from './state.ts';

export interface Bench {
  readonly store: ViewerStore;
  /** Discs of the study that a source is of, from head to foot; none without a reading, or while it is hidden. */
  levelsOf(source: Source): readonly Level[];
  /** What a disc is called now: people may have renumbered it. */
  nameOf(label: string): string;
  /** Every pane goes to the disc. */
  goToLevel(level: Level): void;
}

export const BenchContext = createContext<Bench | undefined>(undefined);

export function useBench(): Bench {
  const bench = useContext(BenchContext);
  if (bench === undefined) throw new Error('useBench stands outside of the viewer');
  return bench;
}
