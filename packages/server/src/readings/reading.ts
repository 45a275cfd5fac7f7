import type { JsonDataSet } from '@promontory/core/dicom';
import type { ModelIdentity } from '@promontory/core/reading';
import type { Indication } from './priorities.ts';

/**
 * `unreviewed` until a person has judged it (promise 10): `reviewed` when a signed report stands on it; `superseded` by a
 * later one, or by a study that grew.
 */
export type ReadingStatus = 'unreviewed' | 'reviewed' | 'superseded' | 'failed';

/** A study read by the models, refused for a reason that lies in its images, or failed at every try. */
export type ReadingResult = 'read' | 'refused' | 'failed';

/** One reading, with what is needed to tell what it was made from and by. */
export interface ReadingRecord {
  readonly readingId: string;
  readonly studyUid: string;
  readonly jobId: string;
  readonly createdAt: Date;
  readonly status: ReadingStatus;
  readonly outcome: ReadingResult;
  readonly softwareVersion: string;
  readonly models: readonly ModelIdentity[];
  /** SHA-256 over the sorted SHA-256s of the study's received instances, one a line. */
  readonly inputSha256: string;
  readonly instanceCount: number;
  readonly findingsSha256?: string;
  readonly durationMs: number;
  /** Why it was refused, or what the last try failed with. */
  readonly refusal?: { readonly code: string; readonly message?: string };
  readonly files: readonly ReadingFileRecord[];
}

export interface ReadingFileRecord {
  readonly name: string;
  readonly mediaType: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

export type WorkState = 'scheduled' | 'in-progress' | 'completed' | 'cancelled' | 'failed';

/** What is to be read, is being read, or was: a unified procedure step, PS3.4 annex CC. */
export interface WorkItem {
  readonly jobId: string;
  readonly studyUid: string;
  readonly origin: 'arrival' | 'request';
  readonly requestedBy: string;
  readonly indication?: Indication;
  readonly priority: number;
  readonly state: WorkState;
  readonly stage?: string;
  readonly done?: number;
  readonly total?: number;
  readonly attempts: number;
  /** Code, where it was cancelled or failed. */
  readonly reason?: string;
  readonly readingId?: string;
  readonly createdAt: Date;
  readonly changedAt: Date;
  /** SOP Instance UID, where whoever ordered it chose it. */
  readonly uid?: string;
  /** Not before. */
  readonly startAt?: Date;
  readonly beganAt?: Date;
  /** Who performs it, or did, where that is no worker of ours. As the audit names them. */
  readonly claimedBy?: string;
  /** SOP Instance UID of the item that was abandoned. */
  readonly replacesUid?: string;
  /** What clients said of the step: see `step-attributes.ts`. May name people. */
  readonly step?: JsonDataSet;
}

/** Made from by the tries of an item, as far as is known: of those that leave no result there is nothing else. */
export interface TriedWith {
  readonly models: readonly ModelIdentity[];
  readonly inputSha256?: string;
  readonly instanceCount?: number;
}

/**
 * What the queue carries: nothing. Its rows outlive a study that is erased, so that all that is known of a job stands in
 * its work item.
 */
export type ReadingJob = Readonly<Record<never, never>>;
