import type { Urgency } from '@promontory/core/report';

/**
 * How far a study is. A person's work goes before the machine's: `in-review` from the first mark, `signed` by a report that
 * stands until a later reading or mark. `reading`: one waits or runs. `not-readable`: the last one was refused or failed.
 */
export const STUDY_STATUSES = [
  'received',
  'reading',
  'to-review',
  'in-review',
  'signed',
  'not-readable',
] as const;
export type StudyStatus = (typeof STUDY_STATUSES)[number];

/** One study of the list. Texts are the images' own; what they do not say is absent. */
export interface ListEntry {
  readonly studyInstanceUid: string;
  readonly patientName?: string;
  readonly patientId?: string;
  /** `YYYYMMDD`, as DICOM writes it; so are the other dates of the images. */
  readonly birthDate?: string;
  readonly sex?: string;
  readonly studyDate?: string;
  /** `HHMMSS.FFFFFF` or its beginning. */
  readonly studyTime?: string;
  readonly description?: string;
  readonly accessionNumber?: string;
  readonly modalities: readonly string[];
  readonly seriesCount: number;
  readonly instanceCount: number;
  readonly receivedAt: Date;
  readonly status: StudyStatus;
  /** The reading that holds now. */
  readonly readingId?: string;
  /** Why it is none. */
  readonly refusalCode?: string;
  readonly urgency: Urgency;
  readonly assignedTo?: { readonly accountId: string; readonly name: string };
  /** Earlier studies of the patient within reach. */
  readonly priorCount: number;
  /** Of the last signature, also where something has come since. */
  readonly signedAt?: Date;
}

export interface PriorStudy {
  readonly studyInstanceUid: string;
  readonly studyDate?: string;
  readonly description?: string;
  readonly status: StudyStatus;
}

export interface ListQuery {
  /** Beginnings of words of the patient's name in any order, or the beginning of an ID or accession number. */
  readonly text?: string;
  readonly statuses?: readonly StudyStatus[];
  readonly ranks?: readonly number[];
  /** An account, or `none`. */
  readonly assigned?: string;
  /** Study dates `YYYYMMDD`, both ends included. */
  readonly from?: string;
  readonly to?: string;
  readonly modality?: string;
  readonly sort: ListSort;
  readonly limit: number;
  /** What an earlier page ended with. */
  readonly cursor?: string;
}

/**
 * `urgency`: the most urgent first, then what has waited longest; what is signed comes last. A minus turns an order
 * round.
 */
export const LIST_ORDERS = ['urgency', 'date', 'name', 'received'] as const;
export type ListOrder = (typeof LIST_ORDERS)[number];
export const LIST_SORTS = [...LIST_ORDERS, ...LIST_ORDERS.map((order) => `-${order}` as const)] as const;
export type ListSort = (typeof LIST_SORTS)[number];

export interface ListPage {
  readonly entries: readonly ListEntry[];
  /** Where the next page begins; absent after the last. */
  readonly nextCursor?: string;
  /** Of all pages together; told with the first. */
  readonly total?: number;
}
