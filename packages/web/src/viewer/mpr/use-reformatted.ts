/** The MPR layout: three reformatted planes of the sagittal series at hand. */
import type { Vec3 } from '@promontory/core/geometry';
import { useEffect, useRef, useState } from 'react';
import { sliceAtPoint } from '../geometry/slices.ts';
import type { Layout } from '../hanging.ts';
import type { PaneState, Source, ViewerStore } from '../state.ts';
import { canBeReformatted, type Turns, UPRIGHT } from './reformat.ts';
import { reformattedImages } from './reformatted-images.ts';

export interface Reformatted {
  /** No series of the study is a stack of even slices. */
  readonly refused: boolean;
  readonly turns: Turns;
  setTurns(turns: Turns): void;
}

/** @param pointMm where everybody looks: the planes begin there, else in the middle of the stack */
export function useReformatted(
  store: ViewerStore,
  own: readonly Source[],
  layout: Layout,
  pointMm: Vec3 | undefined,
): Reformatted {
  const [turns, setTurns] = useState(UPRIGHT);
  const [source, setSource] = useState<Source>();
  const before = useRef<readonly PaneState[]>(undefined);
  const isOn = layout === 'mpr';

  useEffect(() => {
    if (!isOn) {
      // What hung before hangs again.
      if (before.current !== undefined) store.set({ panes: before.current });
      before.current = undefined;
      setSource(undefined);
      return;
    }
    const { panes, active } = store.get();
    before.current ??= panes;
    const candidates = [panes[active]?.source, ...panes.map((pane) => pane.source), ...own];
    const fit = candidates.filter((each) => each?.kind === 'own' && canBeReformatted(each.series));
    setSource(fit.find((each) => each?.series.plane === 'sagittal') ?? fit[0]);
  }, [isOn, own, store]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: later moves of the focus move the panes by themselves
  useEffect(() => {
    if (!isOn || source === undefined) return;
    const made = reformattedImages(source.images, source.series, turns);
    made.series.forEach((series, n) => {
      const pane = store.get().panes[n];
      const shown: Source = { images: made, series, kind: 'reformatted', from: source.series };
      const isTurned = pane.source?.kind === 'reformatted' && pane.source.series.plane === series.plane;
      // Another turn keeps the reader's place in the stack, its window and its framing.
      if (!isTurned) store.show(n, shown, pointMm && sliceAtPoint(series, pointMm)?.index);
      else {
        const share = pane.index / Math.max(1, (pane.source?.series.frames.length ?? 1) - 1);
        store.setPane(n, { source: shown, index: Math.round(share * (series.frames.length - 1)) });
      }
    });
    return () => made.close();
  }, [isOn, source, turns, store]);

  return { refused: isOn && source === undefined, turns, setTurns };
}
