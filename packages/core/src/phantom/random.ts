import { log } from './arithmetic.ts';

/** A seeded stream of random numbers; the same on every platform. */
export interface Random {
  /** 32 random bits as an unsigned integer. */
  bits(): number;
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Normal, mean and standard deviation given; never further than 6 SD. */
  normal(mean?: number, sd?: number): number;
  /** Normal, redrawn at the bounds by clamping. */
  normalWithin(mean: number, sd: number, low: number, high: number): number;
  chance(probability: number): boolean;
  /** Index drawn with the given weights (any sum). */
  weighted(weights: readonly number[]): number;
  pick<T>(items: readonly T[]): T;
}

/** Mixes a text into a 32-bit state (FNV-1a with a final avalanche). */
function hash(text: string, start: number): number {
  let h = start >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  h ^= h >>> 16;
  h = Math.imul(h, 2246822507);
  h ^= h >>> 13;
  h = Math.imul(h, 3266489909);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * The stream `stream` of seed `seed`: sfc32 (C. Doty-Humphrey, PractRand). Streams with other names are independent, so
 * that drawing more of one thing never changes another.
 */
export function randomOf(seed: number, stream: string): Random {
  const key = `${seed}/${stream}`;
  let a = hash(key, 2166136261);
  let b = hash(key, 0x9e3779b9);
  let c = hash(key, 0x85ebca6b);
  let counter = 1;
  const bits = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) bits();
  const uniform = () => bits() / 4294967296;
  const normal = (mean = 0, sd = 1): number => {
    // Marsaglia's polar method.
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const s = x * x + y * y;
      if (s > 0 && s < 1) {
        const z = x * Math.sqrt((-2 * log(s)) / s);
        return mean + sd * (z > 6 ? 6 : z < -6 ? -6 : z);
      }
    }
  };
  return {
    bits,
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    normal,
    normalWithin: (mean, sd, low, high) => Math.min(high, Math.max(low, normal(mean, sd))),
    chance: (probability) => uniform() < probability,
    weighted: (weights) => {
      let total = 0;
      for (const w of weights) total += w;
      let r = uniform() * total;
      for (let i = 0; i < weights.length; i++) {
        r -= weights[i];
        if (r < 0) return i;
      }
      return weights.length - 1;
    },
    pick: (items) => items[Math.floor(uniform() * items.length)],
  };
}

/** Standard normal values, shuffled by a stream: fast noise for whole images (index it with random bits). */
export function normalTable(size: number): Float32Array {
  const table = new Float32Array(size);
  const random = randomOf(20010, 'normal-table');
  for (let i = 0; i < size; i++) table[i] = random.normal();
  return table;
}
