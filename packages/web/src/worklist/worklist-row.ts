/** What the server says of a study in the list: `GET /api/worklist`. */

export const STATUSES = ['received', 'reading', 'to-review', 'in-review', 'signed', 'not-readable'] as const;
export type Status = (typeof STATUSES)[number];

export type Rank = 0 | 1 | 2 | 3;

export interface UrgencyReason {
  readonly code: string;
  readonly level?: string;
  readonly value?: number;
  readonly unit?: string;
  readonly experimental?: true;
}

export interface WorklistRow {
  readonly studyInstanceUid: string;
  readonly patientName: string | null;
  readonly patientId: string | null;
  /** YYYY-MM-DD. */
  readonly birthDate: string | null;
  /** PS3.3 C.7.1.1: M, F, O. */
  readonly sex: string | null;
  /** YYYY-MM-DD. */
  readonly studyDate: string | null;
  readonly studyTime: string | null;
  readonly description: string | null;
  readonly accessionNumber: string | null;
  readonly modalities: readonly string[];
  readonly seriesCount: number;
  readonly instanceCount: number;
  readonly receivedAt: string;
  readonly status: Status;
  readonly readingId?: string | null;
  readonly refusalCode?: string | null;
  readonly urgency: { readonly rank: Rank; readonly reasons: readonly UrgencyReason[] };
  readonly assignedTo?: { readonly accountId: string; readonly name: string } | null;
  readonly priorCount: number;
  readonly signedAt?: string | null;
}

export interface WorklistPageOfRows {
  readonly rows: readonly WorklistRow[];
  readonly nextCursor?: string | null;
  readonly total?: number | null;
}

export interface Reviewer {
  readonly accountId: string;
  readonly displayName: string;
}
