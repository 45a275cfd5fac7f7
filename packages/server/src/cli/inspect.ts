import { Fault, isFault } from '@promontory/core/fault';
import {
  describeStudy,
  type LoadedStudy,
  type SeriesDescription,
  selectSeries,
} from '@promontory/core/reading';
import { type CollectedInput, collectInput } from '../ports/files/index.ts';
import { assemble } from '../reading-run/index.ts';
import type { Command } from './command.ts';
import { positiveNumber, text } from './option-values.ts';
import type { Ports } from './ports.ts';
import { startProgress } from './progress.ts';

export const inspect: Command = {
  options: {
    study: { type: 'string' },
    spacing: { type: 'string' },
    json: { type: 'boolean' },
    quiet: { type: 'boolean' },
  },
  paths: 'some',
  async run({ paths, values }, ports) {
    const pngSpacingMm = positiveNumber(values, 'spacing');
    const progress = startProgress(ports, values.quiet === true);
    try {
      const collected = await collectInput(paths, {
        pngSpacingMm,
        progress: (done, total) => progress.step('Reading files', done, total),
      });
      const studies = await everyStudy(collected, text(values, 'study'), ports);
      progress.end();
      const described = studies.map(describe);
      if (values.json === true) ports.out(`${JSON.stringify({ studies: described })}\n`);
      else ports.out(`${described.map(listing).join('\n\n')}\n`);
    } finally {
      progress.end();
    }
  },
};

/** The study asked for; without a wish all of them, for looking harms nobody. */
async function everyStudy(
  collected: CollectedInput,
  studyInstanceUid: string | undefined,
  ports: Ports,
): Promise<LoadedStudy[]> {
  try {
    return [await assemble(collected, { studyInstanceUid }, ports)];
  } catch (error) {
    const choices = isFault(error, 'AMBIGUOUS_STUDY') ? (error.choices ?? []) : [];
    if (choices.length < 2) throw error;
    const studies: LoadedStudy[] = [];
    for (const uid of choices) studies.push(await assemble(collected, { studyInstanceUid: uid }, ports));
    return studies;
  }
}

type Description = ReturnType<typeof describe>;

/** The study, and whether and with which series it would be read. */
function describe(study: LoadedStudy) {
  const description = describeStudy(study);
  try {
    const { choices, warnings } = selectSeries(study);
    const uses = choices.map(({ used, reason }) => ({ used, reason }));
    return {
      ...description,
      series: description.series.map((series, i) => ({ ...series, ...uses[i] })),
      warnings: [...description.warnings, ...warnings],
      readable: true,
    };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ...description, readable: false, problem: { code: error.code, message: error.message } };
  }
}

function listing(study: Description): string {
  const person = [study.patientSex, study.patientAgeYears && `${study.patientAgeYears} years`].filter(
    Boolean,
  );
  return [
    `Study ${plain(study.studyInstanceUid ?? 'without UID')}${person.length > 0 ? ` (${person.join(', ')})` : ''}`,
    ...study.series.flatMap(seriesLines),
    ...study.warnings.map(
      (w) => `  ! ${w.code}: ${plain(w.message)}${w.subject ? ` (${plain(w.subject)})` : ''}`,
    ),
    ...('problem' in study ? [`  ! ${study.problem.code}: ${plain(study.problem.message)}`] : []),
  ].join('\n');
}

function seriesLines(series: SeriesDescription & { used?: boolean; reason?: string }): string[] {
  const title = [series.seriesNumber, series.description]
    .filter((x) => x !== undefined && x !== '')
    .join(' ');
  const times = [
    ['TR', series.repetitionTimeMs],
    ['TE', series.echoTimeMs],
    ['TI', series.inversionTimeMs],
  ].flatMap(([name, ms]) => (ms === undefined ? [] : [`${name} ${ms} ms`]));
  return [
    `  ${series.used === true ? '▸' : ' '} ${series.role}${title === '' ? '' : ` – ${plain(title)}`}`,
    `      ${plain(series.reason ?? series.roleReason)}`,
    ...series.stacks.map((stack) => {
      const [row, column] = stack.pixelMm;
      const missing = stack.missingSlices.length > 0 ? `, ${stack.missingSlices.length} missing` : '';
      return `      ${stack.slices} × ${stack.columns} × ${stack.rows}, ${mm(column)} × ${mm(row)} mm, every ${mm(stack.sliceStepMm)} mm${missing}${stack.plane ? `, ${stack.plane}` : ''}`;
    }),
    ...(times.length > 0 ? [`      ${times.join(', ')}`] : []),
    ...series.warnings.map((w) => `      ! ${w.code}: ${plain(w.message)}`),
  ];
}

const mm = (value: number): string => String(Number(value.toFixed(2)));

/** Descriptions come from the input: without control and direction-changing characters, which could drive the terminal. */
const plain = (value: string): string => value.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ');
