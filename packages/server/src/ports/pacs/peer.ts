/** A PACS that speaks DICOMweb (PS3.18 chapter 10), as this archive uses it. */
import type { Staged } from '../blobs/index.ts';

/** Of one instance. Every UID here was checked: they stand in paths. */
export interface InstanceUids {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sopUid: string;
}

/** A study as a search lists it. */
export interface ListedStudy {
  readonly studyUid: string;
  /** Number of Study Related Instances (0020,1208), where the PACS tells. */
  readonly instances?: number;
}

/** The bytes of an instance on their way. */
export interface RetrievedInstance {
  /** To be read once. @throws PacsUnavailable, PacsAnswerUnusable */
  readonly body: AsyncIterable<Uint8Array>;
  /** For who does not read it to its end. */
  discard(): void;
}

/** Keywords of the study level and the values that they must match (PS3.4 C.2.2.2). */
export type StudyMatch = Readonly<Record<string, string>>;

/** Every method may throw `PacsUnavailable` and `PacsAnswerUnusable`. */
export interface PacsPeer {
  /**
   * Asked at the start: whether studies are listed and instances given in the form in which they are kept.
   * @throws PacsRefused with what is wrong
   */
  probe(): Promise<void>;
  /** Studies that match, page by page; none comes twice. */
  studies(match: StudyMatch): AsyncIterable<readonly ListedStudy[]>;
  /** Instances of a study, page by page; nothing where there is none. */
  instances(studyUid: string): AsyncIterable<readonly InstanceUids[]>;
  /** @throws PacsAbsent */
  retrieve(uids: InstanceUids): Promise<RetrievedInstance>;
  /** Resolves when the PACS says that it has the instance, which it may have had before. @throws InstanceNotTaken */
  store(uids: InstanceUids, staged: Staged): Promise<void>;
  /** @returns whether it is gone; false where the PACS takes nothing away over DICOMweb */
  remove(uids: InstanceUids): Promise<boolean>;
  close(): void;
}
