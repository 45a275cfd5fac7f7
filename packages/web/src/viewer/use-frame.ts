/** The pixels of what a pane shows: the slice at hand first, its neighbours next, then the rest of the series. */
import { useEffect, useState } from 'react';
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
  const [shown, setShown] = useState<ShownFrame>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const [loaded, setLoaded] = useState(0);
  const view = source?.series.frames[index];

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is another run
  useEffect(() => {
    setError(undefined);
    if (source === undefined || view === undefined) {
      setShown(undefined);
      return;
    }
    const { images } = source;
    const atHand = images.loaded(view.sopInstanceUid, view.frame);
    if (atHand !== undefined) {
      setShown({ source, index, view, pixels: atHand });
      return;
    }
    const leaving = new AbortController();
    images
      .frame(view.sopInstanceUid, view.frame, { priority: Priority.visible, signal: leaving.signal })
      .then((pixels) => setShown({ source, index, view, pixels }))
      .catch((why) => {
        if (!leaving.signal.aborted) setError(why);
      });
    return () => leaving.abort();
  }, [source, index, view, attempt]);

  const isFirstThere = shown !== undefined && shown.source === source;
  // biome-ignore lint/correctness/useExhaustiveDependencies: begun anew with the series, not with each slice
  useEffect(() => {
    setLoaded(0);
    if (source === undefined || !isFirstThere) return;
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

  const isCurrent = shown?.source === source && shown?.index === index;
  return {
    ...(shown?.source === source && shown && { shown }),
    isLoading: source !== undefined && !isCurrent && error === undefined,
    ...(error !== undefined && { error }),
    loadedShare: source === undefined ? 1 : loaded / source.series.frames.length,
    retry: () => setAttempt((n) => n + 1),
  };
}

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
