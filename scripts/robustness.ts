/**
 * How the reading falls when images get worse, and whether it notices images that are not what they are taken for; on
 * the locked patients.
 *
 *   node scripts/robustness.ts [--only mistakes|degradations] [--write]
 *
 * Needs PROMONTORY_DATA. `--write` puts the figures into docs/robustness.json; with `--only` its other part stays.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { SliceImage } from '@promontory/core/geometry';
import {
  CONFIDENCE_FOR_CERTAIN,
  FEWEST_DISCS,
  GRADER,
  judgeQuality,
  readPlane,
  SEGMENTER,
  wrongTurn,
} from '@promontory/core/reading';
import { measureSpine } from '@promontory/core/spine';
import { type ComparedStudy, summarise } from '@promontory/core/validation';
import { OnnxRunner } from '../packages/server/src/ports/models/onnx-runner.ts';
import { DEGRADATIONS, type Disturbance, MISTAKES } from './evaluation/disturb.ts';
import { compareGrades, gradedPatients, onlyGrades } from './evaluation/grading.ts';
import { loadPng, lockedPatients, spiderSeries } from './evaluation/spider.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, write: { type: 'boolean', default: false } },
});
const TARGET = 'docs/robustness.json';
/** As in training/axial/samples.py. */
const ASSUMED_PIXEL_MM = 0.65;
const runner = new OnnxRunner('models');
const series = Map.groupBy(spiderSeries(), (s) => s.patient);
const locked = lockedPatients();
const truths = [...gradedPatients().values()].filter((t) => locked.has(t.patient));

async function readAll(disturb: (slice: SliceImage) => SliceImage): Promise<ComparedStudy[]> {
  const studies = [];
  for (const truth of truths) {
    const own = series.get(truth.patient) ?? [];
    studies.push(await compareGrades(onlyGrades(truth, own), own, runner, disturb));
  }
  return studies;
}

const round = (x: number | undefined): number | undefined =>
  x === undefined ? undefined : Math.round(x * 1000) / 1000;

async function figuresOf(disturb: (slice: SliceImage) => SliceImage) {
  const studies = await readAll(disturb);
  const { pfirrmann, binary } = summarise(studies);
  const refused = studies.filter((s) => s.discsFound < FEWEST_DISCS).length;
  const isWithheld = (s: ComparedStudy) => s.discsFound < FEWEST_DISCS || s.outOfDistribution;
  const withheld = studies.filter(isWithheld).length;
  const warned = studies.filter(
    (s) => isWithheld(s) || s.numberingConfidence < CONFIDENCE_FOR_CERTAIN,
  ).length;
  return {
    refused: round(refused / studies.length),
    refusedOrWithheld: round(withheld / studies.length),
    orWarnedOfLevels: round(warned / studies.length),
    discsFound: round((pfirrmann?.found ?? 0) / (pfirrmann?.discs ?? 1)),
    pfirrmannQwk: round(pfirrmann?.qwk.value),
    narrowingAuc: round(binary.narrowing?.auc.value),
    bulgingAuc: round(binary.bulging?.auc.value),
  };
}

async function curves(disturbances: readonly Disturbance[]) {
  const result: Record<string, object> = {};
  for (const { name, levels, unit, apply } of disturbances) {
    const rows = [];
    for (const level of levels) rows.push({ level, ...(await figuresOf((slice) => apply(slice, level))) });
    result[name] = { ...(unit && { unit }), levels: rows };
    process.stderr.write(`${name}\n`);
  }
  return result;
}

/** Axial slices of the abdomen taken for sagittal ones: how many are refused, or their grades withheld. */
async function otherAnatomy() {
  const names = readdirSync('training/annotations/axial').filter((n) => !n.startsWith('axial-muscle'));
  let refused = 0;
  let withheld = 0;
  for (const name of names) {
    const picture = join('mendeley-slices', name.replace('.json', '.png'));
    const plane = await readPlane(await loadPng(picture, ASSUMED_PIXEL_MM), runner, {
      millimetresValid: true,
    });
    if (plane.structures.discs.length < FEWEST_DISCS) {
      refused++;
      continue;
    }
    const turn = await wrongTurn(plane.slice, plane.scores, runner);
    const measured = measureSpine(plane.outline, {});
    if (judgeQuality(plane, measured, { seriesInstanceUid: name }, turn).refuse !== undefined) withheld++;
  }
  return {
    slices: names.length,
    refused: round(refused / names.length),
    refusedOrWithheld: round((refused + withheld) / names.length),
  };
}

const earlier = values.only === undefined ? {} : JSON.parse(readFileSync(TARGET, 'utf8'));
const parts = (['mistakes', 'degradations'] as const).filter(
  (p) => values.only === undefined || values.only === p,
);
const models = await Promise.all([SEGMENTER, GRADER].map((id) => runner.identify(id)));
const result = {
  ...earlier,
  madeWith: {
    ...earlier.madeWith,
    ...Object.fromEntries(parts.map((p) => [p, models.map((m) => `${m.id} ${m.version}`)])),
  },
  patients: truths.length,
  undisturbed: await figuresOf((slice) => slice),
  ...(values.only !== 'degradations' && {
    mistakes: await curves(MISTAKES),
    axialAsSagittal: await otherAnatomy(),
  }),
  ...(values.only !== 'mistakes' && { degradations: await curves(DEGRADATIONS) }),
};
await runner.close();
process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
if (values.write) writeFileSync(TARGET, `${JSON.stringify(result, null, 2)}\n`);
