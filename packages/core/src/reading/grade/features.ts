import { type DiscLabel, neighboursOf, type SpineMeasurements, type SpineShapes } from '../../spine/index.ts';
import { type BandScores, endplateBands, type SignalImages } from '../measure/index.ts';

/** What the grader gets beside the crops, in this order. A value that could not be measured is 0 with its flag 0. */
export const FEATURES = [
  'heightAnteriorMm',
  'heightMiddleMm',
  'heightPosteriorMm',
  'heightIndex',
  'heightIndexAgainstOthers',
  'wedgeDeg',
  'depthMm',
  'signalRatio',
  'signalRatioAgainstOthers',
  'protrusionMm',
  'protrusionBaseMm',
  'slipPercent',
  'slipMm',
  'sacDiameterMm',
  'csfFraction',
  'bandAboveT1',
  'bandAboveT2',
  'bandBelowT1',
  'bandBelowT2',
  'levelFromLowest',
] as const;
export type FeatureName = (typeof FEATURES)[number];
export type DiscFeatures = Partial<Record<FeatureName, number>>;

/** Measured features of every disc, for the grader. */
export function discFeatures(
  measured: SpineMeasurements,
  shapes: SpineShapes,
  images: SignalImages,
): Map<DiscLabel, DiscFeatures> {
  const indices = measured.discs.map((d) => d.heightIndex?.value);
  const signals = measured.discs.map((d) => d.signalRatio?.value);
  const result = new Map<DiscLabel, DiscFeatures>();
  const lowestFirst = [...measured.discs].reverse();
  lowestFirst.forEach((disc, i) => {
    const label = disc.label as DiscLabel;
    const slip = measured.alignment.slips.find((s) => s.level === label);
    const canal = measured.canal.find((c) => c.level === label);
    const bands = neighboursOf(label).length === 2 ? endplateBands(shapes, label, images) : undefined;
    const features: Partial<Record<FeatureName, number | undefined>> = {
      heightAnteriorMm: disc.heights.anterior?.value,
      heightMiddleMm: disc.heights.middle?.value,
      heightPosteriorMm: disc.heights.posterior?.value,
      heightIndex: disc.heightIndex?.value,
      heightIndexAgainstOthers: against(disc.heightIndex?.value, indices),
      wedgeDeg: disc.wedgeAngle?.value,
      depthMm: disc.depth?.value,
      signalRatio: disc.signalRatio?.value,
      signalRatioAgainstOthers: against(disc.signalRatio?.value, signals),
      protrusionMm: disc.posteriorProtrusion?.depth.value,
      protrusionBaseMm: disc.posteriorProtrusion?.baseWidth?.value,
      slipPercent: slip?.slipPercent.value,
      slipMm: slip?.slip.value,
      sacDiameterMm: canal?.sacDiameter?.value,
      csfFraction: canal?.csfFraction?.value,
      ...bandFeatures('Above', bands?.above),
      ...bandFeatures('Below', bands?.below),
      levelFromLowest: i,
    };
    result.set(label, present(features));
  });
  return result;
}

/** A value over the highest of the patient's discs: how far this disc has fallen behind its best neighbour. */
function against(value: number | undefined, all: readonly (number | undefined)[]): number | undefined {
  const known = all.filter((v) => v !== undefined);
  const most = Math.max(...known);
  return value === undefined || !(most > 0) ? undefined : value / most;
}

function bandFeatures(side: 'Above' | 'Below', band: BandScores | undefined): DiscFeatures {
  return present({ [`band${side}T1`]: band?.t1, [`band${side}T2`]: band?.t2 });
}

function present(features: Partial<Record<FeatureName, number | undefined>>): DiscFeatures {
  return Object.fromEntries(
    Object.entries(features).filter(([, v]) => v !== undefined && Number.isFinite(v)),
  );
}

/** Typical value and spread of each feature, from the grader's card: they bring the network's inputs to about −3…3. */
export type FeatureScales = Readonly<Record<FeatureName, { readonly mean: number; readonly sd: number }>>;

/** Scaled values, as many flags that say which were measured, and whether there is a T2 and a T1 crop. */
export const VECTOR_LENGTH = 2 * FEATURES.length + 2;

/** What the grader's network gets beside the crops, `VECTOR_LENGTH` values. */
export function featureVector(
  disc: { readonly features: DiscFeatures; readonly t1?: unknown; readonly t2?: unknown },
  scales: FeatureScales,
): Float32Array {
  const vector = new Float32Array(VECTOR_LENGTH);
  FEATURES.forEach((name, i) => {
    const value = disc.features[name];
    if (value === undefined) return;
    const { mean, sd } = scales[name];
    vector[i] = Math.min(4, Math.max(-4, (value - mean) / sd));
    vector[FEATURES.length + i] = 1;
  });
  vector[2 * FEATURES.length] = disc.t2 === undefined ? 0 : 1;
  vector[2 * FEATURES.length + 1] = disc.t1 === undefined ? 0 : 1;
  return vector;
}
