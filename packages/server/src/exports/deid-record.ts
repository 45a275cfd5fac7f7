/** What became of every object of a run: the report file and the summary. Neither holds a value or name of the input. */
import {
  type Deidentified,
  type DeidOptions,
  type Flag,
  type ObjectReport,
  PROFILE_EDITION,
  type RefusalReason,
} from '@promontory/core/deid';

/** All but the key. */
export type DeidWishes = Omit<DeidOptions, 'keyedHash'>;

/** Beside the reasons of the core: what only shows among several objects, or goes wrong beyond all reasons. */
export type Reason = RefusalReason | 'SAME_UID' | 'UNREADABLE' | 'UNEXPECTED';

type Entry =
  | {
      readonly input: number;
      readonly outcome: 'deidentified';
      readonly file: string;
      readonly treatment: number;
      readonly pixels: ObjectReport['pixels'];
      readonly flags: readonly Flag[];
    }
  | { readonly input: number; readonly outcome: 'refused'; readonly reason: Reason }
  | { readonly input: number; readonly outcome: 'duplicate' };

export interface Summary {
  readonly deidentified: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly duplicates: number;
  /** Files that are no DICOM objects. */
  readonly skipped: number;
  readonly flags: Readonly<Partial<Record<Flag, number>>>;
}

const FLAG_WORDS: Readonly<Record<Flag, string>> = {
  DERIVED_IMAGE: 'derived images: look whether they show text',
  FACE_POSSIBLE: 'images may show a face, which is not removed',
  BURNED_IN_NOT_STATED: 'images do not say whether text is burnt into them',
};

/** Objects of a series are treated alike, so each treatment is kept once: the record must not grow with the images. */
export class DeidRecord {
  readonly #entries: Entry[] = [];
  readonly #treatments = new Map<string, number>();
  readonly #advice = new Map<Reason, string>();
  #skipped = 0;

  skip(): void {
    this.#skipped++;
  }

  refuse(input: number, reason: Reason, advice: string): void {
    this.#entries.push({ input, outcome: 'refused', reason });
    this.#advice.set(reason, advice);
  }

  duplicate(input: number): void {
    this.#entries.push({ input, outcome: 'duplicate' });
  }

  accept(input: number, file: string, { report }: Pick<Deidentified, 'report'>): void {
    const { sopClassUid, dictionaryEdition, methods, counts, attributes, pixels, flags } = report;
    const key = JSON.stringify({ sopClassUid, dictionaryEdition, methods, counts, attributes });
    const treatment = this.#treatments.get(key) ?? this.#treatments.size;
    this.#treatments.set(key, treatment);
    this.#entries.push({ input, outcome: 'deidentified', file, treatment, pixels, flags });
  }

  get objects(): number {
    return this.#entries.length;
  }

  summary(): Summary {
    const refused: Record<string, number> = {};
    const flags: Partial<Record<Flag, number>> = {};
    let deidentified = 0;
    let duplicates = 0;
    for (const entry of this.#entries) {
      if (entry.outcome === 'refused') refused[entry.reason] = (refused[entry.reason] ?? 0) + 1;
      else if (entry.outcome === 'duplicate') duplicates++;
      else {
        deidentified++;
        for (const flag of entry.flags) flags[flag] = (flags[flag] ?? 0) + 1;
      }
    }
    return { deidentified, refused, duplicates, skipped: this.#skipped, flags };
  }

  /** The report file. */
  toJson(version: string, wishes: DeidWishes): string {
    const treatments = [...this.#treatments.keys()].map((key) => JSON.parse(key));
    const report = {
      software: `promontory ${version}`,
      profile: `DICOM PS3.15 table E.1-1, ${PROFILE_EDITION}`,
      options: wishes,
      summary: this.summary(),
      objects: this.#entries,
      treatments,
    };
    return `${JSON.stringify(report, undefined, 1)}\n`;
  }

  /** The summary for a person. */
  toText(): string {
    const { deidentified, refused, duplicates, skipped, flags } = this.summary();
    const lines = [`De-identified ${deidentified} of ${this.objects} objects.`];
    for (const [reason, count] of Object.entries(refused)) {
      lines.push(`Refused ${count} (${reason}): ${this.#advice.get(reason as Reason)}`);
    }
    if (duplicates > 0) lines.push(`Left out ${duplicates} that came twice.`);
    if (skipped > 0) lines.push(`Skipped ${skipped} files that are no DICOM objects.`);
    for (const [flag, count] of Object.entries(flags)) {
      lines.push(`To look at: ${count} ${FLAG_WORDS[flag as Flag]}.`);
    }
    return lines.join('\n');
  }
}
