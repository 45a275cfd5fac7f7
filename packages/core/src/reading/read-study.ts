import { Fault, type Warning } from '../fault/index.ts';
import {
  type Grid,
  invertMapping,
  reorientVolume,
  type SliceImage,
  sliceThroughPoint,
  toPatient,
  type Volume,
} from '../geometry/index.ts';
import {
  type DiscFinding,
  type Findings,
  measureSpine,
  SCHEMA_VERSION,
  type SpineOutline,
} from '../spine/index.ts';
import { alignPlane } from './align-planes.ts';
import { AXIAL_SEGMENTER, type AxialReading, readAxial } from './axial/index.ts';
import type { PlaneMap } from './contours/index.ts';
import { discInputs, GRADER, type GradeImages, gradeDiscs } from './grade/index.ts';
import { loadSelection } from './load-selection.ts';
import { readSignals } from './measure/index.ts';
import type { ModelRunner } from './model-runner.ts';
import { judgeQuality } from './quality.ts';
import {
  chooseMidSlice,
  interpretPlane,
  labelSlices,
  type PlaneReading,
  paintNative,
  readPlane,
  SEGMENTER,
  type SliceScores,
  sacAreaMm2,
  scoreSlice,
  wrongTurn,
} from './segment/index.ts';
import type { LoadedSeries, LoadedStudy, SeriesStack } from './series/index.ts';
import { sliceAt } from './slice-at.ts';

/** What a reading takes from outside. */
export interface ReadOptions {
  readonly runner: ModelRunner;
  /** Of the software that reads, for the provenance. */
  readonly softwareVersion: string;
  readonly now: () => Date;
  /** Hash over the files of a series, for the provenance. */
  readonly hashInputs: (series: LoadedSeries) => Promise<{ sha256: string; files: number }>;
  /** Lumbar vertebrae, where a person knows that they are not five. */
  readonly lumbarCount?: 4 | 5 | 6 | undefined;
  readonly progress?: (stage: ReadStage, done: number, total: number) => void;
}

export type ReadStage = 'load' | 'segment' | 'measure' | 'grade' | 'axial';

/** A study read. Pictures and report are made from it; only `findings` and `segmentation` are its result. */
export interface Reading {
  readonly findings: Findings;
  /** Voxel values as in spine/levels.ts, on the grid series' own lattice in its stored order of axes. */
  readonly segmentation: Volume<Uint8Array>;
  /** The series that gave the grid. */
  readonly series: LoadedSeries;
  /** The slice that was measured, and its outlines in its plane. */
  readonly midSlice: SliceImage;
  readonly outline: SpineOutline;
  /** The images used in the plane of the outlines. */
  readonly images: GradeImages;
  /** Absent where no axial T2-weighted series passes a disc. */
  readonly axial: AxialReading | undefined;
}

/** Fewer discs than this are no lumbar spine. */
export const FEWEST_DISCS = 3;

/**
 * Reads a study: finds and names the spine, measures and grades every disc.
 *
 * @throws Fault `NO_SAGITTAL_SERIES`, `NOT_LUMBAR` if no lumbar spine is found, `MODEL_UNAVAILABLE`, and what loading
 * the pixels throws if no series can be loaded.
 */
export async function readStudy(study: LoadedStudy, options: ReadOptions): Promise<Reading> {
  const watch = stopwatch(options.now);
  options.progress?.('load', 0, 1);
  const chosen = await loadSelection(study);
  const { selection, grid: loaded } = chosen;
  const series = selection.grid;
  const stack = series.stacks[0];
  watch.lap('load');

  const slices = slicesOf(loaded.volume, series);
  const scores = await scoreSlices(slices, options);
  const middle = chooseMidSlice(scores.map((s, k) => (loaded.present[k] ? sacAreaMm2(s) : 0)));
  const planeOptions = { millimetresValid: series.millimetresValid, lumbarCount: options.lumbarCount };
  const plane = interpretPlane(slices[middle], scores[middle], planeOptions);
  const turn = await wrongTurn(slices[middle], scores[middle], options.runner);
  if (plane.structures.discs.length < FEWEST_DISCS) {
    const why = turn === undefined ? '' : ` They seem to be stored ${turn}.`;
    throw new Fault('NOT_LUMBAR', `No lumbar spine was found in the sagittal images.${why}`, {
      advice: 'Check that the study shows the lumbar spine, the right way round; other regions are not read.',
    });
  }
  const segmentation = labelVolume(loaded.volume.grid, slices, scores, middle, plane, stack);
  watch.lap('segment');

  const companion =
    selection.t1 !== undefined && chosen.t1 !== undefined
      ? await companionPlane(selection.t1, chosen.t1.volume, plane, options)
      : undefined;
  const isT1 = series.role === 'sagittal-t1';
  const t1: PlaneMap | undefined = isT1 ? plane.slice : companion;
  const images: GradeImages = {
    ...(t1 !== undefined && { t1 }),
    ...(!isT1 && { t2: plane.slice }),
  };
  const trueT2 = selection.t2 !== undefined;
  watch.lap('align');

  options.progress?.('measure', 0, 1);
  const signals = readSignals(plane.outline, {
    ...(t1 !== undefined && { t1 }),
    ...(trueT2 && { t2: plane.slice }),
  });
  const measured = measureSpine(plane.outline, { signals });
  watch.lap('measure');

  options.progress?.('grade', 0, 1);
  const quality = judgeQuality(plane, measured, series, turn);
  const inputs = discInputs(plane.outline, measured, images);
  const basis = { t2: trueT2, t1: t1 !== undefined, refuse: quality.refuse };
  const grades = await gradeDiscs(inputs, basis, options.runner);
  const discs: DiscFinding[] = measured.discs.flatMap((disc) => {
    const graded = grades.get(disc.label as Parameters<typeof grades.get>[0]);
    return graded === undefined ? [] : [{ ...disc, grades: graded }];
  });
  watch.lap('grade');

  options.progress?.('axial', 0, 1);
  const axial = await readAxial(study, series, plane.outline, options.runner);
  watch.lap('axial');

  const used = selection.choices.flatMap((c) => (c.used || c.series === axial?.series ? [c.series] : []));
  const warnings: Warning[] = [
    ...study.warnings,
    ...selection.warnings,
    ...chosen.warnings,
    ...used.flatMap((s) => s.warnings),
    ...loaded.warnings,
    ...(chosen.t1?.warnings ?? []),
    ...(axial?.warnings ?? []),
    ...quality.warnings,
  ];
  const provenance = {
    models: await Promise.all(
      [SEGMENTER, GRADER, ...(axial ? [AXIAL_SEGMENTER] : [])].map((id) => options.runner.identify(id)),
    ),
    inputs: await Promise.all(
      used.map(async (s) => ({ seriesInstanceUid: s.seriesInstanceUid, ...(await options.hashInputs(s)) })),
    ),
  };
  watch.lap('provenance');
  const findings: Findings = {
    schemaVersion: SCHEMA_VERSION,
    study: {
      ...(study.studyInstanceUid !== undefined && { studyInstanceUid: study.studyInstanceUid }),
      ...(study.patientSex !== undefined && { patientSex: study.patientSex }),
      ...(study.patientAgeYears !== undefined && { patientAgeYears: study.patientAgeYears }),
      series: selection.choices.map((c) => ({
        seriesInstanceUid: c.series.seriesInstanceUid,
        role: c.series.role,
        ...(c.series === axial?.series
          ? { used: true, reason: `${c.series.roleReason}; slices at the discs measured` }
          : { used: c.used && (c.series !== selection.t1 || t1 !== undefined), reason: c.reason }),
        sliceCount: c.series.grid.size[2],
      })),
    },
    numbering: plane.levels.numbering,
    vertebrae: measured.vertebrae,
    discs,
    canal: measured.canal,
    ...(axial && { axial: [...axial.findings] }),
    alignment: measured.alignment,
    quality: {
      outOfDistribution: quality.outOfDistribution,
      warnings: distinct(warnings),
    },
    provenance: {
      software: { name: 'Promontory', version: options.softwareVersion },
      status: 'unreviewed',
      ...provenance,
      gridSeriesInstanceUid: series.seriesInstanceUid,
      createdAt: options.now().toISOString(),
      durationMs: watch.stop(),
    },
  };
  return { findings, segmentation, series, midSlice: plane.slice, outline: plane.outline, images, axial };
}

/** Scores the slices in their order; while the network looks at one, the next is being prepared. */
async function scoreSlices(
  slices: readonly SliceImage[],
  { runner, progress }: ReadOptions,
): Promise<SliceScores[]> {
  const scores: SliceScores[] = [];
  let ahead = scoreSlice(slices[0], runner);
  for (let k = 0; k < slices.length; k++) {
    progress?.('segment', k, slices.length);
    const current = ahead;
    if (k + 1 < slices.length) ahead = scoreSlice(slices[k + 1], runner);
    // If the current one fails, nobody waits for the one ahead.
    ahead.catch(() => {});
    scores.push(await current);
  }
  return scores;
}

/** Slices of a volume at the pixel size that its series is worked at. */
const slicesOf = (volume: Volume, series: LoadedSeries): SliceImage[] =>
  Array.from({ length: volume.grid.size[2] }, (_, k) => sliceAt(volume, series.workingSpacingMm, k));

/** The slice of another series that shows the plane, brought into it; `undefined` where none fits. */
async function companionPlane(
  series: LoadedSeries,
  volume: Volume,
  plane: PlaneReading,
  options: ReadOptions,
): Promise<PlaneMap | undefined> {
  const stack = series.stacks[0];
  const count = volume.grid.size[2];
  const { grid } = plane.slice;
  const centre = toPatient(grid, [(grid.size[0] - 1) / 2, (grid.size[1] - 1) / 2, 0]);
  const found = stack.located ? sliceThroughPoint(centre, stack.grid)?.index : undefined;
  const k = Math.min(count - 1, Math.max(0, found ?? Math.floor((count - 1) / 2)));
  const slice = sliceAt(volume, series.workingSpacingMm, k);
  const other = await readPlane(slice, options.runner, {
    millimetresValid: series.millimetresValid,
    lumbarCount: options.lumbarCount,
  });
  return alignPlane(plane, other);
}

function labelVolume(
  grid: Grid,
  slices: readonly SliceImage[],
  scores: readonly SliceScores[],
  middle: number,
  plane: PlaneReading,
  stack: SeriesStack,
): Volume<Uint8Array> {
  const labels = labelSlices(scores, middle, plane.structures, plane.levels, stack.grid.spacingMm[2]);
  const data = new Uint8Array(grid.size[0] * grid.size[1] * grid.size[2]);
  const perSlice = grid.size[0] * grid.size[1];
  labels.forEach((slice, k) => {
    paintNative(scores[k], slice, slices[k].inPlane, data.subarray(k * perSlice, (k + 1) * perSlice));
  });
  return reorientVolume({ grid: stack.grid, data }, invertMapping(stack.mapping));
}

function distinct(warnings: readonly Warning[]): Warning[] {
  const seen = new Map(warnings.map((w) => [`${w.code} ${w.subject ?? ''} ${w.message}`, w]));
  return [...seen.values()];
}

/** Milliseconds per stage. */
function stopwatch(now: () => Date) {
  const start = now().getTime();
  let last = start;
  const stages: Record<string, number> = {};
  return {
    lap(stage: string): void {
      const at = now().getTime();
      stages[stage] = at - last;
      last = at;
    },
    stop: () => ({ total: now().getTime() - start, stages }),
  };
}
