import { Tag } from '@promontory/core/dicom';
import type { Reach } from '../access/index.ts';
import { likePattern, nameWords, normalName } from './match-text.ts';
import type { Match } from './study-query.ts';

/** Columns that hold one text each. UIDs match exactly or as lists; the rest by wildcard, too. */
const COLUMNS: Readonly<Record<number, string>> = {
  [Tag.StudyDate]: 'study.study_date',
  [Tag.StudyTime]: 'study.study_time',
  [Tag.AccessionNumber]: 'study.accession_number',
  [Tag.StudyDescription]: 'study.description',
  [Tag.PatientID]: 'study.patient_id',
  [Tag.PatientBirthDate]: 'study.birth_date',
  [Tag.PatientSex]: 'study.sex',
  [Tag.StudyInstanceUID]: 'study.study_uid',
  [Tag.StudyID]: 'study.study_id',
  [Tag.SeriesInstanceUID]: 'series.series_uid',
  [Tag.Modality]: 'series.modality',
  [Tag.SeriesNumber]: 'series.series_number',
  [Tag.SeriesDescription]: 'series.description',
  [Tag.BodyPartExamined]: 'series.body_part',
  [Tag.PerformedProcedureStepStartDate]: 'series.performed_date',
  [Tag.PerformedProcedureStepStartTime]: 'series.performed_time',
  [Tag.SOPInstanceUID]: 'instance.sop_uid',
  [Tag.SOPClassUID]: 'instance.sop_class',
  [Tag.InstanceNumber]: 'instance.instance_number',
};
const LISTS: Readonly<Record<number, string>> = {
  [Tag.ModalitiesInStudy]: 'study.modalities',
  [Tag.SOPClassesInStudy]: 'study.sop_classes',
};
const NAMES: Readonly<Record<number, string>> = {
  [Tag.PatientName]: 'patient',
  [Tag.ReferringPhysicianName]: 'referring',
};

/** The `where` of a search, its values apart from its text. */
export class Conditions {
  readonly values: unknown[] = [];
  readonly #all: string[] = ['true'];
  readonly #fuzzy: boolean;

  constructor(fuzzy: boolean) {
    this.#fuzzy = fuzzy;
  }

  get text(): string {
    return this.#all.join(' and ');
  }

  /** The place that stands for a value. */
  value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  /** `?` stands for the value. */
  add(text: string, value: unknown): void {
    this.#all.push(text.replace('?', this.value(value)));
  }

  within(reach: Reach): void {
    if (reach.all) return;
    this.#all.push(
      `(study.project_id = any(${this.value(reach.projectIds)}) or study.patient_key = any(${this.value(
        reach.patientKeys,
      )}) or study.study_uid = any(${this.value(reach.studyUids)}))`,
    );
  }

  match(tag: number, match: Exclude<Match, { kind: 'universal' }>): void {
    if (NAMES[tag] !== undefined) this.#name(NAMES[tag], match);
    else if (LISTS[tag] !== undefined) this.#list(LISTS[tag], match);
    else this.#column(COLUMNS[tag] as string, match);
  }

  #column(column: string, match: Exclude<Match, { kind: 'universal' }>): void {
    if (match.kind === 'single') this.add(`${column} = ?`, match.value);
    else if (match.kind === 'list') this.add(`${column} = any(?)`, match.values);
    else if (match.kind === 'wildcard') this.add(`${column} like ?`, likePattern(match.value));
    else {
      if (match.from !== undefined) this.add(`${column} >= ?`, match.from);
      // A time or date is all that begins like it: 10 includes 10:59, 2024 the whole year.
      if (match.to !== undefined) this.add(`${column} <= ? || '~'`, match.to);
    }
  }

  #list(column: string, match: Exclude<Match, { kind: 'universal' }>): void {
    if (match.kind === 'wildcard')
      this.add(`exists (select 1 from unnest(${column}) as one where one like ?)`, likePattern(match.value));
    else if (match.kind !== 'range')
      this.add(`${column} && ?::text[]`, match.kind === 'list' ? match.values : [match.value]);
  }

  #name(field: string, match: Exclude<Match, { kind: 'universal' }>): void {
    if (match.kind === 'range') return;
    const texts = match.kind === 'list' ? match.values : [match.value];
    const found = (kind: 'whole' | 'word', pattern: string) =>
      `exists (select 1 from study_name where study_name.study_uid = study.study_uid and field = '${field}'
        and kind = '${kind}' and text like ${this.value(pattern)})`;
    const each = texts.map((text) => {
      if (!this.#fuzzy) return found('whole', likePattern(normalName(text)));
      const words = nameWords(text.replace(/\*+$/, ''));
      return words.length === 0
        ? 'true'
        : `(${words.map((w) => found('word', `${likePattern(w)}%`)).join(' and ')})`;
    });
    this.#all.push(`(${each.join(' or ')})`);
  }
}
