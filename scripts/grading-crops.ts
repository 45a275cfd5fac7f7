/**
 * Crops and features of every disc of the SPIDER slices, made by the product's own reading, for `training/grading`.
 *
 *   node scripts/grading-crops.ts [--out training/work/grading] [--patients 1,5,15]
 *
 * Writes `crops.f32` (per disc: T2 crop, then T1 crop; absent ones are 0) and `index.json`. Each patient is read as
 * every study it could have been: T2 with T1, SPACE with T1, and each series alone.
 */
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { luminanceOf, readPng } from '@promontory/core/formats';
import type { SliceImage } from '@promontory/core/geometry';
import {
  alignPlane,
  CROP,
  discInputs,
  FEATURES,
  type GradeImages,
  type PlaneReading,
  readPlane,
  readSignals,
} from '@promontory/core/reading';
import { measureSpine } from '@promontory/core/spine';
import { OnnxRunner } from '../packages/server/src/ports/models/onnx-runner.ts';

const { values } = parseArgs({
  options: { out: { type: 'string', default: 'training/work/grading' }, patients: { type: 'string' } },
});
const data = process.env.PROMONTORY_DATA;
if (data === undefined) throw new Error('Set PROMONTORY_DATA to the folder of the training data.');

const ASSUMED_FIELD_OF_VIEW_MM = 289;

interface Row {
  readonly file: string;
  readonly patient: string;
  readonly contrast: 't1' | 't2' | 't2_SPACE';
  readonly valid: boolean;
  readonly pixelMm: number;
}

const lines = (await readFile(join(data, 'spider/series.csv'), 'utf8')).trim().split('\n');
const header = lines[0].split(',');
const rows: Row[] = lines.slice(1).map((line) => {
  const cells = Object.fromEntries(line.split(',').map((cell, i) => [header[i], cell]));
  const valid = cells.spacing_reliable === '1';
  return {
    file: cells.file,
    patient: cells.patient,
    contrast: cells.contrast as Row['contrast'],
    valid,
    pixelMm: valid ? Number(cells.pixel_mm) : ASSUMED_FIELD_OF_VIEW_MM / Number(cells.height_px),
  };
});
const wanted = values.patients?.split(',');
const patients = [...new Set(rows.map((r) => r.patient))].filter((p) => wanted?.includes(p) ?? true);

async function loadSlice(row: Row): Promise<SliceImage> {
  const image = readPng(await readFile(join(data as string, 'spider/images', row.file)));
  const { width: columns, height } = image;
  const spacing: [number, number] = [row.pixelMm, row.pixelMm];
  return {
    data: Float32Array.from(luminanceOf(image)),
    inPlane: { columns, rows: height, spacingMm: spacing, originMm: [0, 0] },
    grid: {
      size: [columns, height, 1],
      spacingMm: [...spacing, 4],
      originMm: [0, 0, 0],
      axes: [
        [0, 1, 0],
        [0, 0, -1],
        [-1, 0, 0],
      ],
    },
  };
}

mkdirSync(values.out, { recursive: true });
const sink = createWriteStream(join(values.out, 'crops.f32'));
const runner = new OnnxRunner('models');
const blank = new Float32Array(CROP.columns * CROP.rows);
const index: object[] = [];
for (const patient of patients) {
  const planes = new Map<Row['contrast'], PlaneReading & { row: Row }>();
  for (const row of rows.filter((r) => r.patient === patient)) {
    planes.set(row.contrast, {
      ...(await readPlane(await loadSlice(row), runner, { millimetresValid: row.valid })),
      row,
    });
  }
  const [t1, t2, space] = [planes.get('t1'), planes.get('t2'), planes.get('t2_SPACE')];
  const studies = [
    [t2, t1],
    [space, t1],
    [t2, undefined],
    [space, undefined],
    [undefined, t1],
  ].filter(([a, b], i) => (i < 2 ? a && b : a || b));
  for (const [wet, fat] of studies) {
    const reference = wet ?? fat;
    if (reference === undefined) continue;
    const { outline } = reference;
    const t1Map = wet && fat ? alignPlane(wet, fat) : fat?.slice;
    const images: GradeImages = {
      ...(wet && { t2: wet.slice }),
      ...(t1Map && { t1: t1Map }),
    };

    const measured = measureSpine(outline, { signals: readSignals(outline, images) });
    discInputs(outline, measured, images)
      .reverse()
      .forEach((input, i) => {
        const f = reference.structures.discs[i];
        sink.write(Buffer.from((input.t2 ?? blank).buffer));
        sink.write(Buffer.from((input.t1 ?? blank).buffer));
        const native = reference.scores.lattice;
        index.push({
          patient: Number(patient),
          file: reference.row.file,
          study: `${wet?.row.contrast ?? ''}+${fat?.row.contrast ?? ''}`,
          disc: i + 1,
          label: input.label,
          hasT2: input.t2 !== undefined,
          hasT1: input.t1 !== undefined,
          // Native pixels of `file`, to match the disc with its annotation.
          centre: [
            (native.originMm[0] + f.x * native.spacingMm[0]) / reference.row.pixelMm,
            (native.originMm[1] + f.y * native.spacingMm[1]) / reference.row.pixelMm,
          ],
          features: input.features,
        });
      });
  }
  process.stderr.write(`\r${patient}   `);
}
sink.end();
writeFileSync(
  join(values.out, 'index.json'),
  JSON.stringify({ crop: CROP, features: FEATURES, discs: index }),
);
await runner.close();
