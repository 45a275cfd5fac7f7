import type { ValidationFigures } from './summarise.ts';

export const VALIDATION_SCHEMA_VERSION = '1.0.0';

/** A study that could not be read: it stands in the result, not in the figures. */
export interface FailedStudy {
  readonly study: string;
  readonly patient: string;
  readonly code: string;
}

/** The document that `promontory validate` writes. */
export interface Validation {
  readonly schemaVersion: typeof VALIDATION_SCHEMA_VERSION;
  readonly createdAt: string;
  readonly software: { readonly name: 'Promontory'; readonly version: string };
  readonly models: readonly { readonly id: string; readonly version: string; readonly sha256: string }[];
  readonly dataset: {
    readonly layout: 'spider' | 'own';
    readonly studies: number;
    readonly failed: readonly FailedStudy[];
  };
  readonly figures: ValidationFigures;
}
