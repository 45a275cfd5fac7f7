import { useEffect } from 'react';
import { useViewer, type ViewerStore } from './state.ts';

/** Runs the active pane's slices round, as many a second as asked for; slower where they are not loaded yet. */
export function useCine(store: ViewerStore): void {
  const fps = useViewer(store, (s) => s.cineFps);
  useEffect(() => {
    if (fps === undefined) return;
    const timer = setInterval(() => {
      const { active, panes } = store.get();
      const { source, index } = panes[active];
      if (source === undefined) return;
      const next = (index + 1) % source.series.frames.length;
      const { sopInstanceUid, frame } = source.series.frames[next];
      if (source.images.loaded(sopInstanceUid, frame) === undefined) {
        void source.images.frame(sopInstanceUid, frame).catch(() => {});
        return;
      }
      store.scrollTo(active, next);
    }, 1000 / fps);
    return () => clearInterval(timer);
  }, [store, fps]);
}
