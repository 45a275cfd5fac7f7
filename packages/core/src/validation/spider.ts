import type { BinaryGradeName } from '../spine/index.ts';
import { type CsvRow, column } from './csv.ts';
import { gradeIn, need, needGrade } from './grade-cell.ts';
import type { DiscTruth, MaskScheme, StudyTruth } from './truth.ts';

/**
 * Masks of SPIDER (van der Graaf et al., Sci Data 2024): vertebrae 1, 2, … from L5 upward, whole ones; partly visible
 * ones 101–125; 100 the spinal canal; 201, 202, … the discs from L5/S1 upward.
 */
export const SPIDER_MASKS: MaskScheme = {
  discNumber: (v) => (v > 200 && v <= 225 ? v - 200 : undefined),
  isCanal: (v) => v === 100,
  vertebraNumber: (v) => (v >= 1 && v <= 25 ? v : v > 100 && v <= 125 ? v - 100 : undefined),
  wholeVertebrae: true,
};

/** Names of the columns differ between releases in case, spaces and underscores, and in one misspelling. */
const GRADES: Readonly<Record<BinaryGradeName, readonly string[]>> = {
  narrowing: ['disc narrowing', 'narrowing'],
  bulging: ['disc bulging', 'bulging'],
  herniation: ['disc herniation', 'herniation'],
  upperEndplate: ['up endplate', 'upper endplate'],
  lowerEndplate: ['low endplate', 'lower endplate'],
  spondylolisthesis: ['spondylolisthesis'],
};

/**
 * `radiological_gradings.csv` and, where it is there, `overview.csv` of SPIDER.
 * @throws Fault `MALFORMED` for a table without the columns, or with a grade that the scale does not have
 */
export function spiderTruths(gradings: readonly CsvRow[], overview: readonly CsvRow[]): StudyTruth[] {
  const traits = new Map<string, Record<string, string>>();
  for (const row of overview) {
    const name = column(row, ['new file name', 'file', 'filename']);
    const patient = name?.split('_')[0];
    if (patient === undefined || traits.has(patient)) continue;
    traits.set(patient, {
      ...trait('sex', column(row, ['sex'])),
      ...trait('fieldT', column(row, ['magneticfieldstrength', 'field t'])),
      ...trait('manufacturer', column(row, ['manufacturer'])),
    });
  }
  const byPatient = Map.groupBy(gradings, (row) => need(row, ['patient']));
  return [...byPatient].map(([patient, rows]) => ({
    study: patient,
    patient,
    traits: traits.get(patient) ?? {},
    discs: rows.map(discOf).sort((a, b) => a.number - b.number),
  }));
}

const trait = (name: string, value: string | undefined): Record<string, string> =>
  value === undefined || value === '' ? {} : { [name]: value };

function discOf(row: CsvRow): DiscTruth {
  const binary: Partial<Record<BinaryGradeName, boolean>> = {};
  for (const [name, names] of Object.entries(GRADES) as [BinaryGradeName, readonly string[]][]) {
    const grade = gradeIn(row, names, 0, 1);
    if (grade !== undefined) binary[name] = grade === 1;
  }
  return {
    number: needGrade(row, ['ivd label', 'disc'], 1, 25),
    pfirrmann: gradeIn(row, ['pfirrman grade', 'pfirrmann grade', 'pfirrmann'], 1, 5),
    modic: gradeIn(row, ['modic'], 0, 3),
    binary,
  };
}

/**
 * SPIDER's table has no empty cells: all discs of its patients without a T2-weighted image are given Pfirrmann 1, even
 * narrowed ones, and of 26 patients without a T1- or a T2-weighted image 25 are given Modic 0 throughout. These are no
 * grades, for Pfirrmann needs T2 and Modic both; they are taken out.
 */
export function withoutPlaceholders(truth: StudyTruth, has: { t1: boolean; t2: boolean }): StudyTruth {
  return {
    ...truth,
    discs: truth.discs.map((disc) => ({
      ...disc,
      pfirrmann: has.t2 ? disc.pfirrmann : undefined,
      modic: has.t1 && has.t2 ? disc.modic : undefined,
    })),
  };
}
