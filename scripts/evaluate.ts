/**
 * The figures that the model cards and the README quote, from the locked patients and held-out volumes.
 *
 *   node scripts/evaluate.ts [--only segmentation|grading] [--models FOLDER] [--write]
 *
 * Needs PROMONTORY_DATA. `--write` puts the figures into the models' cards and into docs/evaluation.json.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  auc,
  byPatient,
  exactShare,
  mean,
  type PfirrmannFigures,
  summarise,
  worstDecile,
} from '@promontory/core/validation';
import { OnnxRunner } from '../packages/server/src/ports/models/onnx-runner.ts';
import { compareGrades, gradedPatients, onlyGrades } from './evaluation/grading.ts';
import { agreementOf, agreementOfVolume, type PatientAgreement } from './evaluation/segmentation.ts';
import { annotationOf, lockedPatients, spiderSeries } from './evaluation/spider.ts';

/** Volumes of persons that nothing was trained on; as `VOLUMES_HELD_OUT` in training/data.py. */
const HELD_OUT_VOLUMES = JSON.parse(
  readFileSync('training/annotations/volumes-held-out.json', 'utf8'),
) as string[];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    models: { type: 'string', default: 'models' },
    write: { type: 'boolean', default: false },
  },
});
const runner = new OnnxRunner(values.models);
const series = Map.groupBy(spiderSeries(), (s) => s.patient);
const locked = [...lockedPatients()].filter((p) => annotationOf(p) !== undefined);
const round = (x: unknown): unknown => (typeof x === 'number' ? Math.round(x * 1000) / 1000 : x);
const result: Record<string, unknown> = {};

if (values.only !== 'grading') {
  const rows: PatientAgreement[] = [];
  for (const patient of locked) {
    const file = annotationOf(patient)?.file;
    const own = series.get(patient)?.find((s) => s.file === file);
    if (own !== undefined) rows.push(await agreementOf(own, runner));
  }
  const figure = (
    kind: 'body' | 'disc' | 's1' | 'sac' | 'sacrum' | 'posterior',
    of: (r: PatientAgreement) => Partial<PatientAgreement> | undefined = (r) => r,
  ) => {
    const known = rows.flatMap((r) => {
      const dice = of(r)?.[kind];
      return dice === undefined ? [] : [{ patient: r.patient, dice }];
    });
    return {
      ...byPatient(known, (k) => mean(k.map((x) => x.dice))),
      worstDecile: worstDecile(known.map((k) => k.dice)),
    };
  };
  const volumes = [];
  for (const name of HELD_OUT_VOLUMES) volumes.push(await agreementOfVolume(name, runner));
  const hd95 = (kind: 'body' | 'disc') => {
    const known = rows.flatMap((r) =>
      r.hd95Mm[kind] === undefined ? [] : [{ patient: r.patient, mm: r.hd95Mm[kind] }],
    );
    return {
      ...byPatient(known, (k) => mean(k.map((x) => x.mm))),
      worst: Math.max(...known.map((k) => k.mm)),
    };
  };
  const single = rows.flatMap((r) => r.oneToOne ?? []);
  const graded = gradedPatients();
  const slipped = (patient: string): boolean =>
    graded.get(patient)?.discs.some((d) => d.binary.spondylolisthesis === true) ?? false;
  const scoliotic = (patient: string): boolean => /scolio/i.test(annotationOf(patient)?.remark ?? '');
  const only = (which: (patient: string) => boolean) => (r: PatientAgreement) =>
    which(r.patient) ? r : undefined;
  const right = rows.filter((r) => r.farthestDiscMm <= 5).length;
  const second = rows.flatMap((r) => r.farthestDiscMmSecondPass ?? []);
  const rightSecond = second.filter((mm) => mm <= 5).length;
  result.segmentation = {
    patients: rows.length,
    dice: {
      body: figure('body'),
      disc: figure('disc'),
      s1: figure('s1'),
      sac: figure('sac'),
      sacrum: figure('sacrum'),
      posterior: figure('posterior'),
    },
    hd95Mm: { body: hd95('body'), disc: hd95('disc') },
    everyBodyOneBody: {
      patients: single.filter(Boolean).length,
      ...exactShare(single.filter(Boolean).length, single.length),
    },
    apart: {
      slip: {
        body: figure('body', only(slipped)),
        disc: figure('disc', only(slipped)),
        sac: figure('sac', only(slipped)),
      },
      scoliosis: {
        body: figure('body', only(scoliotic)),
        disc: figure('disc', only(scoliotic)),
        sac: figure('sac', only(scoliotic)),
      },
    },
    diceAgainstSecondPass: {
      body: figure('body', (r) => r.secondPass),
      disc: figure('disc', (r) => r.secondPass),
      s1: figure('s1', (r) => r.secondPass),
      sac: figure('sac', (r) => r.secondPass),
    },
    allDiscsWithin5mmUnderTheirName: { patients: right, ...exactShare(right, rows.length) },
    againstSecondPass: { patients: rightSecond, ...exactShare(rightSecond, second.length) },
    notWithin5mm: rows
      .filter((r) => r.farthestDiscMm > 5)
      .map((r) => ({
        patient: r.patient,
        farthestMm: String(Math.round(r.farthestDiscMm * 10) / 10),
        spacingReliable: r.spacingReliable,
      })),
    volumes: Object.fromEntries(
      [...Map.groupBy(volumes, (v) => v.source)].map(([source, v]) => [
        source,
        {
          volumes: v.length,
          meanDice: mean(v.map((x) => x.dice)),
          meanMidSliceDice: mean(v.map((x) => x.midSliceDice)),
          each: Object.fromEntries(v.map((x) => [x.volume, { dice: x.dice, midSliceDice: x.midSliceDice }])),
        },
      ]),
    ),
  };
}
if (values.only !== 'segmentation') {
  const rows = [];
  const allCells = [];
  for (const [patient, truth] of gradedPatients()) {
    if (!locked.includes(patient)) continue;
    const own = series.get(patient) ?? [];
    const compared = await compareGrades(truth, own, runner);
    allCells.push(compared);
    const { discs } = onlyGrades(truth, own);
    rows.push({ ...compared, discs: compared.discs.map((d, i) => ({ ...d, truth: discs[i] })) });
  }
  // Slip by the corners of the bodies alone, against the grade given on the whole study.
  const slips = rows.flatMap((r) =>
    r.discs.flatMap(({ patient, truth, said }) => {
      const measured = r.slips.find((s) => s.level === said?.label);
      const given = truth.binary.spondylolisthesis;
      return measured === undefined || given === undefined
        ? []
        : [{ patient, given, mm: Math.abs(measured.slip.value), reported: measured.direction !== 'none' }];
    }),
  );
  const given = slips.filter((s) => s.given);
  const denied = slips.filter((s) => !s.given);
  const geometry = {
    discs: slips.length,
    slips: given.length,
    auc: byPatient(slips, (k) =>
      auc(
        k.map((x) => x.given),
        k.map((x) => x.mm),
      ),
    ),
    reportedOfGiven: {
      discs: given.filter((s) => s.reported).length,
      ...exactShare(given.filter((s) => s.reported).length, given.length),
    },
    reportedOfOthers: {
      discs: denied.filter((s) => s.reported).length,
      ...exactShare(denied.filter((s) => s.reported).length, denied.length),
    },
  };
  const { qwk, abstained, discs } = summarise(allCells).pfirrmann as PfirrmannFigures;
  result.grading = {
    ...summarise(rows),
    slipFromGeometry: geometry,
    pfirrmannOfAllCells: { discs, qwk, abstained },
  };
}
await runner.close();
const rounded = JSON.parse(JSON.stringify(result, (_, v) => round(v))) as Record<string, unknown>;
process.stdout.write(`${JSON.stringify(rounded, null, 1)}\n`);

if (values.write) {
  writeFileSync('docs/evaluation.json', `${JSON.stringify(rounded, null, 2)}\n`);
  for (const [id, part] of [
    ['sagittal-segmenter', 'segmentation'],
    ['disc-grader', 'grading'],
  ] as const) {
    if (rounded[part] === undefined) continue;
    const path = `models/${id}.json`;
    const card = JSON.parse(readFileSync(path, 'utf8')) as { metrics?: Record<string, unknown> };
    card.metrics = { ...card.metrics, locked: rounded[part] };
    writeFileSync(path, `${JSON.stringify(card, null, 2)}\n`);
  }
}
