import type { Review } from './review.ts';
import type { Reviewed } from './reviewed.ts';
import { statementsOf } from './statements.ts';

/** A report of the study that was signed before. */
export interface EarlierReport {
  readonly reportId: string;
  readonly version: number;
  readonly sha256: string;
}

/**
 * Why a report cannot be signed. `conflicts`: two people said different things unseen; `unsent`: marks of this browser
 * are not on the server; `numbering-refused`: the names that somebody gave cannot be; `numbering-unreviewed`: levels
 * would be named by names that nobody accepted; `nothing-to-say`: no value, measurement or text; `reason-needed`: a
 * signed report is amended with a reason only.
 */
export const SIGNING_OBSTACLES = [
  'conflicts',
  'unsent',
  'numbering-refused',
  'numbering-unreviewed',
  'nothing-to-say',
  'reason-needed',
] as const;
export type SigningObstacle = (typeof SIGNING_OBSTACLES)[number];

export interface SigningInput {
  /** Absent where the study has no reading. */
  readonly reviewed?: Reviewed | undefined;
  readonly review: Review;
  /** Earlier ones of the study, oldest first. */
  readonly reports: readonly EarlierReport[];
  /** Why an earlier one is amended. */
  readonly reason?: string | undefined;
}

export interface Readiness {
  readonly ready: boolean;
  readonly obstacles: readonly SigningObstacle[];
  /** Results with a value that nobody judged: no obstacle, they stay out of the report. */
  readonly unreviewed: number;
}

/** Whether the report can be signed as it stands; both the browser, before it asks, and the server, before it signs. */
export function readyToSign({ reviewed, review, reports, reason }: SigningInput): Readiness {
  const statements = reviewed === undefined ? [] : statementsOf(reviewed, review);
  const said = new Set(statements.map(({ statement }) => statement.target));
  const numbering = reviewed?.entry('numbering');
  const isNamed = numbering?.status === 'accepted' || numbering?.status === 'corrected';
  const namesLevels = statements.some(({ statement }) => statement.level !== undefined);
  const hasText = (['indication', 'technique', 'findings', 'comparison', 'impression'] as const).some(
    (section) => {
      const text = review.text(section);
      return text.state === 'set' && text.value.trim() !== '';
    },
  );
  const holds: Readonly<Record<SigningObstacle, boolean>> = {
    conflicts: review.conflicts.length > 0,
    unsent: review.pending > 0,
    'numbering-refused': reviewed?.renumbering.state === 'refused',
    'numbering-unreviewed': namesLevels && !isNamed && reviewed?.renumbering.state !== 'refused',
    'nothing-to-say': statements.length === 0 && review.measurements.length === 0 && !hasText,
    'reason-needed': reports.length > 0 && (reason ?? '').trim() === '',
  };
  const obstacles = SIGNING_OBSTACLES.filter((obstacle) => holds[obstacle]);
  return {
    ready: obstacles.length === 0,
    obstacles,
    unreviewed: (reviewed?.entries ?? []).filter(
      (e) => !said.has(e.target) && e.value !== undefined && e.status !== 'rejected',
    ).length,
  };
}
