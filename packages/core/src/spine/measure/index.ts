export {
  type BodySize,
  bodySize,
  heightLossPercent,
  lowerEndplate,
  openInFrontDeg,
  upperEndplate,
} from './body.ts';
export { type BodyCorners, type BodyShape, bodyShape } from './body-shape.ts';
export { type DiscSpace, discExtent, discSpace, frameBetween } from './disc.ts';
export { type Frame, frameAlong, fromFrame, polygonToFrame, toFrame } from './frame.ts';
export { type GenantGrade, type GenantShape, genantGrade } from './genant.ts';
export { levelAt } from './level-at.ts';
export { type MeasureOptions, measureSpine, type SpineMeasurements } from './measure-spine.ts';
export { OUTLINE_NOISE, type OutlineNoise } from './outline-noise.ts';
export { type Protrusion, posteriorProtrusion } from './protrusion.ts';
export { type Quantities, quantitiesOf, sacralSlopeDeg } from './quantities.ts';
export { absent, found, type MeasureReason, type Outcome, REASONS } from './reason.ts';
export { placeInPatient } from './ruler.ts';
export { directionAt, nearestOnAxis, type TubeAxis, tubeAxis, tubeDiameter } from './sac.ts';
export {
  backOfLevel,
  facingBodies,
  levelsOf,
  neighboursOf,
  type SpineShapes,
  spineShapes,
} from './shapes.ts';
export { BACK, FRONT, LOWER, profileOf, type Side, type SideProfile, UPPER } from './side-profile.ts';
export type { DiscSignals, Landmark, SpineSignals } from './signals.ts';
export { gradeSlip, type Slip, SMALLEST_SLIP_MM, slipBetween } from './slip.ts';
