/** SPIDER's slices, grades and our annotations, from PROMONTORY_DATA and training/annotations. */
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { luminanceOf, readPng } from '@promontory/core/formats';
import type { SliceImage } from '@promontory/core/geometry';
import {
  alignPlane,
  type GradeImages,
  type ModelRunner,
  NOMINAL_HEIGHT_MM,
  type PlaneReading,
  readPlane,
  readSignals,
} from '@promontory/core/reading';
import { measureSpine, type SpineMeasurements } from '@promontory/core/spine';
import { parseCsv } from '@promontory/core/validation';

export type Contrast = 't1' | 't2' | 't2_SPACE';

export interface SpiderSeries {
  readonly file: string;
  readonly patient: string;
  readonly contrast: Contrast;
  readonly sex: string;
  readonly fieldT: number;
  readonly manufacturer: string;
  /** Whether the pixel size agrees with the field of view. */
  readonly spacingReliable: boolean;
  /** Pixel size, or one that fits a usual field of view. */
  readonly pixelMm: number;
}

export interface Annotation {
  readonly file: string;
  readonly size: readonly [number, number];
  /** Disc centres, lowest first, native pixels (x, y). */
  readonly discs: readonly (readonly [number, number])[];
  readonly s1?: readonly (readonly [number, number])[];
  readonly sac?: readonly (readonly [number, number])[];
  readonly bodies?: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  readonly discOutlines?: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  readonly remark?: string;
}

/** Bones of an annotated slice beside the named bodies. */
export interface BoneAnnotation {
  readonly sacrum: readonly (readonly (readonly [number, number])[])[];
  readonly posterior: readonly (readonly (readonly [number, number])[])[];
}

export function dataFolder(): string {
  const folder = process.env.PROMONTORY_DATA;
  if (folder === undefined) throw new Error('Set PROMONTORY_DATA to the folder of the training data.');
  return folder;
}

export const textOf = (...path: string[]): string => readFileSync(join(dataFolder(), ...path), 'utf8');

export function spiderSeries(): SpiderSeries[] {
  return parseCsv(textOf('spider', 'series.csv')).map((row) => {
    const cell = (name: string) => row.get(name) ?? '';
    const spacingReliable = cell('spacing reliable') === '1';
    return {
      file: cell('file'),
      patient: cell('patient'),
      contrast: cell('contrast') as Contrast,
      sex: cell('sex'),
      fieldT: Number(cell('field t')),
      manufacturer: cell('manufacturer'),
      spacingReliable,
      pixelMm: spacingReliable ? Number(cell('pixel mm')) : NOMINAL_HEIGHT_MM / Number(cell('height px')),
    };
  });
}

/** Our outlines of a patient: the first pass, or the second, drawn without sight of the first or of any model. */
export function annotationOf(
  patient: string,
  pass: 'spider' | 'second-pass' = 'spider',
): Annotation | undefined {
  const path = join('training/annotations', pass, `${patient}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Annotation) : undefined;
}

export function bonesOfPatient(patient: string): BoneAnnotation | undefined {
  const path = join('training/annotations/bones', `${patient}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as BoneAnnotation) : undefined;
}

export function lockedPatients(): Set<string> {
  const { patients } = JSON.parse(readFileSync('training/annotations/locked.json', 'utf8')) as {
    patients: number[];
  };
  return new Set(patients.map(String));
}

export const loadSlice = (series: SpiderSeries): Promise<SliceImage> =>
  loadPng(join('spider/images', series.file), series.pixelMm);

/** A picture of the data as if it were a sagittal slice. */
export async function loadPng(path: string, pixelMm: number): Promise<SliceImage> {
  const image = readPng(new Uint8Array(await readFile(join(dataFolder(), path))));
  const { width: columns, height: rows } = image;
  const spacing: [number, number] = [pixelMm, pixelMm];
  return {
    data: Float32Array.from(luminanceOf(image)),
    inPlane: { columns, rows, spacingMm: spacing, originMm: [0, 0] },
    grid: {
      size: [columns, rows, 1],
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

/** One patient taken as a study of given series: what `readStudy` makes of it before grading. */
export interface SpiderReading {
  /** `t2+t1`, `t2_SPACE+t1`, `t2+`, `+t1` … */
  readonly study: string;
  readonly series: SpiderSeries;
  readonly plane: PlaneReading;
  readonly images: GradeImages;
  readonly measured: SpineMeasurements;
}

/**
 * Reads a patient as every study that its series could have been: T2 with T1, SPACE with T1, then each series alone.
 * @param disturb applied to every slice first
 */
export async function readPatient(
  series: readonly SpiderSeries[],
  runner: ModelRunner,
  disturb: (slice: SliceImage) => SliceImage = (slice) => slice,
): Promise<SpiderReading[]> {
  const planes = new Map<Contrast, PlaneReading>();
  for (const s of series) {
    planes.set(
      s.contrast,
      await readPlane(disturb(await loadSlice(s)), runner, { millimetresValid: s.spacingReliable }),
    );
  }
  const has = (c: Contrast) => planes.has(c);
  const studies: [Contrast | undefined, boolean][] = [];
  for (const wet of ['t2', 't2_SPACE'] as const) if (has(wet) && has('t1')) studies.push([wet, true]);
  for (const wet of ['t2', 't2_SPACE'] as const) if (has(wet)) studies.push([wet, false]);
  if (has('t1')) studies.push([undefined, true]);
  return studies.map(([wet, withT1]) => {
    const contrast = wet ?? 't1';
    const plane = planes.get(contrast) as PlaneReading;
    const other = planes.get('t1');
    const t1 = wet === undefined ? plane.slice : withT1 && other ? alignPlane(plane, other) : undefined;
    const images: GradeImages = { ...(wet && { t2: plane.slice }), ...(t1 && { t1 }) };
    return {
      study: `${wet ?? ''}+${withT1 ? 't1' : ''}`,
      series: series.find((s) => s.contrast === contrast) as SpiderSeries,
      plane,
      images,
      measured: measureSpine(plane.outline, { signals: readSignals(plane.outline, images) }),
    };
  });
}
