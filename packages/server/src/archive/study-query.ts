/** A question to the index: QIDO-RS and C-FIND are both translated into it. PS3.4 C.2.2.2. */
import { Tag } from '@promontory/core/dicom';

export type QueryLevel = 'study' | 'series' | 'instance';

export type Match =
  /** Equal; people's names without regard to case and accents. */
  | { readonly kind: 'single'; readonly value: string }
  /** `*` any run, `?` one character. */
  | { readonly kind: 'wildcard'; readonly value: string }
  /** Any of these (UID lists, Modality lists). */
  | { readonly kind: 'list'; readonly values: readonly string[] }
  /** DA or TM, both ends included; an absent end is open. */
  | { readonly kind: 'range'; readonly from?: string; readonly to?: string }
  /** Present whatever its value: only asks for the attribute to be returned. */
  | { readonly kind: 'universal' };

export interface StudyQuery {
  readonly level: QueryLevel;
  readonly studyUid?: string;
  readonly seriesUid?: string;
  /** By tag, `0x00100010`. */
  readonly matches: ReadonlyMap<number, Match>;
  /** Tags wanted beyond those that the standard returns always; `'all'`: what the index has. */
  readonly include: 'all' | readonly number[];
  /** Names match when their words begin alike, in any order, without regard to case and accents. */
  readonly fuzzy: boolean;
  readonly limit: number;
  readonly offset: number;
}

/** Attributes that may be matched, by level; the conformance statement and OpenAPI list them from here. */
export const MATCHING_KEYS: Readonly<Record<QueryLevel, readonly number[]>> = {
  study: [
    Tag.StudyInstanceUID,
    Tag.StudyDate,
    Tag.StudyTime,
    Tag.AccessionNumber,
    Tag.ModalitiesInStudy,
    Tag.SOPClassesInStudy,
    Tag.ReferringPhysicianName,
    Tag.StudyDescription,
    Tag.PatientName,
    Tag.PatientID,
    Tag.PatientBirthDate,
    Tag.PatientSex,
    Tag.StudyID,
  ],
  series: [
    Tag.SeriesInstanceUID,
    Tag.Modality,
    Tag.SeriesNumber,
    Tag.SeriesDescription,
    Tag.BodyPartExamined,
    Tag.PerformedProcedureStepStartDate,
    Tag.PerformedProcedureStepStartTime,
  ],
  instance: [Tag.SOPInstanceUID, Tag.SOPClassUID, Tag.InstanceNumber],
};
