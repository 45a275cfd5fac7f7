import { Fault } from '../fault/index.ts';
import { BINARY_GRADES, type BinaryGradeName, CANAL_VALUE, VERTEBRA_VALUE } from '../spine/index.ts';
import { type CsvRow, column } from './csv.ts';
import { gradeIn, need } from './grade-cell.ts';
import type { DiscTruth, MaskScheme, StudyTruth } from './truth.ts';

/** Vertebrae above S1 by their values, lowest first, with five lumbar ones. */
const ABOVE_S1 = ['L5', 'L4', 'L3', 'L2', 'L1', 'T12', 'T11', 'T10', 'T9'] as const;
const numberOfVertebra = (value: number): number | undefined => {
  const at = ABOVE_S1.findIndex((v) => VERTEBRA_VALUE[v] === value);
  return at < 0 ? undefined : at + 1;
};

/** Masks with the values of `segmentation.nii.gz`. */
export const OWN_MASKS: MaskScheme = {
  discNumber: (v) => (v > 100 ? numberOfVertebra(v - 100) : undefined),
  isCanal: (v) => v === CANAL_VALUE,
  vertebraNumber: numberOfVertebra,
  wholeVertebrae: false,
};

/**
 * `labels.csv`: one row per disc with `study`, `disc` (a name such as L4/L5, or its number from the lowest, 1), and any
 * of the grades under their names in the findings; `patient`, `sex`, `fieldT`, `manufacturer` where known.
 * @throws Fault `MALFORMED`
 */
export function ownTruths(rows: readonly CsvRow[]): StudyTruth[] {
  return [...Map.groupBy(rows, (row) => need(row, ['study']))].map(([study, own]) => ({
    study,
    patient: column(own[0], ['patient']) || study,
    traits: Object.fromEntries(
      (['sex', 'fieldT', 'manufacturer'] as const).flatMap((name) => {
        const value = column(own[0], [name.toLowerCase()]);
        return value ? [[name, value]] : [];
      }),
    ),
    discs: own.map(discOf).sort((a, b) => a.number - b.number),
  }));
}

function discOf(row: CsvRow): DiscTruth {
  const binary: Partial<Record<BinaryGradeName, boolean>> = {};
  for (const name of BINARY_GRADES) {
    const grade = gradeIn(row, [name.toLowerCase()], 0, 1);
    if (grade !== undefined) binary[name] = grade === 1;
  }
  return {
    number: discNumber(need(row, ['disc'])),
    pfirrmann: gradeIn(row, ['pfirrmann'], 1, 5),
    modic: gradeIn(row, ['modic'], 0, 3),
    binary,
  };
}

function discNumber(text: string): number {
  const upper = ABOVE_S1.findIndex((v) => text.toUpperCase().startsWith(`${v}/`));
  const number = upper >= 0 ? upper + 1 : Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 25) return number;
  throw new Fault('MALFORMED', 'The column "disc" holds neither a name such as L4/L5 nor a number from 1.', {
    advice: 'See docs/validation.md for the columns.',
  });
}
