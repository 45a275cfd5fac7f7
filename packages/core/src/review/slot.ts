/** What a mark can set. Marks on one slot replace one another or conflict; slots know nothing of each other. */
import type { DeedOf, ReportSection, Target } from './mark.ts';

export type OutlineStructure = DeedOf<'outline'>['structure'];
export type LandmarkName = DeedOf<'landmark'>['name'];

export type SlotName =
  | { readonly kind: 'decision'; readonly target: Target }
  | { readonly kind: 'outline'; readonly structure: OutlineStructure; readonly label?: string }
  | { readonly kind: 'landmark'; readonly name: LandmarkName }
  | { readonly kind: 'renumber' }
  /** `markId` of the first of those that move or rename one another. */
  | { readonly kind: 'measurement'; readonly markId: string }
  | { readonly kind: 'text'; readonly section: ReportSection };

/** Who said what, and when. */
export interface Claim<T> {
  /** Absent: takes back what stood before. */
  readonly value?: T;
  /** Account. */
  readonly by: string;
  readonly byName: string;
  readonly at: string;
  readonly markId: string;
  /** Absent while the mark is in this browser only. */
  readonly sequence?: number;
}

/**
 * What stands in a slot. `set` may have several claims, which say the same. Claims are in the order of the study, those
 * not sent yet last.
 */
export type Slot<T> =
  | { readonly state: 'none' }
  | (Claim<T> & { readonly state: 'set'; readonly value: T; readonly claims: readonly Claim<T>[] })
  | { readonly state: 'conflict'; readonly claims: readonly Claim<T>[] };

const sameValue = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The standing claims of a slot, read: those that agree are no conflict, and those that take back leave nothing. */
export function slotOf<T>(claims: readonly Claim<T>[]): Slot<T> {
  const last = claims.at(-1);
  if (last === undefined) return { state: 'none' };
  if (claims.some((c) => !sameValue(c.value, last.value))) return { state: 'conflict', claims };
  const { value } = last;
  return value === undefined ? { state: 'none' } : { ...last, value, state: 'set', claims };
}
