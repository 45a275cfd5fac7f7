/** All panes go to a place: a disc, or a point. */
import { add, type Vec3 } from '@promontory/core/geometry';
import type { Level } from './geometry/levels.ts';
import { sliceAtPoint, slicesAtDisc } from './geometry/slices.ts';
import type { PaneState, Source, ViewerStore } from './state.ts';

/**
 * Axial panes show the slice that passes the disc best, coronal ones that through its middle. Sagittal panes keep the
 * reader's slice, since a disc is looked at from side to side: they mark the level, and bring it into view.
 * `levelIn` gives the disc in the study of a source: a prior has its own.
 */
export function goToLevel(
  store: ViewerStore,
  label: string,
  levelIn: (source: Source) => Level | undefined,
): void {
  store.set({
    panes: store.get().panes.map((pane): PaneState => {
      const level = pane.source && levelIn(pane.source);
      if (pane.source === undefined || level === undefined || level.label !== label) return pane;
      const { series, kind } = pane.source;
      const { place } = level;
      if (series.plane === 'sagittal') return { ...pane, framing: { ...pane.framing, ...inView(pane) } };
      const passing = series.plane === 'axial' ? slicesAtDisc(series, place).best : undefined;
      // A plane made for the purpose passes every disc, if not along it.
      const index =
        passing ??
        (series.plane === 'axial' && kind !== 'reformatted' ? undefined : sliceIndex(series, place.centreMm));
      return index === undefined ? pane : { ...pane, index };
    }),
  });
}

/** What was moved out of sight is brought back; an image that is shown whole stays. */
const inView = ({ framing }: PaneState) => (framing.zoom <= 1 ? { shiftMm: [0, 0] as const } : {});

const sliceIndex = (series: Source['series'], point: Vec3): number | undefined => {
  const place = sliceAtPoint(series, point);
  return place?.isWithin ? place.index : undefined;
};

/** Panes of the study whose point it is, and those that are linked to it. `except` is where it was pointed at. */
export function goToPoint(store: ViewerStore, point: Vec3, from: Source, except: number | undefined): void {
  store.set({
    panes: store.get().panes.map((pane, n): PaneState => {
      if (n === except || pane.source === undefined) return pane;
      const shift = store.shiftTo(from, pane.source);
      const place = shift && sliceAtPoint(pane.source.series, add(point, shift));
      return place === undefined ? pane : { ...pane, index: place.index };
    }),
  });
}
