/** Keys of the viewer, for the page: they act on the active pane. */
import { useEffect, useRef } from 'react';
import { TYPED_INTO } from '../look/index.ts';
import type { Bench } from './bench.tsx';
import { WHOLE, zoomed } from './geometry/pane-plane.ts';
import { LAYOUTS, type Layout } from './hanging.ts';
import type { PaneState, ViewerStore } from './state.ts';
import { PRESETS, type Preset } from './windows.ts';

export const SHORTCUTS: readonly { readonly keys: string; readonly textKey: string }[] = [
  { keys: '↑ ↓', textKey: 'key.slice' },
  { keys: 'Home End', textKey: 'key.ends' },
  { keys: '1 2 3 4 5', textKey: 'key.level' },
  { keys: '0', textKey: 'key.level-t12' },
  { keys: 'PageUp PageDown', textKey: 'key.next-level' },
  { keys: '[ ]', textKey: 'key.pane' },
  { keys: 'w', textKey: 'key.window' },
  { keys: 'i', textKey: 'key.invert' },
  { keys: '+ −', textKey: 'key.zoom' },
  { keys: 'f', textKey: 'key.fit' },
  { keys: 'z', textKey: 'key.reset' },
  { keys: 'r', textKey: 'key.cine' },
  { keys: 't', textKey: 'key.lines' },
  { keys: 'h', textKey: 'key.synced' },
  { keys: 'b', textKey: 'key.maximise' },
  { keys: 'v', textKey: 'key.layout' },
  { keys: 'm', textKey: 'key.mpr' },
  { keys: 'Shift+D', textKey: 'key.spine' },
  { keys: 'x', textKey: 'key.cross-hair' },
];

const onActive = (store: ViewerStore, change: (pane: PaneState) => Partial<PaneState>): void => {
  const { active, panes } = store.get();
  store.setPane(active, change(panes[active]));
};

/** What keys and buttons do alike. */
export const KEYS = {
  usualFps: 8,
  setPreset(store: ViewerStore, preset: Preset): void {
    store.choosePreset(store.get().active, preset);
  },
  zoom(store: ViewerStore, factor: number): void {
    onActive(store, ({ framing }) => ({ framing: zoomed(framing, factor) }));
  },
  fit: (store: ViewerStore): void => onActive(store, () => ({ framing: WHOLE })),
  reset(store: ViewerStore): void {
    KEYS.setPreset(store, 'auto');
    onActive(store, () => ({ framing: WHOLE, isInverted: false }));
  },
  toggleCine(store: ViewerStore): void {
    const { cineFps, ...rest } = store.get();
    store.replace(cineFps === undefined ? { ...rest, cineFps: KEYS.usualFps } : rest);
  },
} as const;

/** These take arrows and the like themselves. */
const MOVED_IN =
  '[role="listbox"], [role="menu"], [role="grid"], [role="tablist"], [role="dialog"], [role="slider"]';

export function useViewerKeys(bench: Bench, levelKeys: LevelKeys): void {
  const latest = useRef({ bench, levelKeys });
  latest.current = { bench, levelKeys };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const { target } = event;
      if (target instanceof Element && target.closest(`${TYPED_INTO}, ${MOVED_IN}`) !== null) return;
      // Outside of the images arrows scroll the page.
      const isInImages =
        !(target instanceof Element) || target === document.body || target.closest('.viewer') !== null;
      if (act(event.key, isInImages, latest.current.bench, latest.current.levelKeys)) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

export interface LevelKeys {
  /** The disc below the vertebra L`number`; 0 is T12. @returns whether there is one */
  toNumber(number: number): boolean;
  toNeighbour(direction: 1 | -1): boolean;
  /** @returns whether there is a spine to show in three dimensions */
  toggleSpine(): boolean;
}

function act(key: string, isInImages: boolean, { store }: Bench, levels: LevelKeys): boolean {
  const state = store.get();
  const { active, panes } = state;
  if (isInImages) {
    // Elsewhere digits are grades.
    if (/^[0-6]$/.test(key)) return levels.toNumber(Number(key));
    switch (key) {
      case 'ArrowUp':
        store.scrollBy(active, -1);
        return true;
      case 'ArrowDown':
        store.scrollBy(active, 1);
        return true;
      case 'Home':
        store.scrollTo(active, 0);
        return true;
      case 'End':
        store.scrollTo(active, Number.MAX_SAFE_INTEGER);
        return true;
      case 'PageUp':
        return levels.toNeighbour(-1);
      case 'PageDown':
        return levels.toNeighbour(1);
    }
  }
  switch (key) {
    case '[':
    case ']': {
      const all = [...document.querySelectorAll<HTMLElement>('.pane')];
      const at = all.findIndex(({ dataset }) => dataset.pane === `${active + 1}`);
      const next = (at + (key === ']' ? 1 : all.length - 1)) % Math.max(1, all.length);
      all[next]?.focus();
      return true;
    }
    case 'w': {
      const { window, preset } = panes[active];
      KEYS.setPreset(
        store,
        window === undefined ? PRESETS[(PRESETS.indexOf(preset) + 1) % PRESETS.length] : preset,
      );
      return true;
    }
    case 'i':
      store.setPane(active, { isInverted: !panes[active].isInverted });
      return true;
    case '+':
    case '=':
      KEYS.zoom(store, 1.25);
      return true;
    case '-':
    case '−':
      KEYS.zoom(store, 0.8);
      return true;
    case 'f':
      KEYS.fit(store);
      return true;
    case 'z':
      KEYS.reset(store);
      return true;
    case 'r':
      KEYS.toggleCine(store);
      return true;
    case 't':
      store.set({ hasLines: !state.hasLines });
      return true;
    case 'h':
      store.set({ isSynced: !state.isSynced });
      return true;
    case 'b':
      store.set({ isMaximised: !state.isMaximised });
      return true;
    case 'v':
      store.setLayout(nextLayout(state.layout));
      return true;
    case 'm':
      store.setLayout(state.layout === 'mpr' ? 'hanging' : 'mpr');
      return true;
    case 'D':
      return levels.toggleSpine();
    case 'x':
      store.set({ gesture: state.gesture === 'cross-hair' ? 'scroll' : 'cross-hair' });
      return true;
    default:
      return false;
  }
}

const nextLayout = (layout: Layout): Layout =>
  layout === 'mpr' ? 'hanging' : LAYOUTS[(LAYOUTS.indexOf(layout) + 1) % LAYOUTS.length];
