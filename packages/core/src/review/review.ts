/** What has become of a study by the marks of people: the result of foldMarks. */
import type { DeedOf, GivenValue, ReportSection, Target } from './mark.ts';
import type { Claim, LandmarkName, OutlineStructure, Slot, SlotName } from './slot.ts';

export type Decision =
  | { readonly verdict: 'accept' | 'reject' }
  | { readonly verdict: 'correct'; readonly value: GivenValue };
export type Verdict = Decision['verdict'];

/** Points in mm of the plane of the outlines. */
export type OutlineValue = DeedOf<'outline'>['outline'];
/** Patient coordinates LPS, mm. */
export type PointMm = NonNullable<DeedOf<'landmark'>['positionMm']>;

export interface ReviewOutline {
  readonly structure: OutlineStructure;
  /** Of body or disc, as the reading named it. */
  readonly label?: string;
  readonly slot: Slot<OutlineValue>;
}

type Measured = Omit<DeedOf<'measurement'>, 'kind' | 'instead'>;
/** A measurement that stands; where two people moved it unseen, one for each of them. */
export interface ReviewMeasurement extends Measured {
  readonly markId: string;
  /** Of the first of those that move or rename one another: stays the same for its life. */
  readonly firstMarkId: string;
  readonly by: string;
  readonly byName: string;
  readonly at: string;
  readonly sequence?: number;
  readonly inConflict: boolean;
}

export interface Reveal {
  readonly by: string;
  readonly byName: string;
  readonly at: string;
  readonly withoutOwn: readonly Target[];
}

export interface Conflict {
  readonly slot: SlotName;
  readonly claims: readonly Claim<unknown>[];
}

/** What has become of one mark. */
export type Fate =
  | { readonly fate: 'standing' }
  | { readonly fate: 'in-conflict' }
  | { readonly fate: 'superseded'; readonly by: string }
  /** Belongs to another reading than the one that is reviewed. */
  | { readonly fate: 'other-reading'; readonly readingId: string }
  /** Takes back or restores a mark that is not among these. */
  | { readonly fate: 'without-subject' };

export interface Review {
  /** The reading that the marks were folded for. */
  readonly readingId?: string;
  /** Of the last mark up to which all are here; 0: the first is not. Who signs has seen so many. */
  readonly sequence: number;
  /** Marks that have no sequence number yet. */
  readonly pending: number;
  /** Acceptance, rejection or correction of a result: one decision, whichever came last. */
  decision(target: Target): Slot<Decision>;
  /** The decision without a corrected value. */
  verdict(target: Target): Slot<Verdict>;
  /** The value of the decision, where that is a correction. */
  correction(target: Target): Slot<GivenValue>;
  /** Own values given before the reading was shown, of one reader or of all; values of several readers never conflict in the sense of `conflicts`. */
  own(target: Target, author?: string): Slot<GivenValue>;
  /** Whether an own value was given after its author had seen the reading's. */
  isLate(markId: string): boolean;
  /** Targets with any decision, and with any own value. */
  readonly decided: readonly Target[];
  readonly owned: readonly Target[];
  readonly outlines: readonly ReviewOutline[];
  readonly landmarks: Readonly<Record<LandmarkName, Slot<PointMm>>>;
  /** What the reading's lowest disc is called. */
  readonly lowestDisc: Slot<string>;
  readonly revealed: readonly Reveal[];
  readonly measurements: readonly ReviewMeasurement[];
  text(section: ReportSection): Slot<string>;
  readonly conflicts: readonly Conflict[];
  fateOf(markId: string): Fate | undefined;
  /** Outlines, landmarks and numbering as the maker of a mark had them before the eyes. */
  geometryFor(markId: string): Geometry;
  /** Outlines, landmarks and numbering as they stand now; a slot in conflict is as the reading had it. */
  readonly geometry: Geometry;
}

/** What people drew, placed or named anew: all that figures are measured by. */
export interface Geometry {
  /** Equal for equal geometries. */
  readonly key: string;
  readonly outlines: readonly {
    readonly structure: OutlineStructure;
    readonly label?: string;
    readonly outline: OutlineValue;
  }[];
  readonly landmarks: Readonly<Partial<Record<LandmarkName, PointMm>>>;
  /** What people call the reading's lowest disc. */
  readonly lowestDisc?: string;
}
