/** One study, open: what the images, the overlays, the reading and the report share. */
import type { Vec3 } from '@promontory/core/geometry';
import type { Deed } from '@promontory/core/review';
import type { DiscLabel, Findings, SpineOutline } from '@promontory/core/spine';
import { createContext, useContext } from 'react';

/** A reading as it came, unreviewed. */
export interface OpenReading {
  readonly readingId: string;
  readonly createdAt: string;
  readonly findings: Findings;
  /** Of readings that have one: what can be edited and measured again. */
  readonly outline?: SpineOutline;
  /** `segmentation.nii.gz`, gzip, on the grid series' lattice. */
  segmentation(): Promise<Uint8Array>;
}

/** Where everybody looks: every pane follows. `level` is the reading's own name. */
export interface Focus {
  readonly level?: DiscLabel;
  readonly pointMm?: Vec3;
}

/** `unsent`: kept in this browser, not yet on the server. */
export type Saving = { readonly state: 'saved' | 'sending' | 'unsent' | 'refused'; readonly unsent: number };

export interface OpenStudy {
  readonly studyInstanceUid: string;
  /** The newest that is read and not superseded; absent while there is none. */
  readonly reading?: OpenReading;
  readonly focus: Focus;
  moveFocus(focus: Focus): void;
  /** In blind-first mode, until the reader has revealed it: nothing of the reading may be drawn or told. */
  readonly isReadingHidden: boolean;
  readonly saving: Saving;
  /** Resolves when the mark stands in this browser's journal. */
  mark(deed: Deed): Promise<void>;
  undo(): void;
  redo(): void;
}

export const StudyContext = createContext<OpenStudy | undefined>(undefined);

export function useStudy(): OpenStudy {
  const study = useContext(StudyContext);
  if (study === undefined) throw new Error('useStudy stands outside of a study');
  return study;
}
