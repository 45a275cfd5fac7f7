import { BINARY_GRADES } from '@promontory/core/spine';
import type { ComparedStudy } from '@promontory/core/validation';

/** Every graded disc as CSV: what was given, what was read, and how likely that was held. */
export function discTable(studies: readonly ComparedStudy[]): string {
  const head = [
    'study',
    'patient',
    'disc',
    'level',
    'pfirrmannGiven',
    'pfirrmannRead',
    ...[1, 2, 3, 4, 5].map((g) => `pfirrmannProbability${g}`),
    'modicGiven',
    'modicRead',
    ...BINARY_GRADES.flatMap((name) => [`${name}Given`, `${name}Probability`]),
  ];
  const rows = studies.flatMap((s) =>
    s.discs.map(({ study, patient, truth, said }) => [
      study,
      patient,
      truth.number,
      said?.label,
      truth.pfirrmann,
      said?.grades.pfirrmann.value,
      ...[0, 1, 2, 3, 4].map((i) => said?.grades.pfirrmann.probabilities?.[i]?.toFixed(4)),
      truth.modic,
      said?.grades.modic.value,
      ...BINARY_GRADES.flatMap((name) => [
        truth.binary[name] === undefined ? undefined : Number(truth.binary[name]),
        said?.grades[name].probability?.toFixed(4),
      ]),
    ]),
  );
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');
}

/** A leading sign would be a formula to a spreadsheet. */
function cell(value: string | number | undefined): string {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) && typeof value === 'string' ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
