import type {
  GivenValue,
  ReportContent,
  Statement,
  Subject,
  Target,
  TargetGroup,
  TargetKind,
} from '../review/index.ts';
import type { Findings, Measurement } from '../spine/index.ts';

/**
 * How far a value is a person's. `unreviewed`: the software's, nobody judged it; the others as in signed reports:
 * accepted by a person, changed by a person, or a person's own.
 */
export type ResultSource = 'unreviewed' | Statement['source'];

/** One value of a study, whatever document it goes into. */
export interface Result {
  /** By the reading's own names. */
  readonly target: Target;
  readonly group: TargetGroup;
  readonly kind: TargetKind;
  /** Disc or vertebra, as numbered in the document; absent of the whole spine. */
  readonly level?: string | undefined;
  /** Path within the finding: `pfirrmann`, `heights.anterior`, `psoas.left.area`. */
  readonly field: string;
  readonly value: GivenValue;
  readonly unit?: Measurement['unit'] | undefined;
  /** Half-width of the 95 % interval, in `unit`; absent of what a person gave. */
  readonly uncertainty?: number | undefined;
  /** Of the value shown; of a yes-or-no grade, of yes. */
  readonly probability?: number | undefined;
  /** Prediction set of a grade. */
  readonly set?: readonly number[] | undefined;
  readonly experimental: boolean;
  /** What belongs to the value: `percent`, `direction`, `meyerding` of a slip; `shape` of a vertebra. */
  readonly also?: Readonly<Record<string, GivenValue>> | undefined;
  readonly source: ResultSource;
  /** Absent of what is unreviewed. */
  readonly hand?: { readonly by: string | undefined; readonly byName: string; readonly at: string };
  /** The software's value, where the person's is another. */
  readonly readAs?: GivenValue | undefined;
  /** The outline was drawn anew after the software had given the grade. */
  readonly beforeEdit?: true | undefined;
}

/** What is not there, with its reason (codes of the findings document). */
export interface AbsentResult {
  readonly group: TargetGroup;
  readonly level?: string | undefined;
  readonly field: string;
  readonly reason: string;
}

/** How far the document is a person's. */
export type Standing =
  | { readonly kind: 'unreviewed' }
  | {
      readonly kind: 'signed' | 'amended';
      readonly reportId: string;
      readonly version: number;
      readonly signedByName: string;
      /** The account. */
      readonly signedBy: string;
      /** ISO 8601. */
      readonly signedAt: string;
      /** Of the content, as canonical JSON in UTF-8. */
      readonly sha256: string;
      /** Why it was amended. */
      readonly reason?: string;
    };

/**
 * What is known of one study, as one flat list: the common ground of DICOM objects, FHIR, reports and tables. A
 * projection of a findings document or of a signed report, never a source.
 */
export interface ResultSet {
  readonly standing: Standing;
  readonly study: ReportContent['study'];
  readonly subject: Subject;
  /** In the order of reading: numbering, alignment, vertebrae, conus, then each disc, head to feet. */
  readonly results: readonly Result[];
  readonly notAssessable: readonly AbsentResult[];
  /** Of a signed report; empty of a reading: people's figures, words, and what they left or refused. */
  readonly measurements: ReportContent['measurements'];
  readonly texts: ReportContent['texts'];
  readonly unreviewed: ReportContent['unreviewed'];
  readonly rejected: ReportContent['rejected'];
  readonly disagreements: ReportContent['disagreements'];
  readonly basis: ReportContent['basis'];
  /** Of a reading; what was noticed about the images. */
  readonly warnings: Findings['quality']['warnings'];
}
