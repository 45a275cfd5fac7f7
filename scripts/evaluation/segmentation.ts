/** How well the outlines and the level names agree with ours on the locked patients, by the product's own reading. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNifti } from '@promontory/core/formats';
import {
  extractSagittalSlice,
  type Grid,
  polygonCentroid,
  refinePolygon,
  type SliceImage,
} from '@promontory/core/geometry';
import {
  chooseMidSlice,
  interpretPlane,
  labelSlices,
  type ModelRunner,
  paintNative,
  paintPolygon,
  readPlane,
  type SliceScores,
  sacAreaMm2,
  scoreSlice,
} from '@promontory/core/reading';
import type { Polygon, SagittalPlane, SpineOutline } from '@promontory/core/spine';
import {
  type Annotation,
  annotationOf,
  bonesOfPatient,
  dataFolder,
  loadSlice,
  type SpiderSeries,
} from './spider.ts';

export interface PatientAgreement {
  readonly patient: string;
  readonly spacingReliable: boolean;
  /** Dice of all bodies above S1, all discs, the body of S1, the sac; `undefined` where we did not outline it. */
  readonly body: number | undefined;
  readonly disc: number | undefined;
  readonly s1: number | undefined;
  readonly sac: number | undefined;
  /** Sacral bodies below S1, and posterior elements. */
  readonly sacrum: number | undefined;
  readonly posterior: number | undefined;
  /** Mean over the named bodies and discs of the 95th percentile of the distances between both outlines, mm. */
  readonly hd95Mm: { readonly body: number | undefined; readonly disc: number | undefined };
  /** Whether every body that we outlined is one body of the reading, and no two are one. */
  readonly oneToOne: boolean | undefined;
  /** The same against our second pass. */
  readonly secondPass: Agreement | undefined;
  /** Farthest that a disc lies from the annotated disc of its name, mm; infinite where a name is missing. */
  readonly farthestDiscMm: number;
  readonly farthestDiscMmSecondPass: number | undefined;
}

const KINDS = { body: 1, disc: 2, s1: 3, sac: 4, sacrum: 5, posterior: 6 } as const;

export type Agreement = Pick<PatientAgreement, 'body' | 'disc' | 's1' | 'sac'>;

/** How the product's reading of one annotated slice agrees with our outlines of it. */
export async function agreementOf(series: SpiderSeries, runner: ModelRunner): Promise<PatientAgreement> {
  const mark = annotationOf(series.patient) as Annotation;
  const second = annotationOf(series.patient, 'second-pass');
  const slice = await loadSlice(series);
  const plane = await readPlane(slice, runner, { millimetresValid: series.spacingReliable });
  const farthest = ({ discs }: Annotation): number =>
    Math.max(
      ...discs.map((p, i) => {
        const drawn = plane.outline.discs.find((d) => d.label === plane.levels.discs[i]);
        const centre = drawn && polygonCentroid(drawn.outline);
        return centre === undefined
          ? Number.POSITIVE_INFINITY
          : Math.hypot(centre[0] - p[0] * series.pixelMm, centre[1] - p[1] * series.pixelMm);
      }),
    );
  return {
    patient: series.patient,
    spacingReliable: series.spacingReliable,
    ...withOutlines(slice, plane.outline, mark, series.pixelMm),
    ...bonesOf(slice, plane.outline, series),
    hd95Mm: {
      body: meanHd95(plane.outline.bodies, mark.bodies, series.pixelMm),
      disc: meanHd95(plane.outline.discs, mark.discOutlines, series.pixelMm),
    },
    oneToOne: mark.bodies && oneToOne(slice, plane.outline, mark.bodies, series.pixelMm),
    secondPass: second && withOutlines(slice, plane.outline, second, series.pixelMm, drawnIn(second)),
    farthestDiscMm: farthest(mark),
    farthestDiscMmSecondPass: second && farthest(second),
  };
}

/** The second pass leaves out vertebrae and discs that the image's edge cuts. */
const drawnIn =
  ({ bodies = {}, discOutlines = {} }: Annotation) =>
  (label: string): boolean =>
    label === 'S1' || label in bodies || label in discOutlines;

function withOutlines(
  slice: SliceImage,
  outline: SpineOutline,
  mark: Annotation,
  pixelMm: number,
  judged: (label: string) => boolean = () => true,
): Agreement {
  const toPlane = (p: readonly [number, number]): [number, number] => [p[0] * pixelMm, p[1] * pixelMm];
  const ours = blank(slice.grid);
  const said = blank(slice.grid);
  const paint = (labels: Uint8Array, polygon: Polygon, kind: number) =>
    paintPolygon({ grid: slice.grid, data: labels }, 0, outline.plane as SagittalPlane, polygon, kind);
  if (mark.sac) paint(ours, mark.sac.map(toPlane), KINDS.sac);
  for (const p of Object.values(mark.discOutlines ?? {})) paint(ours, p.map(toPlane), KINDS.disc);
  for (const p of Object.values(mark.bodies ?? {})) paint(ours, p.map(toPlane), KINDS.body);
  if (mark.s1) paint(ours, mark.s1.map(toPlane), KINDS.s1);
  if (outline.sac) paint(said, outline.sac, KINDS.sac);
  for (const d of outline.discs) if (judged(d.label)) paint(said, d.outline, KINDS.disc);
  for (const b of outline.bodies) {
    if (judged(b.label)) paint(said, b.outline, b.label === 'S1' ? KINDS.s1 : KINDS.body);
  }
  // Our outline of the sac ends where it became hard to see, not where the sac does: beyond, nothing is known.
  if (mark.sac) {
    const heights = mark.sac.map((p) => p[1]);
    clearOutside(said, slice.grid, Math.min(...heights), Math.max(...heights), KINDS.sac);
  }
  return {
    body: mark.bodies && diceOf(ours, said, KINDS.body),
    disc: mark.discOutlines && diceOf(ours, said, KINDS.disc),
    s1: mark.s1 && diceOf(ours, said, KINDS.s1),
    sac: mark.sac && diceOf(ours, said, KINDS.sac),
  };
}

/** Sacrum below S1 and posterior elements against our outlines of them, where there are any. */
function bonesOf(
  slice: SliceImage,
  outline: SpineOutline,
  series: SpiderSeries,
): Pick<PatientAgreement, 'sacrum' | 'posterior'> {
  const mark = bonesOfPatient(series.patient);
  const dice = (kind: 'sacrum' | 'posterior'): number | undefined => {
    if (mark === undefined || mark[kind].length === 0) return undefined;
    const ours = blank(slice.grid);
    const said = blank(slice.grid);
    const paint = (labels: Uint8Array, polygon: Polygon) =>
      paintPolygon(
        { grid: slice.grid, data: labels },
        0,
        outline.plane as SagittalPlane,
        polygon,
        KINDS[kind],
      );
    for (const p of mark[kind]) paint(ours, inPlane(p, series.pixelMm));
    for (const p of outline[kind] ?? []) paint(said, p);
    return diceOf(ours, said, KINDS[kind]);
  };
  return { sacrum: dice('sacrum'), posterior: dice('posterior') };
}

const inPlane = (polygon: readonly (readonly [number, number])[], pixelMm: number): Polygon =>
  polygon.map((p): [number, number] => [p[0] * pixelMm, p[1] * pixelMm]);

function meanHd95(
  said: readonly { readonly label: string; readonly outline: Polygon }[],
  ours: Annotation['bodies'],
  pixelMm: number,
): number | undefined {
  if (ours === undefined) return undefined;
  const distances = said.flatMap(({ label, outline }) => {
    const mark = ours[label];
    return mark === undefined ? [] : [hd95(outline, inPlane(mark, pixelMm))];
  });
  return distances.length === 0 ? undefined : distances.reduce((a, b) => a + b) / distances.length;
}

const OUTLINE_STEP_MM = 0.5;

/** The larger of the 95th percentiles of the distances from either outline to the other. */
function hd95(a: Polygon, b: Polygon): number {
  const [pa, pb] = [refinePolygon(a, OUTLINE_STEP_MM), refinePolygon(b, OUTLINE_STEP_MM)];
  const far = (from: Polygon, to: Polygon): number => {
    const nearest = from
      .map((p) => Math.min(...to.map((q) => Math.hypot(p[0] - q[0], p[1] - q[1]))))
      .sort((x, y) => x - y);
    return nearest[Math.ceil(0.95 * nearest.length) - 1];
  };
  return Math.max(far(pa, pb), far(pb, pa));
}

/** From this share of a body of ours on, a body of the reading holds it. */
const HOLDS = 0.25;

function oneToOne(
  slice: SliceImage,
  outline: SpineOutline,
  bodies: NonNullable<Annotation['bodies']>,
  pixelMm: number,
): boolean {
  const mask = (polygon: Polygon): Uint8Array => {
    const data = blank(slice.grid);
    paintPolygon({ grid: slice.grid, data }, 0, outline.plane as SagittalPlane, polygon, 1);
    return data;
  };
  const said = outline.bodies.filter((b) => b.label !== 'S1').map((b) => mask(b.outline));
  const held = Object.values(bodies).map((body) => {
    const own = mask(inPlane(body, pixelMm));
    const size = own.reduce((n, v) => n + v, 0);
    return said.flatMap((s, i) => (own.reduce((n, v, at) => n + v * s[at], 0) >= HOLDS * size ? [i] : []));
  });
  return held.every((h) => h.length === 1) && new Set(held.flat()).size === held.length;
}

const blank = (grid: Grid): Uint8Array => new Uint8Array(grid.size[0] * grid.size[1] * grid.size[2]);

function clearOutside(
  labels: Uint8Array,
  { size: [columns] }: Grid,
  top: number,
  bottom: number,
  kind: number,
) {
  labels.forEach((label, at) => {
    const row = Math.floor(at / columns);
    if (label === kind && (row < top || row > bottom)) labels[at] = 0;
  });
}

function diceOf(a: Uint8Array, b: Uint8Array, kind: number): number | undefined {
  let both = 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const inA = a[i] === kind;
    const inB = b[i] === kind;
    if (inA) sum++;
    if (inB) sum++;
    if (inA && inB) both++;
  }
  return sum === 0 ? undefined : (2 * both) / sum;
}

export interface VolumeAgreement {
  readonly volume: string;
  readonly source: string;
  /** Dice of the bodies (VB) or discs (IVD) that the source labels; structures that it does not label are left out. */
  readonly dice: number;
  /** The same on the slice that the reading measures. */
  readonly midSliceDice: number;
}

/**
 * Dice on a labelled volume, in 3-D and on its middle slice. The sources label some levels only, so a structure of ours counts if it lies on
 * labelled ones for at least a tenth of itself.
 */
export async function agreementOfVolume(name: string, runner: ModelRunner): Promise<VolumeAgreement> {
  const read = (kind: string) =>
    readNifti(new Uint8Array(readFileSync(join(dataFolder(), 'volumes', `${name}_${kind}.nii.gz`)))).volume;
  const image = read('img');
  const truth = read('seg');
  const count = Math.min(...image.grid.size);
  const scores: SliceScores[] = [];
  const slices = Array.from({ length: count }, (_, k) => extractSagittalSlice(image, k));
  for (const slice of slices) scores.push(await scoreSlice(slice, runner));
  const middle = chooseMidSlice(scores.map(sacAreaMm2));
  const plane = interpretPlane(slices[middle], scores[middle], { millimetresValid: true });
  const labels = labelSlices(
    scores,
    middle,
    plane.structures,
    plane.levels,
    slices[middle].grid.spacingMm[2],
  );
  const discs = name.startsWith('IVD');
  const whole = new Overlap();
  const mid = new Overlap();
  slices.forEach((slice, k) => {
    const native = new Uint8Array(slice.inPlane.columns * slice.inPlane.rows);
    paintNative(scores[k], labels[k], slice.inPlane, native);
    const known = extractSagittalSlice(truth, k).data;
    native.forEach((label, at) => {
      const counts = discs ? label > 100 : label >= 16 && label <= 26;
      whole.add(counts ? label : 0, known[at] > 0);
      if (k === middle) mid.add(counts ? label : 0, known[at] > 0);
    });
  });
  return { volume: name, source: name.slice(0, 3), dice: whole.dice(), midSliceDice: mid.dice() };
}

/** Voxels of our structures against those of a source that labels some levels only. */
class Overlap {
  private readonly structures = new Map<number, { own: number; onTruth: number }>();
  private truth = 0;

  add(label: number, onTruth: boolean): void {
    if (onTruth) this.truth++;
    if (label === 0) return;
    const entry = this.structures.get(label) ?? { own: 0, onTruth: 0 };
    entry.own++;
    if (onTruth) entry.onTruth++;
    this.structures.set(label, entry);
  }

  dice(): number {
    let own = 0;
    let both = 0;
    for (const entry of this.structures.values()) {
      if (entry.onTruth < entry.own / 10) continue;
      own += entry.own;
      both += entry.onTruth;
    }
    return (2 * both) / (own + this.truth);
  }
}
