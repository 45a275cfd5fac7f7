/** What of the reading is drawn over the images, in every pane alike. */
import { shared, useShared } from '../store.ts';
import { STRUCTURES, type Structure } from './structures.ts';

export interface OverlaySettings {
  readonly isShown: boolean;
  /** 0–1: of lines and fills together. */
  readonly strength: number;
  readonly structures: ReadonlySet<Structure>;
  readonly names: boolean;
}

const settings = shared<OverlaySettings>({
  isShown: true,
  strength: 0.8,
  structures: new Set(STRUCTURES),
  names: true,
});

export const useOverlaySettings = (): OverlaySettings => useShared(settings);
export const changeOverlay = (change: Partial<OverlaySettings>): void =>
  settings.set({ ...settings.get(), ...change });
export const toggleOverlay = (): void => changeOverlay({ isShown: !settings.get().isShown });
export function toggleStructure(structure: Structure): void {
  const structures = new Set(settings.get().structures);
  if (!structures.delete(structure)) structures.add(structure);
  changeOverlay({ structures });
}
