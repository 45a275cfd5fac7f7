import type { Reach } from '../access/index.ts';
import { likePattern, nameWords } from '../archive/index.ts';
import type { ListQuery } from './list-entry.ts';

/** More words than this say no more about a patient. */
const MOST_WORDS = 8;

/** The `where` of the list, its values apart from its text; `w` is the list's own table. */
export class ListConditions {
  readonly values: unknown[] = [];
  readonly #all: string[] = ['true'];
  #named = '';

  get text(): string {
    return this.#all.join(' and ');
  }

  /** What goes before, as common table expressions with a comma behind. */
  get before(): string {
    return this.#named;
  }

  /** The place that stands for a value. */
  value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  add(text: string): void {
    this.#all.push(text);
  }

  within(table: string, reach: Reach): void {
    if (!reach.all) this.#all.push(this.reachText(table, reach));
  }

  /** What an identity may see of a table that has the owner's columns. */
  reachText(table: string, reach: Reach): string {
    if (reach.all) return 'true';
    const any = (column: string, values: readonly string[]): string =>
      `${table}.${column} = any(${this.value(values)}::text[])`;
    return `(${any('project_id', reach.projectIds)} or ${any('patient_key', reach.patientKeys)} or ${any(
      'study_uid',
      reach.studyUids,
    )})`;
  }

  filter(query: ListQuery): void {
    const { statuses, ranks, assigned, from, to, modality } = query;
    // One value by itself: the index of status and urgency has its rows in order.
    const [status] = statuses ?? [];
    if (status !== undefined && statuses?.length === 1) this.add(`w.status = ${this.value(status)}`);
    else if (statuses !== undefined) this.add(`w.status = any(${this.value(statuses)}::text[])`);
    if (ranks !== undefined) this.add(`w.urgency_rank = any(${this.value(ranks)}::int[])`);
    if (assigned === 'none') this.add('w.assigned_to is null');
    else if (assigned !== undefined) this.add(`w.assigned_to = ${this.value(assigned)}::uuid`);
    if (from !== undefined) this.add(`w.study_date >= ${this.value(from)}`);
    if (to !== undefined) this.add(`w.study_date <= ${this.value(to)} and w.study_date <> ''`);
    if (modality !== undefined) this.add(`${this.value(modality)} = any(w.modalities)`);
  }

  /** Of few studies, that were found by their names before. */
  among(studyUids: readonly string[]): void {
    this.add(`w.study_uid = any(${this.value(studyUids)}::text[])`);
  }

  /** Of many studies, found by their names as the rest is. */
  named(text: string): void {
    this.#named = `named as materialized (${this.namedText(text)}), `;
    // `is true` keeps the planner from joining: it knows too little of how many are named, and a wrong guess costs
    // seconds where a hashed list costs milliseconds.
    this.add('(w.study_uid in (select study_uid from named)) is true');
  }

  /** Studies as people ask for them: `doe j` for Jane Doe, or the beginning of a number. Some stand in it twice. */
  namedText(text: string): string {
    const begins = `${likePattern(text.trim().replace(/[*?]/g, ''))}%`;
    // Numbers are mostly written in capitals, and mostly typed without.
    const ways = [...new Set([begins, begins.toUpperCase()])].flatMap((pattern) => {
      const number = this.value(pattern);
      return ['patient_id', 'accession_number'].map(
        (column) => `select study_uid from study where ${column} like ${number}`,
      );
    });
    const words = nameWords(text.replace(/[*?]/g, '')).slice(0, MOST_WORDS);
    if (words.length > 0)
      ways.push(
        words
          .map(
            (word) =>
              `(select study_uid from study_name where field = 'patient' and kind = 'word' and text like ${this.value(
                `${likePattern(word)}%`,
              )})`,
          )
          .join(' intersect '),
      );
    return ways.map((way) => `(${way})`).join(' union all ');
  }
}
