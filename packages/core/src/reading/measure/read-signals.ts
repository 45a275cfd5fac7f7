import {
  absent,
  backOfLevel,
  type DiscLabel,
  type DiscSignals,
  found,
  levelsOf,
  type Measurement,
  type MeasureReason,
  nearestOnAxis,
  type Outcome,
  REASONS,
  type SpineOutline,
  type SpineShapes,
  type SpineSignals,
  spineShapes,
  tubeDiameter,
  type VertebraLabel,
} from '../../spine/index.ts';
import type { PlaneMap } from '../contours/index.ts';
import { conusLevel, sacEnd } from './canal-landmarks.ts';
import { type CsfNear, csfOf } from './csf.ts';
import { csfFraction } from './csf-fraction.ts';
import { discSignalRatio } from './disc-signal.ts';
import { discView } from './disc-view.ts';
import { highIntensityZone } from './high-intensity-zone.ts';
import { csfOnT1, signalToSac } from './marrow.ts';

/** Slices in the plane of the outlines: their `inPlane` positions are its (u, v) in mm. */
export interface SignalImages {
  /** T1-weighted, without fat suppression. */
  readonly t1?: PlaneMap;
  /** T2-weighted without fat suppression (T2, SPACE); neither STIR nor a Dixon part. */
  readonly t2?: PlaneMap;
}

/** Measures everything that needs pixels; what an image or an outline is missing for gets its reason. */
export function readSignals(outline: SpineOutline, images: SignalImages): SpineSignals {
  const shapes = spineShapes(outline);
  const discs = new Map<DiscLabel, DiscSignals>();
  const valid = outline.millimetresValid;
  const { sac } = outline;
  const csf =
    images.t2 === undefined || sac === undefined || shapes.sacAxis === undefined
      ? undefined
      : csfOf(images.t2, sac, shapes.sacAxis);
  for (const level of levelsOf(outline)) discs.set(level, discSignals(shapes, level, images.t2, csf));
  return {
    discs,
    vertebrae: marrowSignals(shapes, images.t1),
    conus: valid ? conusLevel(images.t2, shapes) : absent(REASONS.spacing),
    sacEnd: valid ? sacEnd(images.t2 ?? images.t1, shapes) : absent(REASONS.spacing),
  };
}

function discSignals(
  shapes: SpineShapes,
  level: DiscLabel,
  t2: PlaneMap | undefined,
  csfAt: CsfNear | undefined,
): DiscSignals {
  const none = (reason: MeasureReason): DiscSignals => ({
    signalRatio: absent(reason),
    csfFraction: absent(reason),
    highIntensityZone: absent(reason),
  });
  if (t2 === undefined) return none(REASONS.needsT2);
  const { sac } = shapes.outline;
  const { sacAxis } = shapes;
  if (sac === undefined || sacAxis === undefined || csfAt === undefined) return none(REASONS.noReference);
  const place = backOfLevel(shapes, level);
  if (place === undefined) return none(REASONS.notSeen);
  const csf = csfAt(place);
  if (csf === undefined) return none(REASONS.noReference);
  const disc = shapes.outline.discs.find((d) => d.label === level);
  const view = disc === undefined || disc.cutByImageEdge ? undefined : discView(shapes, level, disc.outline);
  const missing: MeasureReason =
    disc === undefined ? REASONS.notSeen : disc.cutByImageEdge ? REASONS.cut : REASONS.notReadable;
  const ifViewed = <T>(value: T | undefined): Outcome<T> =>
    value === undefined ? absent(missing) : found(value);
  return {
    signalRatio: ifViewed(view && discSignalRatio(t2, view, csf)),
    csfFraction: orNotSeen(csfFraction(t2, sac, sacAxis, place, csf)),
    // The size of the spot is part of the rule.
    highIntensityZone: shapes.outline.millimetresValid
      ? ifViewed(view && highIntensityZone(t2, view, csf))
      : absent(REASONS.spacing),
  };
}

const orNotSeen = <T>(value: T | undefined): Outcome<T> =>
  value === undefined ? absent(REASONS.notSeen) : found(value);

/** The CSF beside this body is the reference of all. */
const REFERENCE: VertebraLabel = 'L3';

function marrowSignals(
  shapes: SpineShapes,
  t1: PlaneMap | undefined,
): Map<VertebraLabel, Outcome<Measurement>> {
  const signals = new Map<VertebraLabel, Outcome<Measurement>>();
  const csf = t1 === undefined ? undefined : referenceCsf(shapes, t1);
  for (const { label, cutByImageEdge } of shapes.outline.bodies) {
    const shape = shapes.bodies.get(label);
    if (t1 === undefined) signals.set(label, absent(REASONS.needsT1));
    else if (csf === undefined) signals.set(label, absent(REASONS.noReference));
    else if (shape === undefined)
      signals.set(label, absent(cutByImageEdge ? REASONS.cut : REASONS.notReadable));
    else signals.set(label, orNotSeen(signalToSac(t1, shape, csf)));
  }
  return signals;
}

function referenceCsf(shapes: SpineShapes, t1: PlaneMap) {
  const body = shapes.bodies.get(REFERENCE);
  const { sac } = shapes.outline;
  const { sacAxis } = shapes;
  if (body === undefined || sac === undefined || sacAxis === undefined) return undefined;
  const width = tubeDiameter(sac, sacAxis, sacAxis.points[nearestOnAxis(sacAxis, body.posteriorMiddle)]);
  return width === undefined ? undefined : csfOnT1(t1, sacAxis, body.posteriorMiddle, width);
}
