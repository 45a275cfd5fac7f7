/** What the panels of an open study share beyond open-study.ts. */
import type { Deed, KeptMark, Review, Reviewed } from '@promontory/core/review';
import { createContext, useContext } from 'react';
import type { Journal, JournalEntry, JournalState } from '../journal/index.ts';
import type { ReadingJob, ReadingRecord } from './readings.ts';
import type { SignedReport } from './reports.ts';
import type { OpenSince } from './use-reading-clock.ts';

export interface StudyReadings {
  readonly state: 'loading' | 'failed' | 'ready';
  /** The latest first. */
  readonly records: readonly ReadingRecord[];
  /** Waits or runs. */
  readonly job?: ReadingJob;
  readonly mayAsk: boolean;
  ask(): Promise<void>;
  retry(): void;
}

export interface BlindFirst {
  /** The reader's own choice, kept for the studies to come. */
  readonly isChosen: boolean;
  choose(isChosen: boolean): void;
}

export interface StudyRoom {
  readonly account: { readonly accountId: string; readonly displayName: string };
  readonly mayReview: boolean;
  readonly maySign: boolean;
  readonly review: Review;
  /** Absent while there is no reading. */
  readonly reviewed?: Reviewed;
  readonly readings: StudyReadings;
  readonly reports: readonly SignedReport[];
  refreshReports(): void;
  /** Asks for marks that were not told. */
  refreshMarks(): void;
  /** Deeds of one act: taken back together. */
  markAll(deeds: readonly Deed[]): Promise<void>;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly blindFirst: BlindFirst;
  readonly openSince: OpenSince;
  /** Marks: on the server and in this browser. */
  readonly marksLoading: 'loading' | 'loaded' | 'failed';
  readonly isLive: boolean;
  readonly waiting: readonly JournalEntry[];
  readonly fromOther?: KeptMark;
  /** Absent while it is being opened. */
  readonly journal?: Journal;
  readonly journalState?: JournalState;
}

export const RoomContext = createContext<StudyRoom | undefined>(undefined);

export function useRoom(): StudyRoom {
  const room = useContext(RoomContext);
  if (room === undefined) throw new Error('useRoom stands outside of a study');
  return room;
}

/** What stands after all marks, own ones that are not sent yet included. */
export const useReview = (): Review => useRoom().review;
/** The reading with what people made of it; absent while there is none. */
export const useReviewed = (): Reviewed | undefined => useRoom().reviewed;
export const useReadings = (): StudyReadings => useRoom().readings;
export const useReports = (): readonly SignedReport[] => useRoom().reports;
