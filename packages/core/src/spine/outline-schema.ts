import { z } from 'zod';
import { perimeter } from '../geometry/index.ts';
import { VERTEBRAE } from './levels.ts';
import type { SpineOutline } from './outline.ts';

/** Limits of what is taken from a file: far beyond any image, small enough to be measured in a moment. */
const FARTHEST = 1e5;
const MOST_POINTS = 20_000;
/** Way round one outline; of a sac some 400 mm. Measuring walks along it by the millimetre. */
const LONGEST = 20_000;
const MOST_LEVELS = 30;
const MOST_PARTS = 200;
/** Axes as a program writes them are unit and perpendicular to better than this. */
const AXIS_TOLERANCE = 1e-3;

const Coordinate = z.number().min(-FARTHEST).max(FARTHEST);
const Outline = z
  .array(z.tuple([Coordinate, Coordinate]))
  .max(MOST_POINTS)
  .refine((polygon) => perimeter(polygon) <= LONGEST, 'an outline is longer than any structure');
const Point = z.tuple([Coordinate, Coordinate, Coordinate]);
const Vertebra = z.enum(VERTEBRAE);
const Disc = z.templateLiteral([Vertebra, '/', Vertebra]);

const unit = (v: readonly number[]): boolean => Math.abs(Math.hypot(...v) - 1) < AXIS_TOLERANCE;
const distinct = (items: readonly { readonly label: string }[]): boolean =>
  new Set(items.map(({ label }) => label)).size === items.length;

const named = <L extends z.ZodType>(label: L) =>
  z
    .array(z.strictObject({ label, outline: Outline, cutByImageEdge: z.boolean().optional() }))
    .max(MOST_LEVELS);

/** `outline.json` as written by a reading, and as read from wherever: the check before it is measured again. */
export const SpineOutlineFile = z.strictObject({
  plane: z
    .strictObject({ originMm: Point, uAxis: Point, vAxis: Point })
    .refine(({ uAxis: u, vAxis: v }) => unit(u) && unit(v), 'axes of the plane are not of length one')
    .refine(
      ({ uAxis: u, vAxis: v }) => Math.abs(u[0] * v[0] + u[1] * v[1] + u[2] * v[2]) < AXIS_TOLERANCE,
      'axes of the plane are not perpendicular',
    ),
  millimetresValid: z.boolean(),
  pixelMm: z.number().positive().max(FARTHEST),
  bodies: named(Vertebra).refine(distinct, 'a vertebra is outlined twice'),
  discs: named(Disc).refine(distinct, 'a disc is outlined twice'),
  sac: Outline.optional(),
  canal: Outline.optional(),
  sacrum: z.array(Outline).max(MOST_PARTS).optional(),
  posterior: z.array(Outline).max(MOST_PARTS).optional(),
  cord: Outline.optional(),
});

/**
 * Reads `outline.json`.
 *
 * @throws ZodError where it is none.
 */
export function readSpineOutline(json: unknown): SpineOutline {
  // What the schema leaves undefined is absent in a file: JSON has no undefined.
  return SpineOutlineFile.parse(json) as SpineOutline;
}
