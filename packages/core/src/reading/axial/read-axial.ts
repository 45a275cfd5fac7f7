import { isFault, type Warning } from '../../fault/index.ts';
import {
  add,
  type DiscPlace,
  distance,
  normalise,
  reorientVolume,
  resampleSlice,
  type SliceImage,
  scale,
  subtract,
  toPatient,
  type Vec3,
  type Volume,
} from '../../geometry/index.ts';
import {
  type AxialFinding,
  type DiscLabel,
  placeInPatient,
  type SpineOutline,
  spineShapes,
} from '../../spine/index.ts';
import { discView } from '../measure/index.ts';
import type { ModelRunner } from '../model-runner.ts';
import type { LoadedSeries, LoadedStudy } from '../series/index.ts';
import { sliceAt } from '../slice-at.ts';
import { axialMapping, type ChosenSlice, chooseAxial } from './choose-slices.ts';
import { type AxialConstants, axialConstants } from './constants.ts';
import { measureAxial } from './measure-axial.ts';
import { type AxialOutline, outlineAxial } from './outline-axial.ts';
import { AXIAL_SEGMENTER, type AxialScores, scoreAxial } from './score-axial.ts';

/** One axial slice that was read. */
export interface AxialSliceReading {
  readonly level: DiscLabel;
  /** Front up, the patient's right on the left. */
  readonly slice: SliceImage;
  readonly outline: AxialOutline;
}

export interface AxialReading {
  readonly series: LoadedSeries;
  /** Head to feet, one for each level that a slice passes. */
  readonly slices: readonly AxialSliceReading[];
  readonly findings: readonly AxialFinding[];
  readonly warnings: readonly Warning[];
}

/**
 * Reads the axial T2-weighted slices that pass the discs of an outlined spine. Experimental: the model has seen slices
 * of few persons, and no site has validated it.
 * @returns `undefined` where no axial T2-weighted series passes a disc
 * @throws Fault `MODEL_UNAVAILABLE`
 */
export async function readAxial(
  study: LoadedStudy,
  sagittal: LoadedSeries,
  outline: SpineOutline,
  runner: ModelRunner,
): Promise<AxialReading | undefined> {
  const discs = discPlaces(outline);
  const choice = chooseAxial(
    study,
    sagittal,
    discs.map((d) => d.place),
  );
  if (choice === undefined) return undefined;
  const { series } = choice;
  const constants = axialConstants(await runner.constants(AXIAL_SEGMENTER));
  const slices: AxialSliceReading[] = [];
  const findings: AxialFinding[] = [];
  const warnings: Warning[] = [];
  const volumes = new Map<number, Promise<TurnedStack>>();
  for (const [i, { label }] of discs.entries()) {
    const chosen = choice.slices[i];
    if (chosen === undefined) continue;
    const stack = volumes.get(chosen.stack) ?? loadStack(series, chosen.stack);
    volumes.set(chosen.stack, stack);
    try {
      const { volume, present } = await stack;
      if (!present[chosen.k]) continue;
      const slice = sliceAt(volume, series.workingSpacingMm, chosen.k);
      const scores = await scoreAxial(slice, runner);
      const outlined = outlineAxial(scores);
      slices.push({ level: label, slice, outline: outlined });
      findings.push(findingOf(label, series, slice, chosen, scores, outlined, constants));
    } catch (error) {
      if (!isFault(error) || error.code === 'MODEL_UNAVAILABLE') throw error;
      warnings.push({
        code: 'SERIES_UNREADABLE',
        message: `Axial images of a level cannot be read (${error.code}); the rest was.`,
        subject: series.seriesInstanceUid,
      });
    }
  }
  return slices.length === 0 && warnings.length === 0 ? undefined : { series, slices, findings, warnings };
}

interface TurnedStack {
  readonly volume: Volume;
  readonly present: readonly boolean[];
}

/** A stack turned as its slices are looked at. */
async function loadStack(series: LoadedSeries, index: number): Promise<TurnedStack> {
  const { volume, present } = await series.loadVolume(index);
  const mapping = axialMapping(volume.grid);
  return {
    volume: reorientVolume(volume, mapping),
    present: mapping.flip[2] ? present.toReversed() : present,
  };
}

function findingOf(
  level: DiscLabel,
  series: LoadedSeries,
  slice: SliceImage,
  { pass }: ChosenSlice,
  scores: AxialScores,
  outline: AxialOutline,
  constants: AxialConstants,
): AxialFinding {
  const { lattice } = scores;
  const background = scores.plane('background');
  const measured = measureAxial(outline, {
    millimetresValid: series.millimetresValid,
    angleDeg: pass.angleDeg,
    constants,
    signal: { inPlane: lattice, data: resampleSlice(slice.data, slice.inPlane, lattice) },
    structures: background.map((p) => (p < 0.5 ? 1 : 0)),
  });
  const [columns, rows] = slice.grid.size;
  const centreMm: Vec3 = toPatient(slice.grid, [(columns - 1) / 2, (rows - 1) / 2, 0]);
  return {
    level,
    seriesInstanceUid: series.seriesInstanceUid,
    slice: { centreMm: [...centreMm], offsetMm: pass.offsetMm, angleDeg: pass.angleDeg },
    ...measured,
  };
}

/** Discs of a sagittal outline as places in the patient. */
function discPlaces(outline: SpineOutline): { label: DiscLabel; place: DiscPlace }[] {
  const shapes = spineShapes(outline);
  return outline.discs.flatMap(({ label, outline: polygon }) => {
    const view = discView(shapes, label, polygon);
    if (view === undefined) return [];
    const [roof, floor] = [0, 1].map((y) => placeInPatient(outline.plane, view.at(0.5, y)));
    const place: DiscPlace = {
      centreMm: scale(add(roof, floor), 0.5),
      normal: normalise(subtract(roof, floor)),
      heightMm: distance(roof, floor),
    };
    return [{ label, place }];
  });
}
