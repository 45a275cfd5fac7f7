/** Whether outlines are being edited, which, and how far a pull reaches. */
import { shared, useShared } from '../store.ts';

export interface EditMode {
  readonly isOn: boolean;
  /** `disc L4/L5`, as keyOf names it. */
  readonly chosen?: string;
  /** Along the border, mm. */
  readonly reachMm: number;
}

export const LEAST_REACH_MM = 1;
export const MOST_REACH_MM = 20;

const mode = shared<EditMode>({ isOn: false, reachMm: 6 });
export const useEditMode = (): EditMode => useShared(mode);
export const editMode = (): EditMode => mode.get();
export const startEditing = (): void => mode.set({ isOn: true, reachMm: mode.get().reachMm });
export const endEditing = (): void => mode.set({ isOn: false, reachMm: mode.get().reachMm });
export const chooseOutline = (chosen: string): void => mode.set({ ...mode.get(), chosen });
export const changeReach = (reachMm: number): void =>
  mode.set({ ...mode.get(), reachMm: Math.min(MOST_REACH_MM, Math.max(LEAST_REACH_MM, reachMm)) });
