/** What the page and its worker say to each other of cuts. */
import type { CutPlane, LabelCut } from './cut-labels.ts';

export interface CutRequest {
  readonly id: number;
  /** With the first request only. */
  readonly file?: Uint8Array;
  readonly plane?: CutPlane;
}
export type CutAnswer =
  | { readonly id: number; readonly cuts: readonly LabelCut[] }
  | { readonly id: number; readonly failed: string };
