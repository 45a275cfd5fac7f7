/** Where the reader was in the list, kept while a study is open: coming back finds the same rows, place and focus. */
import type { RowWindow } from './row-window.ts';

export interface ListPlace {
  /** As in the address. */
  readonly search: string;
  /** As the server was asked, and which reload of it. */
  readonly asked: string;
  readonly generation: number;
  readonly window: RowWindow;
  readonly active: number;
  readonly scrollY: number;
  readonly openedStudy?: string;
}

let place: ListPlace | undefined;

export const keepPlace = (now: ListPlace): void => {
  place = now;
};
export const keptPlace = (): ListPlace | undefined => place;
/** A place is gone back to once. */
export const forgetPlace = (): void => {
  place = undefined;
};
