import type { Anatomy } from './anatomy.ts';
import { clamp } from './arithmetic.ts';
import type { CanalShape } from './canal-shape.ts';
import { randomOf } from './random.ts';

/** One bundle of the cauda equina: from sample `from` to `to` of the canal, at a share of the sac's depth and width. */
export interface Root {
  readonly from: number;
  readonly to: number;
  /** 0 = front of the sac, 1 = back; at the start and at the end. */
  readonly depthFrom: number;
  readonly depthTo: number;
  /** −1 right … 1 left, of the half width. */
  readonly sideFrom: number;
  readonly sideTo: number;
  readonly halfMm: number;
  readonly wave: number;
}

const BUNDLES = 46;

/** Rootlets sink to the back of the sac in a supine person and leave it one after the other, the middle ones last. */
export function roots(anatomy: Anatomy, canal: CanalShape): Root[] {
  const random = randomOf(anatomy.seed, 'roots');
  const list: Root[] = [];
  const start = canal.conusAt - 22;
  for (let n = 0; n < BUNDLES; n++) {
    const rank = (n + random.uniform()) / BUNDLES;
    const to = start + 40 + (canal.sacEndAt - start - 42) * Math.sqrt(rank);
    const side = (1 - rank) * (random.chance(0.5) ? 1 : -1);
    list.push({
      from: start,
      to,
      depthFrom: clamp(0.62 + 0.16 * random.normal(), 0.25, 0.92),
      depthTo: clamp(0.72 + 0.17 * random.normal() - 0.25 * (1 - rank), 0.12, 0.93),
      sideFrom: clamp(0.35 * side + 0.12 * random.normal(), -0.6, 0.6),
      sideTo: clamp(0.85 * side + 0.1 * random.normal(), -0.88, 0.88),
      halfMm: random.between(0.38, 0.7),
      wave: random.between(0, 40),
    });
  }
  return list;
}
