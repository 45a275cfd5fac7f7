/**
 * Crops and features of every disc of the SPIDER slices, made by the product's own reading, for `training/grading`.
 *
 *   node scripts/grading-crops.ts [--out training/work/grading] [--patients 1,5,15]
 *
 * Writes `crops.f32` (per disc: T2 crop, then T1 crop; absent ones are 0) and `index.json`.
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CROP, discInputs, FEATURES } from '@promontory/core/reading';
import { OnnxRunner } from '../packages/server/src/ports/models/onnx-runner.ts';
import { readPatient, spiderSeries } from './evaluation/spider.ts';

const { values } = parseArgs({
  options: { out: { type: 'string', default: 'training/work/grading' }, patients: { type: 'string' } },
});
const wanted = values.patients?.split(',');
const series = Map.groupBy(spiderSeries(), (s) => s.patient);

mkdirSync(values.out, { recursive: true });
const file = openSync(join(values.out, 'crops.f32'), 'w');
const runner = new OnnxRunner('models');
const blank = new Float32Array(CROP.columns * CROP.rows);
const index: object[] = [];
for (const [patient, own] of series) {
  if (wanted?.includes(patient) === false) continue;
  for (const reading of await readPatient(own, runner)) {
    const { plane, series: reference } = reading;
    const { originMm, spacingMm } = plane.scores.lattice;
    for (const input of discInputs(plane.outline, reading.measured, reading.images)) {
      const i = plane.levels.discs.indexOf(input.label);
      const centre = plane.structures.discs[i];
      writeSync(file, input.t2 ?? blank);
      writeSync(file, input.t1 ?? blank);
      index.push({
        patient: Number(patient),
        file: reference.file,
        study: reading.study,
        disc: i + 1,
        hasT2: input.t2 !== undefined,
        hasT1: input.t1 !== undefined,
        // Native pixels of `file`, to match the disc with its annotation.
        centre: [
          (originMm[0] + centre.x * spacingMm[0]) / reference.pixelMm,
          (originMm[1] + centre.y * spacingMm[1]) / reference.pixelMm,
        ],
        features: input.features,
      });
    }
  }
  process.stderr.write(`\r${patient}   `);
}
closeSync(file);
writeFileSync(
  join(values.out, 'index.json'),
  JSON.stringify({ crop: CROP, features: FEATURES, discs: index }),
);
await runner.close();
