/** One pane: an image, what is drawn over it, who and what it is, and what hands do to it. */
import { type DragEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WindowRange } from '../images/index.ts';
import { Layers, type PaneProjection, useActiveTool } from '../layers/index.ts';
import { plainText } from '../look/index.ts';
import { useStudy } from '../study/index.ts';
import { useBench } from './bench.tsx';
import {
  type PanePlane,
  panePlane,
  screenAxes,
  toCanvas,
  toPatient,
  zoomedAt,
} from './geometry/pane-plane.ts';
import { useGestures } from './gestures.ts';
import { levelsAt } from './level-of-slice.ts';
import { isReformatted } from './mpr/reformatted-images.ts';
import { canvasPainter } from './paint/canvas-painter.ts';
import type { Painter } from './paint/painter.ts';
import { PaneCorners } from './pane-corners.tsx';
import { PaneMarks } from './pane-marks.tsx';
import { PaneStates } from './pane-states.tsx';
import { NOTHING, SPINE_PLACE, useViewer } from './state.ts';
import { type ShownFrame, useFrame } from './use-frame.ts';
import { useSize } from './use-size.ts';
import { draggedWindow, presetWindow } from './windows.ts';

interface Props {
  readonly number: number;
  /** How many panes are to be seen. */
  readonly count: number;
  onDropSeries(number: number, key: string): void;
  onSwipe(number: number, direction: 1 | -1): void;
}

export function Pane({ number, count, onDropSeries, onSwipe }: Props) {
  const { t } = useTranslation('viewer');
  const bench = useBench();
  const { store } = bench;
  const { focus, moveFocus } = useStudy();
  const { tool } = useActiveTool();
  const panes = useViewer(store, (s) => s.panes);
  const active = useViewer(store, (s) => s.active);
  const hasLines = useViewer(store, (s) => s.hasLines);
  const hasSpine = useViewer(store, (s) => s.hasSpine);
  const gesture = useViewer(store, (s) => s.gesture);
  const pane = panes[number];
  const { source } = pane;
  const root = useRef<HTMLElement>(null);
  const ground = useRef<HTMLDivElement>(null);
  const painter = useRef<Painter>(undefined);
  const size = useSize(root);
  const loading = useFrame(source, pane.index);
  const { shown } = loading;

  useEffect(() => {
    if (ground.current === null) return;
    const made = canvasPainter(ground.current);
    painter.current = made;
    return () => made.dispose();
  }, []);

  const view = useMemo(
    () => (shown === undefined ? undefined : viewOf(shown, pane.framing, size)),
    [shown, pane.framing, size],
  );
  const window = shown === undefined ? undefined : (pane.window ?? windowOf(shown, pane.preset));
  const [low, high] = [window?.low, window?.high];
  useLayoutEffect(() => {
    if (shown === undefined || view === undefined || low === undefined || high === undefined) {
      painter.current?.clear();
      return;
    }
    const { sopInstanceUid, frame } = shown.view;
    painter.current?.paint({
      key: `${shown.source.series.id} ${sopInstanceUid} ${frame}`,
      frame: shown.pixels,
      view,
      window: { low, high },
      isInverted: pane.isInverted,
    });
  }, [shown, view, low, high, pane.isInverted]);

  const projection = useMemo(
    () =>
      shown === undefined || view === undefined ? undefined : projectionOf(`pane-${number + 1}`, shown, view),
    [shown, view, number],
  );

  const dragged = useRef<WindowRange>(undefined);
  const setFraming = (change: (v: PanePlane) => typeof pane.framing): void => {
    if (view !== undefined) store.setPane(number, { framing: change(view) });
  };
  useGestures(root, {
    gesture: tool === undefined ? gesture : 'scroll',
    activate: () => {
      if (store.get().active !== number) store.set({ active: number });
    },
    scroll: (steps) => store.scrollBy(number, steps),
    window(across, along, isStart) {
      if (isStart) dragged.current = window;
      if (dragged.current !== undefined)
        store.setPane(number, { window: draggedWindow(dragged.current, across, along) });
    },
    pan: (x, y) =>
      setFraming(({ pxPerMm }) => {
        const { framing } = store.get().panes[number];
        return {
          zoom: framing.zoom,
          shiftMm: [framing.shiftMm[0] - x / pxPerMm, framing.shiftMm[1] - y / pxPerMm],
        };
      }),
    zoom: (factor, x, y) => setFraming((v) => zoomedAt(v, store.get().panes[number].framing, factor, x, y)),
    pointAt(x, y) {
      if (view === undefined || shown?.source.kind === 'prior' || !view.plane.isLocated) return;
      moveFocus({ ...(focus.level && { level: focus.level }), pointMm: toPatient(view, x, y) });
    },
    swipe: (direction) => onSwipe(number, direction),
  });

  const [isTarget, setTarget] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setTarget(false);
    const key = event.dataTransfer.getData('text/plain');
    if (key !== '') onDropSeries(number, key);
  };

  const levels = shown === undefined ? [] : bench.levelsOf(shown.source);
  const passed = shown === undefined ? [] : levelsAt(shown.source.series, levels, shown.index);
  const levelText = passed.map(({ label }) => bench.nameOf(label)).join(' · ');
  const level = levels.find(({ label }) => label === focus.level);
  const isOwn = source !== undefined && source.kind !== 'prior';
  const seen = panes.slice(0, count).map((each, n) => (hasSpine && n === SPINE_PLACE ? NOTHING : each));
  const reference = seen.find((other) => other.source !== undefined && other !== pane)?.source;
  const unlinked =
    shown !== undefined &&
    number > 0 &&
    reference !== undefined &&
    store.shiftTo(reference, shown.source) === undefined
      ? t(shown.source.kind === 'prior' ? 'unlinked.prior' : 'unlinked')
      : undefined;
  const name =
    source === undefined
      ? t('pane.empty', { number: number + 1 })
      : t('pane.name', {
          number: number + 1,
          series: plainText(source.series.description) || t('no-description'),
          slice: pane.index + 1,
          count: source.series.frames.length,
          level: levelText,
        });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a pane is a group of its picture and what lies over it
    <section
      ref={root}
      className="pane"
      role="group"
      aria-label={name}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys scroll and set the picture
      tabIndex={0}
      data-pane={number + 1}
      data-active={active === number || undefined}
      data-target={isTarget || undefined}
      data-gesture={tool === undefined ? gesture : undefined}
      data-shown={shown === undefined ? undefined : `${shown.index + 1}`}
      onFocus={() => {
        if (store.get().active !== number) store.set({ active: number });
      }}
      onDragOver={(event) => {
        event.preventDefault();
        setTarget(true);
      }}
      onDragLeave={() => setTarget(false)}
      onDrop={drop}
    >
      <div ref={ground} className="pane-ground" />
      {projection !== undefined && isOwn && <Layers projection={projection} />}
      {view !== undefined && shown !== undefined && (
        <PaneMarks
          view={view}
          source={shown.source}
          paneNumber={number}
          panes={seen}
          store={store}
          hasLines={hasLines}
          {...(isOwn &&
            focus.pointMm &&
            focus.pointMm !== level?.place.centreMm && { focusMm: focus.pointMm })}
          {...(level && { level, levelName: bench.nameOf(level.label) })}
        />
      )}
      {view !== undefined && shown !== undefined && window !== undefined && (
        <PaneCorners
          shown={shown}
          view={view}
          window={window}
          {...(levelText !== '' && { levelText })}
          {...(unlinked !== undefined && { unlinked })}
        />
      )}
      <PaneStates source={source} loading={loading} />
    </section>
  );
}

function viewOf(
  shown: ShownFrame,
  framing: Parameters<typeof panePlane>[2],
  size: readonly [number, number],
): PanePlane {
  const { plane } = shown.view;
  return panePlane(plane, screenAxes(plane, shown.source.series.plane), framing, size[0], size[1]);
}

/** By the series' middle slice as soon as that is there: one window for all of its slices. */
function windowOf(
  { source, view, pixels }: ShownFrame,
  preset: Parameters<typeof presetWindow>[0],
): WindowRange {
  const { frames } = source.from ?? source.series;
  const middle = frames[Math.floor(frames.length / 2)];
  return presetWindow(preset, view, source.images.loaded(middle.sopInstanceUid, middle.frame) ?? pixels);
}

function projectionOf(paneId: string, shown: ShownFrame, view: PanePlane): PaneProjection {
  const { plane } = view;
  const isMade = isReformatted(shown.view);
  return {
    paneId,
    seriesInstanceUid: shown.source.series.seriesInstanceUid,
    ...(!isMade && { sopInstanceUid: shown.view.sopInstanceUid }),
    frame: shown.view.frame,
    widthPx: view.widthPx,
    heightPx: view.heightPx,
    planePointMm: view.middleMm,
    planeNormal: plane.normal,
    thicknessMm: plane.thicknessMm,
    pxPerMm: view.pxPerMm,
    toCanvas: (point) => toCanvas(view, point),
    toPatient: (x, y) => toPatient(view, x, y),
  };
}
