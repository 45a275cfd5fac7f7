import { useEffect, useState, useSyncExternalStore } from 'react';
import { OfflineKeeper, type OfflineProgram } from './offline-program.ts';

export interface OfflineControls extends OfflineProgram {
  updateNow(): void;
  remove(): void;
}

/** Begins to keep the program once the page stands: reading comes first, and so does its fetching. */
export function useOffline(): OfflineControls {
  const [keeper] = useState(() => new OfflineKeeper(navigator.serviceWorker, () => location.reload()));
  const state = useSyncExternalStore(keeper.subscribe, keeper.state);
  useEffect(() => {
    void keeper.prepare();
  }, [keeper]);
  return { ...state, updateNow: keeper.update, remove: () => void keeper.remove() };
}
