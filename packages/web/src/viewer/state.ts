/** What the panes show, and what moves them: kept outside of React, so that one pane's scrolling draws nothing else anew. */
import type { Vec3 } from '@promontory/core/geometry';
import { useSyncExternalStore } from 'react';
import type { FrameView, SeriesView, StudyImages, WindowRange } from '../images/index.ts';
import { type Framing, WHOLE } from './geometry/pane-plane.ts';
import { areLinked, correspondingFrame } from './geometry/slices.ts';
import { type Layout, PANES } from './hanging.ts';
import type { Preset } from './windows.ts';

/** A series with where its images come from. */
export interface Source {
  readonly images: StudyImages;
  readonly series: SeriesView;
  /** `reformatted`: interpolated between the slices of `from`. */
  readonly kind: 'own' | 'prior' | 'reformatted';
  readonly from?: SeriesView;
}

export interface PaneState {
  readonly source?: Source;
  /** In the series' frames. */
  readonly index: number;
  readonly framing: Framing;
  readonly preset: Preset;
  /** Set by hand. */
  readonly window?: WindowRange;
  readonly isInverted: boolean;
}

/** What a drag with the first button, or one finger, does. */
export const GESTURES = ['scroll', 'window', 'pan', 'zoom', 'cross-hair'] as const;
export type Gesture = (typeof GESTURES)[number];

export interface ViewerState {
  readonly layout: Layout;
  readonly panes: readonly PaneState[];
  readonly active: number;
  /** The active pane alone is shown. */
  readonly isMaximised: boolean;
  readonly hasLines: boolean;
  /** The spine in three dimensions has the place of the second pane. */
  readonly hasSpine: boolean;
  readonly isSynced: boolean;
  readonly gesture: Gesture;
  /** Frames a second of the active pane; absent while it stands. */
  readonly cineFps?: number;
}

export const NOTHING: PaneState = { index: 0, framing: WHOLE, preset: 'auto', isInverted: false };
const MOST_PANES = 4;
/** The pane whose place the spine in three dimensions takes. */
export const SPINE_PLACE = 1;

export const middleOf = (series: SeriesView): number => Math.floor(series.frames.length / 2);
export const frameShown = ({ source, index }: PaneState): FrameView | undefined =>
  source?.series.frames[index];

/** Where a place of one source lies in the other, mm apart; `undefined` where it cannot be told. */
export type Registration = (from: Source, to: Source) => Vec3 | undefined;

export class ViewerStore {
  #state: ViewerState = {
    layout: 'hanging',
    panes: Array.from({ length: MOST_PANES }, () => NOTHING),
    active: 0,
    isMaximised: false,
    hasLines: true,
    hasSpine: false,
    isSynced: true,
    gesture: 'scroll',
  };
  readonly #listeners = new Set<() => void>();
  /** How priors are registered to the study at hand: set by the viewer. */
  register: Registration = () => undefined;

  readonly get = (): ViewerState => this.#state;
  readonly follow = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(change: Partial<ViewerState>): void {
    this.replace({ ...this.#state, ...change });
  }

  replace(state: ViewerState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }

  setPane(number: number, change: Partial<PaneState>): void {
    const panes = this.#state.panes.map((pane, n) => (n === number ? { ...pane, ...change } : pane));
    this.set({ panes });
  }

  /** A preset takes the place of a window set by hand. */
  choosePreset(number: number, preset: Preset): void {
    const panes = this.#state.panes.map((pane, n) => {
      if (n !== number) return pane;
      const { window: _, ...kept } = pane;
      return { ...kept, preset };
    });
    this.set({ panes });
  }

  /** Windows are the series' own: another series starts with its automatic one. */
  show(number: number, source: Source, index = middleOf(source.series)): void {
    this.setPane(number, { ...NOTHING, source, index });
  }

  clearPane(number: number): void {
    const panes = this.#state.panes.map((pane, n) => (n === number ? NOTHING : pane));
    this.set({ panes });
  }

  setLayout(layout: Layout): void {
    const active = Math.min(this.#state.active, PANES[layout] - 1);
    // Reformatted planes need all places.
    const hasSpine = this.#state.hasSpine && layout !== 'mpr';
    this.set({ layout, active, hasSpine, isMaximised: false });
  }

  setSpine(hasSpine: boolean): void {
    const { layout, active } = this.#state;
    if (hasSpine && layout === 'mpr') this.setLayout('hanging');
    this.set({ hasSpine, ...(hasSpine && active === SPINE_PLACE && { active: 0 }) });
  }

  /** Shows another slice; panes that are linked by place follow. */
  scrollTo(number: number, wanted: number): void {
    const { panes, isSynced } = this.#state;
    const moved = panes[number];
    if (moved?.source === undefined) return;
    const { source } = moved;
    const index = Math.min(source.series.frames.length - 1, Math.max(0, Math.round(wanted)));
    if (index === moved.index) return;
    const frame = source.series.frames[index];
    const followed = panes.map((pane, n): PaneState => {
      if (n === number) return { ...pane, index };
      if (!isSynced || pane.source === undefined || pane.source.series.id === source.series.id) return pane;
      const shift = this.shiftTo(source, pane.source);
      if (shift === undefined) return pane;
      const other = correspondingFrame(frame, pane.source.series, shift);
      return other === undefined || other === pane.index ? pane : { ...pane, index: other };
    });
    this.set({ panes: followed });
  }

  scrollBy(number: number, steps: number): void {
    const pane = this.#state.panes[number];
    if (pane !== undefined) this.scrollTo(number, pane.index + steps);
  }

  /** Where places of one lie in the other; `undefined` where the two are not linked. */
  shiftTo(from: Source, to: Source): Vec3 | undefined {
    const isSameStudy = from.images.studyInstanceUid === to.images.studyInstanceUid;
    if (isSameStudy) return areLinked(from.series, to.series) ? [0, 0, 0] : undefined;
    return this.register(from, to);
  }
}

/** Follows a part of the state; `pick` gives values that are the same as long as nothing changed. */
export function useViewer<T>(store: ViewerStore, pick: (state: ViewerState) => T): T {
  return useSyncExternalStore(store.follow, () => pick(store.get()));
}
