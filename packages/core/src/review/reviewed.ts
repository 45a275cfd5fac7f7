/** A reading with what people made of it: the result of reviewedFindings. */
import type { DiscLabel, Findings, VertebraLabel } from '../spine/index.ts';
import type { GivenValue, Target } from './mark.ts';
import type { TargetEntry, TargetGroup } from './targets.ts';

export type TargetStatus = 'unreviewed' | 'accepted' | 'corrected' | 'rejected' | 'conflict';

/** Who decided, and when. */
export interface Hand {
  readonly by: string;
  readonly byName: string;
  readonly at: string;
  readonly markId: string;
}

/** `edited`: measured on an outline, or placed, by a person; `given`: a person gave the value itself. */
export type ChangeCause = 'edited' | 'given' | 'renumbered' | 'no-longer-measured' | 'measured-since';
export interface Change {
  readonly target: Target;
  readonly cause: ChangeCause;
}

/** A target with its value as it stands now. The level is named as people number it. */
export interface ReviewedEntry extends Omit<TargetEntry, 'level'> {
  readonly level?: string;
  readonly status: TargetStatus;
  /** What the reading said, where that is another. */
  readonly readAs?: GivenValue;
  /** The value was measured on what a person drew or placed. */
  readonly isEdited: boolean;
  /** A disc whose outline was drawn anew: its grade is of the image within the outline before. */
  readonly isBeforeEdit: boolean;
  /** Somebody judged it, and then it came out otherwise by an outline or landmark that they had not seen. */
  readonly isStale: boolean;
  /** Of status accepted, corrected or rejected. */
  readonly hand?: Hand;
}

/** A figure that is not there, with its reason. */
export interface Absence {
  readonly target: Target;
  readonly group: TargetGroup;
  readonly level?: string;
  readonly field: string;
  readonly reason: string;
}

/** Whether people's shift of the names could be followed. */
export type Renumbering =
  | { readonly state: 'as-read' }
  | { readonly state: 'shifted'; readonly lowestDisc: string }
  | { readonly state: 'refused'; readonly lowestDisc: string; readonly reason: RenumberingRefusal }
  | { readonly state: 'conflict' };
/** `out-of-range`: a level would lie above T9 or below S1; `not-a-disc`: no name of a lowest disc; `nothing-to-number`: the reading named none. */
export type RenumberingRefusal = 'out-of-range' | 'not-a-disc' | 'nothing-to-number';

export interface Reviewed {
  /**
   * The document as it stands: measured again, renumbered, corrected; what was rejected is absent with the reason
   * `rejected`. Figures that a person gave have the uncertainty 0, for nobody said how sure they are.
   */
  readonly findings: Findings;
  /** The document as the software gave it. */
  readonly asRead: Findings;
  /** In the order of targetsOf. */
  readonly entries: readonly ReviewedEntry[];
  /** By the reading's own names, as all targets are. */
  entry(target: Target): ReviewedEntry | undefined;
  status(target: Target): TargetStatus;
  readonly changed: readonly Change[];
  /** What a level of the reading is called now. */
  nameOf(label: DiscLabel | VertebraLabel | string): string;
  /** What the reading called a level. */
  readName(name: string): string;
  readonly renumbering: Renumbering;
  /** Figures that could not be made, by people's names of the levels. Grades that the reading abstained from are entries. */
  readonly notAssessable: readonly Absence[];
  /** Outlines that could not be used, because the structure is not one of the reading's, is a mere line or lies far off; landmarks without a level. */
  readonly unusable: readonly { readonly structure: string; readonly label?: string }[];
}
