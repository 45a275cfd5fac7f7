import type { ModelIdentity } from '@promontory/core/reading';

/** What the reading process tells over its channel. It gets the study's files on its input, see `frames.ts`. */
export type ReadingMessage =
  | { readonly kind: 'progress'; readonly stage: string; readonly done?: number; readonly total?: number }
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly mediaType: string;
      readonly bytes: Uint8Array;
    }
  /** A model stands ready: it is what it says. */
  | { readonly kind: 'loaded'; readonly model: ModelIdentity }
  /** All files were sent. */
  | { readonly kind: 'read'; readonly softwareVersion: string; readonly models: readonly ModelIdentity[] }
  /** The study cannot be read: another try would end alike. The message holds no patient data. */
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly message: string;
      readonly softwareVersion: string;
      readonly models: readonly ModelIdentity[];
    }
  /** Something else went wrong: another try may do better. */
  | { readonly kind: 'failed'; readonly reason: 'model-unavailable' | 'defect' };

export interface ReadingFile {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** How a reading ended, where it did. */
export type ReadingOutcome = {
  readonly softwareVersion: string;
  readonly models: readonly ModelIdentity[];
} & (
  | { readonly kind: 'read'; readonly files: readonly ReadingFile[] }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
);
