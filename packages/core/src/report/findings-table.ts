import type { BinaryGrade, DiscFinding, Findings, PfirrmannGrade } from '../spine/index.ts';
import { otherLowestDiscs, probabilityInWords, warningInWords } from './words.ts';

/** Widest line of the table, in characters. */
export const TABLE_COLUMNS = 100;

const HEAD = ['Level', 'Pfirrmann', 'Height mm', 'Index', 'Narrowed', 'Bulge', 'Herniation', 'Slip', 'Doubt'];

/**
 * The findings as plain text for a terminal: one line a level, head to feet, at most 100 columns. Yes-or-no findings
 * carry their probability, `?` marks an abstention, `–` what was not measured. Control characters of the input are
 * removed: they could drive the terminal.
 */
export function findingsTable(findings: Findings): string {
  const rows = findings.discs.map((disc) => row(findings, disc));
  const widths = HEAD.map((head, c) => Math.max(head.length, ...rows.map((r) => r[c].length)));
  const last = HEAD.length - 1;
  const used = widths.slice(0, last).reduce((sum, w) => sum + w + 2, 0);
  widths[last] = Math.min(widths[last], TABLE_COLUMNS - used);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, c) => fit(cell, widths[c]))
      .join('  ')
      .trimEnd();

  return [
    ...wrap(numberingLine(findings)),
    '',
    line(HEAD),
    line(widths.map((w) => '─'.repeat(w))),
    ...rows.map(line),
    '',
    ...wrap(
      'Pfirrmann 1–5 [possible grades]. Height: middle, ± 95 % half-width. ? abstained, – not measured.',
    ),
    ...findings.quality.warnings.flatMap((w) => wrap(`! ${printable(warningInWords(w, findings.study))}`)),
    'Unreviewed, experimental: decision support for research; a clinician must review and sign.',
  ].join('\n');
}

function row(findings: Findings, disc: DiscFinding): string[] {
  const { grades, heights, heightIndex } = disc;
  const slip = findings.alignment.slips.find((s) => s.level === disc.label);
  return [
    disc.label,
    pfirrmann(grades.pfirrmann),
    heights.middle ? `${heights.middle.value.toFixed(1)} ± ${heights.middle.uncertainty.toFixed(1)}` : '–',
    heightIndex ? heightIndex.value.toFixed(2) : '–',
    binary(grades.narrowing),
    binary(grades.bulging),
    binary(grades.herniation),
    slip && slip.direction !== 'none'
      ? `${slip.slip.value > 0 ? '+' : '−'}${Math.abs(slip.slip.value).toFixed(1)} mm`
      : binary(grades.spondylolisthesis),
    doubt(disc),
  ];
}

function pfirrmann({ value, set, abstained }: PfirrmannGrade): string {
  const possible = set?.length ? ` [${set.join(',')}]` : '';
  if (abstained) return `?${possible}`;
  return value === undefined ? '–' : `${value}${possible}`;
}

function binary({ value, probability, abstained }: BinaryGrade): string {
  const chance = probability === undefined ? '' : ` ${probability.toFixed(2)}`;
  if (abstained) return `?${chance}`;
  return value === undefined ? '–' : `${value ? 'yes' : 'no'}${chance}`;
}

/** The yes-or-no findings that have a column. */
const BINARY_COLUMNS = ['narrowing', 'bulging', 'herniation', 'spondylolisthesis'] as const;

function doubt({ grades }: DiscFinding): string {
  if (grades.pfirrmann.abstained) return (grades.pfirrmann.reason ?? 'no reason given').replaceAll('-', ' ');
  // Which ones, their question marks say.
  const open = BINARY_COLUMNS.some((name) => grades[name].abstained);
  return open ? 'undecided' : '';
}

function numberingLine({ numbering }: Findings): string {
  if (numbering.lowestDisc === undefined) return 'Levels could not be named.';
  const others = otherLowestDiscs(numbering).join(', ');
  return `Lowest disc ${numbering.lowestDisc}, confidence ${probabilityInWords(numbering.confidence)}${others ? ` (else ${others})` : ''}.`;
}

const fit = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text.padEnd(width);

/** Without control, format and direction-changing characters (Unicode categories Cc and Cf). */
const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ');

const INDENT = '  ';

function wrap(text: string): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > TABLE_COLUMNS) {
    const space = rest.lastIndexOf(' ', TABLE_COLUMNS);
    // A space within the indent is no place to break: the line would not get shorter.
    const cut = space > INDENT.length ? space : TABLE_COLUMNS;
    lines.push(rest.slice(0, cut));
    rest = `${INDENT}${rest.slice(cut).trimStart()}`;
  }
  return [...lines, rest];
}
