import type { Warning } from '../../fault/index.ts';
import type { SeriesRole } from '../../spine/index.ts';
import type { LoadedSeries, LoadedStudy } from './series.ts';

/** A study in plain values, for a listing. Holds no name, number or date of a patient. */
export interface StudyDescription {
  readonly studyInstanceUid?: string;
  readonly patientSex?: string;
  readonly patientAgeYears?: number;
  readonly series: readonly SeriesDescription[];
  readonly warnings: readonly Warning[];
}

export interface SeriesDescription {
  readonly seriesInstanceUid: string;
  readonly part?: string;
  readonly seriesNumber?: number;
  readonly description?: string;
  readonly role: SeriesRole;
  readonly roleReason: string;
  readonly roleGuessed: boolean;
  readonly files: number;
  readonly millimetresValid: boolean;
  readonly repetitionTimeMs?: number;
  readonly echoTimeMs?: number;
  readonly inversionTimeMs?: number;
  readonly fieldStrengthT?: number;
  readonly manufacturer?: string;
  readonly manufacturerModel?: string;
  readonly stacks: readonly StackDescription[];
  readonly warnings: readonly Warning[];
}

export interface StackDescription {
  readonly plane?: string;
  readonly obliquityDeg?: number;
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  /** As stated; not to be trusted where `millimetresValid` is false. */
  readonly pixelMm: readonly [number, number];
  /** Between slice centres. */
  readonly sliceStepMm: number;
  readonly sliceThicknessMm?: number;
  readonly missingSlices: readonly number[];
  readonly located: boolean;
}

/** Series, roles, geometry and problems of a study as a plain object; nothing is decoded. */
export function describeStudy(study: LoadedStudy): StudyDescription {
  return withoutAbsent({
    studyInstanceUid: study.studyInstanceUid,
    patientSex: study.patientSex,
    patientAgeYears: study.patientAgeYears,
    series: study.series.map(describeSeries),
    warnings: study.warnings,
  });
}

function describeSeries(series: LoadedSeries): SeriesDescription {
  return withoutAbsent({
    seriesInstanceUid: series.seriesInstanceUid,
    part: series.part,
    seriesNumber: series.seriesNumber,
    description: series.description,
    role: series.role,
    roleReason: series.roleReason,
    roleGuessed: series.roleGuessed,
    files: series.inputs.length,
    millimetresValid: series.millimetresValid,
    repetitionTimeMs: series.acquisition?.repetitionTimeMs,
    echoTimeMs: series.acquisition?.echoTimeMs,
    inversionTimeMs: series.acquisition?.inversionTimeMs,
    fieldStrengthT: series.fieldStrengthT,
    manufacturer: series.manufacturer,
    manufacturerModel: series.manufacturerModel,
    stacks: series.stacks.map((stack) =>
      withoutAbsent({
        plane: stack.orientation?.plane,
        obliquityDeg: stack.orientation?.obliquityDeg,
        columns: stack.grid.size[0],
        rows: stack.grid.size[1],
        slices: stack.grid.size[2],
        pixelMm: [stack.grid.spacingMm[0], stack.grid.spacingMm[1]] as const,
        sliceStepMm: stack.grid.spacingMm[2],
        sliceThicknessMm: stack.sliceThicknessMm,
        missingSlices: stack.missingSlices,
        located: stack.located,
      }),
    ),
    warnings: series.warnings,
  });
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Leaves out what is `undefined`, so that absent stays absent in JSON and on screen. */
function withoutAbsent<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}
