import type { JsonDataSet } from '@promontory/core/dicom';
import type { Sha256 } from '../ports/blobs/index.ts';

/** One study, series or instance, by its UIDs. */
export interface Scope {
  readonly studyUid: string;
  readonly seriesUid?: string;
  readonly sopUid?: string;
}

/** An instance that the identity may read. */
export interface InstanceRecord {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sopUid: string;
  readonly sopClass: string;
  readonly transferSyntax: string;
  readonly sha256: Sha256;
  readonly sizeBytes: number;
  readonly frames: number;
}

/** Failure reasons of PS3.18 table I.2-2 (STOW) and PS3.4 table B.2-1 (C-STORE), one table for both. */
export const FAILURE = {
  /** Cannot understand: no DICOM, cut off, malformed, without its UIDs. */
  notUnderstood: { stow: 0xc000, dimse: 0xc000 },
  /** A transfer syntax of which nobody could tell later how to read it: private, or none of files. */
  transferSyntax: { stow: 0xc122, dimse: 0xc122 },
  /** Data set does not match SOP class, or the study that the request names. */
  mismatch: { stow: 0xa900, dimse: 0xa900 },
  /** Another content under a UID that is held already. STOW 0x0110 = 272, processing failure. */
  conflict: { stow: 0x0110, dimse: 0x0110 },
  /** A failure of ours while the instance was read: nothing is said about the instance. */
  processing: { stow: 0x0110, dimse: 0x0110 },
  /** No room, or no time: a retry helps later. */
  outOfResources: { stow: 0xa700, dimse: 0xa700 },
  /** Larger than an instance may be: no retry helps. */
  tooLarge: { stow: 0xa710, dimse: 0xa710 },
  notAuthorised: { stow: 0x0124, dimse: 0x0124 },
} as const;
export type FailureName = keyof typeof FAILURE;

export interface StoreOutcome {
  /** `stored`: kept and indexed. `held`: the same bytes were here already. */
  readonly status: 'stored' | 'held' | 'failed';
  readonly failure?: FailureName;
  /** One sentence without patient data. */
  readonly message?: string;
  readonly sopClass?: string;
  readonly sopUid?: string;
  readonly studyUid?: string;
  readonly seriesUid?: string;
  /** Tolerances while parsing. */
  readonly warnings: readonly string[];
}

export interface StoreOptions {
  /** STOW to a study: instances of others fail with `mismatch`. */
  readonly studyUid?: string;
  /** Own results: the reading that made them. */
  readonly origin?: string;
  /** Filled as instances are judged: what became of them is known also where the request breaks off. */
  readonly outcomes?: StoreOutcome[];
}

export interface SearchResult {
  readonly rows: readonly JsonDataSet[];
  /** Matching keys that the index does not know: the answer carries a warning. */
  readonly ignored: readonly number[];
  /** Whether there is more after the page. */
  readonly more: boolean;
}
