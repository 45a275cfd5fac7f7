import { chordNear, type Point2, polygonCentroid, principalAxes, scale2 } from '../geometry/index.ts';
import {
  type DiscFinding,
  type DiscLabel,
  facingBodies,
  frameBetween,
  fromFrame,
  type PlanePoint,
  type Polygon,
  polygonToFrame,
  type SpineOutline,
  spineShapes,
  toFrame,
} from '../spine/index.ts';

/** A disc lies flatter than this in every posture; a steeper principal axis means an outline too round to have one. */
const MAX_TILT_DEG = 60;

interface NamedOutline {
  readonly label: DiscLabel;
  readonly outline: Polygon;
}

/** Middle of a disc and its direction to the back: that of the facing endplates, else of the disc's own longer axis. */
export function placeDisc(
  outline: SpineOutline,
  disc: NamedOutline,
): { centre: PlanePoint; back: PlanePoint } {
  const centre = polygonCentroid(disc.outline) ?? [0, 0];
  const facing = facingBodies(spineShapes(outline), disc.label);
  const back: Point2 = facing
    ? frameBetween(facing.above, facing.below).back
    : (principalAxes(disc.outline)?.long ?? [1, 0]);
  const towardsBack = back[0] < 0 ? scale2(back, -1) : back;
  const tiltDeg = (Math.atan2(Math.abs(towardsBack[1]), towardsBack[0]) * 180) / Math.PI;
  return { centre, back: tiltDeg <= MAX_TILT_DEG ? towardsBack : [1, 0] };
}

/** A line along which a height was measured, plane coordinates, with its number. */
export interface HeightMark {
  readonly top: PlanePoint;
  readonly bottom: PlanePoint;
  readonly text: string;
}

/**
 * The three heights of a disc where they were measured (see `discSpace`): perpendicular to the bisector of the
 * endplates, between the facing corners in front and behind, between the outlines in the middle. A line whose length
 * differs from the number by more than its uncertainty is left out: no line may contradict its number.
 */
export function discMarks(outline: SpineOutline, disc: DiscFinding): HeightMark[] {
  const label = disc.label as DiscLabel;
  const facing = facingBodies(spineShapes(outline), label);
  if (!facing) return [];
  const { above, below } = facing;
  const frame = frameBetween(above, below);
  const roof = [above.corners.inferiorAnterior, above.corners.inferiorPosterior].map((p) =>
    toFrame(frame, p),
  );
  const floor = [below.corners.superiorAnterior, below.corners.superiorPosterior].map((p) =>
    toFrame(frame, p),
  );
  const at = (end: 0 | 1): readonly [Point2, Point2] => {
    const x = (roof[end][0] + floor[end][0]) / 2;
    return [
      [x, roof[end][1]],
      [x, floor[end][1]],
    ];
  };
  const centre = (Math.max(roof[0][0], floor[0][0]) + Math.min(roof[1][0], floor[1][0])) / 2;
  const lines = {
    anterior: at(0),
    middle: middleLine(frame, above.outline, below.outline, centre),
    posterior: at(1),
  };

  return (['anterior', 'middle', 'posterior'] as const).flatMap((where) => {
    const measured = disc.heights[where];
    const line = lines[where];
    if (!measured || !line) return [];
    const drawn = line[1][1] - line[0][1];
    if (Math.abs(drawn - measured.value) > measured.uncertainty) return [];
    return [
      { top: fromFrame(frame, line[0]), bottom: fromFrame(frame, line[1]), text: measured.value.toFixed(1) },
    ];
  });
}

function middleLine(
  frame: ReturnType<typeof frameBetween>,
  above: Polygon,
  below: Polygon,
  x: number,
): readonly [Point2, Point2] | undefined {
  const down = { point: [x, 0] as const, direction: [0, 1] as const };
  const upper = chordNear(polygonToFrame(frame, above), down);
  const lower = chordNear(polygonToFrame(frame, below), down);
  return (
    upper &&
    lower && [
      [x, upper[1]],
      [x, lower[0]],
    ]
  );
}
