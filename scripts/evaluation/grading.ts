/** SPIDER's graded discs beside what the product's own reading and numbering say of them. */
import type { SliceImage } from '@promontory/core/geometry';
import { discInputs, gradeDiscs, judgeQuality, type ModelRunner, wrongTurn } from '@promontory/core/reading';
import type { DiscFinding, DiscLabel, Findings } from '@promontory/core/spine';
import {
  type ComparedStudy,
  parseCsv,
  type StudyTruth,
  spiderTruths,
  withoutPlaceholders,
} from '@promontory/core/validation';
import { readPatient, type SpiderSeries, textOf } from './spider.ts';

export const gradedPatients = (): Map<string, StudyTruth> =>
  new Map(spiderTruths(parseCsv(textOf('spider', 'gradings.csv')), []).map((t) => [t.patient, t]));

/** The same without the cells of the table that are no grades. */
export function onlyGrades(truth: StudyTruth, series: readonly SpiderSeries[]): StudyTruth {
  return withoutPlaceholders(truth, {
    t1: series.some((s) => s.contrast === 't1'),
    t2: series.some((s) => s.contrast !== 't1'),
  });
}

/** Every disc that SPIDER grades of one patient, with what the reading of the fullest study says of the disc of that number. */
export async function compareGrades(
  truth: StudyTruth,
  series: readonly SpiderSeries[],
  runner: ModelRunner,
  disturb?: (slice: SliceImage) => SliceImage,
): Promise<ComparedStudy & { readonly slips: Findings['alignment']['slips'] }> {
  const start = performance.now();
  const [reading] = await readPatient(series, runner, disturb);
  const inputs = discInputs(reading.plane.outline, reading.measured, reading.images);
  const turn = await wrongTurn(reading.plane.slice, reading.plane.scores, runner);
  const quality = judgeQuality(reading.plane, reading.measured, { seriesInstanceUid: 'spider' }, turn);
  const { refuse } = quality;
  const basis = { t2: reading.images.t2 !== undefined, t1: reading.images.t1 !== undefined, refuse };
  const grades = await gradeDiscs(inputs, basis, runner);
  const said = (label: DiscLabel | undefined): DiscFinding | undefined => {
    const measured = reading.measured.discs.find((d) => d.label === label);
    const graded = label && grades.get(label);
    return measured && graded && { ...measured, grades: graded };
  };
  const { sex, fieldT, manufacturer } = reading.series;
  return {
    study: truth.study,
    patient: truth.patient,
    traits: { sex, fieldT: String(fieldT), manufacturer, images: reading.study },
    discs: truth.discs.map((disc) => ({
      study: truth.study,
      patient: truth.patient,
      truth: disc,
      said: said(reading.plane.levels.discs[disc.number - 1]),
    })),
    discsFound: reading.plane.structures.discs.length,
    numberingConfidence: reading.plane.levels.numbering.confidence,
    outOfDistribution: refuse !== undefined,
    slips: reading.measured.alignment.slips,
    durationMs: performance.now() - start,
  };
}
