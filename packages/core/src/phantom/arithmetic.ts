/*
 * Elementary functions built from + − × ÷ and sqrt only. ECMAScript leaves the last bits of Math.sin, Math.exp and
 * their kin to the engine; IEEE 754 does not leave those of the four operations open. With these the same seed gives
 * the same bytes on every machine.
 */

const LN2 = Math.LN2;
const HALF_PI = 1.5707963267948966;

/** e^x; relative error below 1e-14 for |x| < 700. */
export function exp(x: number): number {
  if (x < -700) return 0;
  const k = Math.round(x / LN2);
  const r = x - k * LN2;
  let term = 1;
  let sum = 1;
  for (let n = 1; n < 16; n++) {
    term *= r / n;
    sum += term;
  }
  // 2^k by repeated multiplication, exact.
  let power = 1;
  const step = k < 0 ? 0.5 : 2;
  for (let n = Math.abs(k); n > 0; n--) power *= step;
  return sum * power;
}

/** Natural logarithm of x > 0, by Newton's method on {@link exp}. */
export function log(x: number): number {
  let k = 0;
  let m = x;
  while (m > 1.5) {
    m *= 0.5;
    k++;
  }
  while (m < 0.75) {
    m *= 2;
    k--;
  }
  // atanh series: ln m = 2·(z + z³/3 + z⁵/5 + …), z = (m − 1)/(m + 1), |z| ≤ 0.2.
  const z = (m - 1) / (m + 1);
  const zz = z * z;
  let sum = 0;
  for (let n = 23; n >= 1; n -= 2) sum = sum * zz + 1 / n;
  return 2 * z * sum + k * LN2;
}

/** Sine and cosine of an angle in radians. */
export function sinCos(angle: number): readonly [sin: number, cos: number] {
  const quarter = Math.round(angle / HALF_PI);
  const r = angle - quarter * HALF_PI;
  const rr = r * r;
  let s = 0;
  let c = 0;
  for (let n = 19; n >= 1; n -= 2) s = 1 - (s * rr) / ((n + 1) * (n + 2));
  for (let n = 18; n >= 0; n -= 2) c = 1 - (c * rr) / ((n + 1) * (n + 2));
  s *= r;
  switch (((quarter % 4) + 4) % 4) {
    case 0:
      return [s, c];
    case 1:
      return [c, -s];
    case 2:
      return [-s, -c];
    default:
      return [-c, s];
  }
}

export const RADIANS_PER_DEGREE = 0.017453292519943295;

export const clamp = (x: number, low: number, high: number): number => (x < low ? low : x > high ? high : x);

/** 0 below `low`, 1 above `high`, with a smooth cubic between. */
export function smoothStep(x: number, low: number, high: number): number {
  const t = clamp((x - low) / (high - low), 0, 1);
  return t * t * (3 - 2 * t);
}

/** Smooth bump of height 1 at 0 that reaches 0 at |x| = 1: (1 − x²)². */
export function bump(x: number): number {
  const t = 1 - x * x;
  return t > 0 ? t * t : 0;
}
