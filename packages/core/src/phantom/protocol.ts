import type { Sequence } from './contrast.ts';

/** A series to take. Defaults below are medians of published clinical series. */
export interface SeriesProtocol {
  readonly name: string;
  readonly orientation: 'sagittal' | 'axial';
  readonly sequence: Sequence;
  readonly columns: number;
  readonly rows: number;
  readonly pixelMm: number;
  readonly thicknessMm: number;
  /** Between the middles of neighbouring slices. */
  readonly spacingMm: number;
  /** Sagittal: slices in the stack. Axial: slices for each disc. */
  readonly slices: number;
  /** Axial: how many discs, counted from the lowest. */
  readonly discs?: number;
  readonly fieldTesla: 1.5 | 3;
  readonly bandwidthHz: number;
  readonly flipDeg: number;
  readonly phaseShare: number;
  /** Noise SD over the signal of bright fat. */
  readonly noise: number;
  readonly coilMm: number;
  readonly ghost: number;
}

const SAGITTAL = {
  orientation: 'sagittal',
  columns: 448,
  rows: 448,
  pixelMm: 0.65,
  thicknessMm: 4,
  spacingMm: 4.4,
  slices: 15,
  fieldTesla: 1.5,
  flipDeg: 150,
  phaseShare: 0.85,
  noise: 0.013,
  coilMm: 115,
  ghost: 0.018,
} as const;

export const SAGITTAL_T1: SeriesProtocol = {
  ...SAGITTAL,
  name: 'T1 TSE SAG',
  sequence: { kind: 'tse', repetitionMs: 600, echoMs: 11, echoTrain: 4, echoSpacingMs: 9 },
  bandwidthHz: 235,
};

export const SAGITTAL_T2: SeriesProtocol = {
  ...SAGITTAL,
  name: 'T2 TSE SAG',
  sequence: { kind: 'tse', repetitionMs: 3600, echoMs: 105, echoTrain: 22, echoSpacingMs: 9, restore: true },
  bandwidthHz: 235,
};

export const SAGITTAL_STIR: SeriesProtocol = {
  ...SAGITTAL,
  name: 'STIR SAG',
  sequence: { kind: 'stir', repetitionMs: 4200, echoMs: 60, inversionMs: 160 },
  bandwidthHz: 235,
  noise: 0.03,
};

/** 3-D T2 with thin slices. */
export const SAGITTAL_SPACE: SeriesProtocol = {
  ...SAGITTAL,
  name: 'T2 SPACE SAG',
  sequence: { kind: 'space', repetitionMs: 1000, echoMs: 124, echoTrain: 60, echoSpacingMs: 4.2 },
  thicknessMm: 0.9,
  spacingMm: 1,
  slices: 60,
  bandwidthHz: 530,
  noise: 0.025,
};

export const AXIAL_T2: SeriesProtocol = {
  name: 'T2 TSE TRA',
  orientation: 'axial',
  sequence: { kind: 'tse', repetitionMs: 3400, echoMs: 100, echoTrain: 18, echoSpacingMs: 9, restore: true },
  columns: 320,
  rows: 320,
  pixelMm: 0.5625,
  thicknessMm: 4,
  spacingMm: 4.4,
  slices: 4,
  discs: 5,
  fieldTesla: 1.5,
  bandwidthHz: 200,
  flipDeg: 150,
  phaseShare: 0.85,
  noise: 0.015,
  coilMm: 105,
  ghost: 0.012,
};
