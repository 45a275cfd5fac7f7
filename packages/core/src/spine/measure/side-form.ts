/** How a side of a body departs from the straight line between its ends: 0 at the ends, as a function of the share of its length. */
export type Departure = (share: number) => number;

/**
 * A hollow: flat rims of `rim` (share of the length) at both ends, deepest at `apex`, a parabola to either side; 1 at
 * its deepest.
 */
const hollow =
  (rim: number, apex: number): Departure =>
  (t) => {
    const z = t < apex ? (apex - t) / (apex - rim) : (t - apex) / (1 - rim - apex);
    return z >= 1 ? 0 : 1 - z * z;
  };

/** A pit in an endplate (Schmorl's node), about `at`, half as wide as `reach` says; 1 at its deepest. */
const pit =
  (at: number, reach: number): Departure =>
  (t) => {
    const z = (t - at) / reach;
    return Math.abs(z) >= 1 ? 0 : (1 - z * z) ** 2;
  };

/**
 * Endplates: rims of 1.5–7 mm that stay on the chord, deepest near the middle or in the posterior half. A narrower rim
 * could not be told from none, since the corner's rounding hides it.
 */
export const ENDPLATE_FORMS: readonly Departure[] = [0.05, 0.1, 0.15, 0.2].flatMap((rim) =>
  [0.42, 0.5, 0.58].map((apex) => hollow(rim, apex)),
);

/** Pits that may come on top of a hollow. */
export const ENDPLATE_PITS: readonly Departure[] = [0.3, 0.4, 0.5, 0.6, 0.7].flatMap((at) =>
  [0.2, 0.33].map((reach) => pit(at, reach)),
);
/** The hollow beside a pit: the pit hides its form, so the usual one is taken. */
export const HOLLOW_BESIDE_PIT: Departure = hollow(0.13, 0.56);

/** Walls: an even waist. */
export const WALL_FORMS: readonly Departure[] = [hollow(0, 0.5)];
