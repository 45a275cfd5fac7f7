import { perimeter, refinePolygon, signedArea } from '../../geometry/index.ts';
import type { PlanePoint, Polygon, SpineOutline } from '../outline.ts';

/** How far an outline may lie from the true border. */
export interface OutlineNoise {
  /** Standard deviation of the border's place along its normal, mm. */
  readonly sigmaMm: number;
  /** Distance along the border over which neighbouring places err together, mm. */
  readonly correlationMm: number;
  /** Share of the variance that moves a whole outline in or out together (a border drawn a little too wide). */
  readonly commonShare: number;
}

export const OUTLINE_NOISE: OutlineNoise = { sigmaMm: 0.5, correlationMm: 2, commonShare: 0.2 };

/** Longest edge of a displaced outline, mm: fine against the correlation length. */
const EDGE_MM = 1;

/** A small generator with good low bits (mulberry32), so that the same outline always gets the same interval. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Standard normal deviate (Box and Muller). */
export const normalDeviate = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** An outline prepared for repeated displacement: points, outward normals, arc length. */
interface Border {
  readonly points: readonly PlanePoint[];
  readonly normals: readonly PlanePoint[];
  readonly arcs: readonly number[];
  readonly length: number;
}

function borderOf(polygon: Polygon): Border {
  const points = refinePolygon(polygon, EDGE_MM);
  const outward = Math.sign(signedArea(points)) || 1;
  const n = points.length;
  const normals: PlanePoint[] = [];
  const arcs: number[] = [];
  let arc = 0;
  for (let i = 0; i < n; i++) {
    const [before, after] = [points[(i + n - 1) % n], points[(i + 1) % n]];
    const du = after[0] - before[0];
    const dv = after[1] - before[1];
    const size = Math.hypot(du, dv) || 1;
    normals.push([(outward * dv) / size, (-outward * du) / size]);
    arcs.push(arc);
    arc += Math.hypot(after[0] - points[i][0], after[1] - points[i][1]);
  }
  return { points, normals, arcs, length: perimeter(points) };
}

/** Correlated standard-normal values round a closed line, one per `correlation / 3`, smoothed by a Gaussian. */
function ringNoise(length: number, correlation: number, random: () => number): Float64Array {
  const count = Math.max(8, Math.round((3 * length) / correlation));
  const white = Float64Array.from({ length: count }, () => normalDeviate(random));
  // A Gaussian of width w gives a correlation exp(−d²/4w²); w = correlation/√2 makes it e^(−½) at the correlation length.
  const sd = 3 / Math.SQRT2;
  const reach = Math.min(Math.ceil(3 * sd), (count - 1) >> 1);
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-0.5 * ((k - reach) / sd) ** 2));
  const norm = Math.sqrt(kernel.reduce((sum, w) => sum + w * w, 0));
  return Float64Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let k = -reach; k <= reach; k++) sum += kernel[k + reach] * white[(i + k + count) % count];
    return sum / norm;
  });
}

/** A function that draws how far each point of a border is displaced, mm, in units of the noise. */
function draw(border: Border, noise: OutlineNoise, random: () => number): Float64Array {
  const ring = ringNoise(border.length, noise.correlationMm, random);
  const common = noise.sigmaMm * Math.sqrt(noise.commonShare) * normalDeviate(random);
  const local = noise.sigmaMm * Math.sqrt(1 - noise.commonShare);
  return Float64Array.from(border.arcs, (arc) => {
    const at = (arc / border.length) * ring.length;
    const i = Math.floor(at);
    const t = at - i;
    const value = (1 - t) * ring[i % ring.length] + t * ring[(i + 1) % ring.length];
    return common + local * value;
  });
}

const displace = (border: Border, by: Float64Array, sign: 1 | -1): PlanePoint[] =>
  border.points.map((p, i) => [
    p[0] + sign * by[i] * border.normals[i][0],
    p[1] + sign * by[i] * border.normals[i][1],
  ]);

/**
 * Repeats a spine's outlines with correlated random displacement of every border, in pairs of opposite sign (so that
 * the mean of the repeats stays unbiased to first order). Deterministic for a seed.
 */
export function* displacedOutlines(
  outline: SpineOutline,
  noise: OutlineNoise,
  pairs: number,
  seed: number,
): Generator<SpineOutline> {
  const random = seededRandom(seed);
  const bodies = outline.bodies.map((b) => borderOf(b.outline));
  const discs = outline.discs.map((d) => borderOf(d.outline));
  const sac = outline.sac === undefined ? undefined : borderOf(outline.sac);
  const canal = outline.canal === undefined ? undefined : borderOf(outline.canal);
  for (let pair = 0; pair < pairs; pair++) {
    const drawn = {
      bodies: bodies.map((b) => draw(b, noise, random)),
      discs: discs.map((d) => draw(d, noise, random)),
      sac: sac === undefined ? undefined : draw(sac, noise, random),
      canal: canal === undefined ? undefined : draw(canal, noise, random),
    };
    for (const sign of [1, -1] as const) {
      yield {
        ...outline,
        bodies: outline.bodies.map((b, i) => ({
          ...b,
          outline: displace(bodies[i], drawn.bodies[i], sign),
        })),
        discs: outline.discs.map((d, i) => ({ ...d, outline: displace(discs[i], drawn.discs[i], sign) })),
        ...(sac === undefined || drawn.sac === undefined ? {} : { sac: displace(sac, drawn.sac, sign) }),
        ...(canal === undefined || drawn.canal === undefined
          ? {}
          : { canal: displace(canal, drawn.canal, sign) }),
      };
    }
  }
}
