import type { InPlaneGrid } from '../../geometry/index.ts';
import { CANAL_VALUE, discValue, POSTERIOR_VALUE, SACRUM_VALUE, VERTEBRA_VALUE } from '../../spine/index.ts';
import type { LevelNames } from './outline.ts';
import { partition } from './partition.ts';
import { CLASS, CLASS_COUNT, type SliceScores } from './score.ts';
import { hardClasses, type Structures } from './structures.ts';

/** Voxel values of one slice on its working grid. */
type Labels = Uint8Array;

/** However thin the slices: the outline of a pixel or two is noise. */
const LEAST_REACH_MM = 3;

/**
 * Carries the names of the middle slice's structures to the other slices, from neighbour to neighbour: a structure
 * keeps its name where it continues, and what continues nothing is dropped.
 * @param sliceStepMm distance of neighbouring slices; a structure grows no more than about this from one to the next
 * @returns label per pixel of each slice's working grid, by the values of `segmentation.nii.gz`
 */
export function labelSlices(
  scores: readonly SliceScores[],
  middle: number,
  structures: Structures,
  names: LevelNames,
  sliceStepMm: number,
): Labels[] {
  const reach = Math.ceil(Math.max(LEAST_REACH_MM, sliceStepMm) / scores[middle].lattice.spacingMm[0]);
  const labels: Labels[] = new Array(scores.length);
  labels[middle] = labelsOf(structures, names);
  for (let k = middle + 1; k < scores.length; k++) labels[k] = carry(labels[k - 1], scores[k], reach);
  for (let k = middle - 1; k >= 0; k--) labels[k] = carry(labels[k + 1], scores[k], reach);
  return labels;
}

function labelsOf(structures: Structures, names: LevelNames): Labels {
  const bodies = names.vertebrae.map((v) => VERTEBRA_VALUE[v]);
  const discs = names.discs.map(discValue);
  return structures.bodyParts.map((body, at) => {
    if (body !== 0) return bodies[body] ?? 0;
    const disc = structures.discParts[at];
    if (disc !== 0) return discs[disc - 1] ?? 0;
    if (structures.s1[at] !== 0) return VERTEBRA_VALUE.S1;
    if (structures.sac[at] !== 0) return CANAL_VALUE;
    if (structures.sacrum[at] !== 0) return SACRUM_VALUE;
    return structures.posterior[at] !== 0 ? POSTERIOR_VALUE : 0;
  });
}

function classOf(label: number): number {
  if (label === 0) return CLASS.background;
  if (label === CANAL_VALUE) return CLASS.sac;
  if (label === VERTEBRA_VALUE.S1) return CLASS.s1;
  if (label === SACRUM_VALUE) return CLASS.sacrum;
  if (label === POSTERIOR_VALUE) return CLASS.posterior;
  return label > 100 ? CLASS.disc : CLASS.body;
}

function carry(neighbour: Labels, scores: SliceScores, reach: number): Labels {
  const { columns, rows } = scores.lattice;
  const hard = hardClasses(scores);
  const labels = new Uint8Array(hard.length);
  for (const c of [CLASS.body, CLASS.disc, CLASS.s1, CLASS.sac, CLASS.sacrum, CLASS.posterior]) {
    const mask = hard.map((v) => (v === c ? 1 : 0));
    const seeds = neighbour.map((v) => (classOf(v) === c ? v : 0));
    partition(mask, seeds, columns, rows, reach).forEach((v, at) => {
      if (v !== 0) labels[at] = v;
    });
  }
  return labels;
}

/**
 * Labels of one slice on its native pixels: the most likely class by bilinear interpolation of the probabilities, under
 * the name of the nearest working pixel of that class.
 * @param target `native.columns × native.rows` values, written
 */
export function paintNative(
  scores: SliceScores,
  labels: Labels,
  native: InPlaneGrid,
  target: Uint8Array,
): void {
  const { columns, rows, spacingMm, originMm } = scores.lattice;
  const n = columns * rows;
  // Four corners and their weights, reused: this runs for every pixel of the study.
  const corners = new Int32Array(4);
  const weights = new Float64Array(4);
  for (let j = 0; j < native.rows; j++) {
    const y = (native.originMm[1] + j * native.spacingMm[1] - originMm[1]) / spacingMm[1];
    const y0 = Math.min(rows - 1, Math.max(0, Math.floor(y)));
    const y1 = Math.min(rows - 1, y0 + 1);
    const fy = Math.min(1, Math.max(0, y - y0));
    for (let i = 0; i < native.columns; i++) {
      const x = (native.originMm[0] + i * native.spacingMm[0] - originMm[0]) / spacingMm[0];
      const x0 = Math.min(columns - 1, Math.max(0, Math.floor(x)));
      const x1 = Math.min(columns - 1, x0 + 1);
      corners[0] = y0 * columns + x0;
      corners[1] = y0 * columns + x1;
      corners[2] = y1 * columns + x0;
      corners[3] = y1 * columns + x1;
      if ((labels[corners[0]] | labels[corners[1]] | labels[corners[2]] | labels[corners[3]]) === 0) continue;
      const fx = Math.min(1, Math.max(0, x - x0));
      weights[0] = (1 - fx) * (1 - fy);
      weights[1] = fx * (1 - fy);
      weights[2] = (1 - fx) * fy;
      weights[3] = fx * fy;
      let best = 0;
      let most = -1;
      for (let c = 0; c < CLASS_COUNT; c++) {
        let p = 0;
        for (let t = 0; t < 4; t++) p += weights[t] * scores.classes[c * n + corners[t]];
        if (p > most) {
          best = c;
          most = p;
        }
      }
      if (best === CLASS.background) continue;
      let label = 0;
      let nearest = -1;
      for (let t = 0; t < 4; t++) {
        if (classOf(labels[corners[t]]) === best && weights[t] > nearest) {
          label = labels[corners[t]];
          nearest = weights[t];
        }
      }
      target[i + native.columns * j] = label;
    }
  }
}
