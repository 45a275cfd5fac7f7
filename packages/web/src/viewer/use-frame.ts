/** The pixels of what a pane shows: the slice at hand first, its neighbours next, then the rest of the series. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { type FrameView, type PixelFrame, Priority } from '../images/index.ts';
import { middleOf, type Source } from './state.ts';

export interface ShownFrame {
  readonly source: Source;
  readonly index: number;
  readonly view: FrameView;
  readonly pixels: PixelFrame;
}

export interface LoadedPane {
  /** The last slice that was loaded: it stays until the next one is there, with all that is drawn over it. */
  readonly shown?: ShownFrame;
  readonly isLoading: boolean;
  readonly error?: unknown;
  /** Of the series' slices, 0 to 1. */
  readonly loadedShare: number;
  retry(): void;
}

/** On either side. */
const NEIGHBOURS = 3;

export function useFrame(source: Source | undefined, index: number): LoadedPane {
  const [fetched, setFetched] = useState<ShownFrame>();
  const last = useRef<ShownFrame>(undefined);
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const [loaded, setLoaded] = useState(0);
  const view = source?.series.frames[index];

  // What is loaded already is drawn at once, not a render later.
  const atHand = useMemo((): ShownFrame | undefined => {
    const pixels = view && source?.images.loaded(view.sopInstanceUid, view.frame);
    return pixels && source && { source, index, view, pixels };
  }, [source, index, view]);
  const isFetched = fetched !== undefined && fetched.source === source && fetched.index === index;
  const shown = atHand ?? (isFetched ? fetched : last.current);
  useEffect(() => {
    last.current = shown;
  }, [shown]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is another run
  useEffect(() => {
    setError(undefined);
    if (source === undefined || view === undefined || atHand !== undefined) return;
    const { images } = source;
    const leaving = new AbortController();
    images
      .frame(view.sopInstanceUid, view.frame, { priority: Priority.visible, signal: leaving.signal })
      .then((pixels) => setFetched({ source, index, view, pixels }))
      .catch((why) => {
        if (!leaving.signal.aborted) setError(why);
      });
    return () => leaving.abort();
  }, [source, index, view, atHand, attempt]);

  const isFirstThere = shown !== undefined && shown.source === source;
  // biome-ignore lint/correctness/useExhaustiveDependencies: begun anew with the series, not with each slice
  useEffect(() => {
    setLoaded(0);
    if (source === undefined || !isFirstThere || source.kind === 'reformatted') return;
    const { images, series } = source;
    const leaving = new AbortController();
    const { signal } = leaving;
    let count = 0;
    for (const { k, priority } of loadingOrder(series.frames.length, index, middleOf(series))) {
      const { sopInstanceUid, frame } = series.frames[k];
      images
        .frame(sopInstanceUid, frame, { priority, signal })
        .then(() => {
          count++;
          if (!signal.aborted) setLoaded(count);
        })
        // The slice says so itself when it is come to.
        .catch(() => {});
    }
    return () => leaving.abort();
  }, [source, isFirstThere]);

  const isKept = shown !== undefined && source !== undefined && isTurnOf(shown.source, source);
  const isCurrent = shown?.source === source && shown?.index === index;
  return {
    ...(shown !== undefined && (shown.source === source || isKept) && { shown }),
    isLoading: source !== undefined && !isCurrent && error === undefined,
    ...(error !== undefined && { error }),
    // Reformatted slices are made when they are come to.
    loadedShare:
      source === undefined || source.kind === 'reformatted' ? 1 : loaded / source.series.frames.length,
    retry: () => setAttempt((n) => n + 1),
  };
}

/** The same planes turned otherwise: the former ones stay until the next are made. */
const isTurnOf = (before: Source, now: Source): boolean =>
  before.from !== undefined && before.from === now.from && before.series.plane === now.series.plane;

/** Outwards from the slice at hand; the middle one early, since windows go by it. */
export function loadingOrder(
  count: number,
  index: number,
  middle: number,
): { k: number; priority: Priority }[] {
  return Array.from({ length: count }, (_, k) => k)
    .sort((a, b) => Math.abs(a - index) - Math.abs(b - index) || a - b)
    .map((k) => ({
      k,
      priority: k === middle || Math.abs(k - index) <= NEIGHBOURS ? Priority.neighbour : Priority.rest,
    }));
}
