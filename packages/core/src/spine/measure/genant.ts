import type { BodySize } from './body.ts';

export type GenantShape = 'none' | 'wedge' | 'biconcave' | 'crush';
export interface GenantGrade {
  readonly value: 0 | 1 | 2 | 3;
  readonly shape: GenantShape;
}

type Heights = Pick<BodySize, 'anterior' | 'middle' | 'posterior'>;

/** Loss of height, percent, from which a grade begins: 20–25 mild, 25–40 moderate, above 40 severe. */
const MILD = 20;
const MODERATE = 25;
const SEVERE = 40;

/**
 * Genant's semi-quantitative grade (J Bone Miner Res 1993; 8: 1137; thresholds as restated by Wáng, Quant Imaging Med
 * Surg 2019, 10.21037/qims.2019.02.04) from heights alone. Experimental: the scale is visual, and a short height is
 * not yet a fracture.
 *
 * - wedge: anterior against posterior height
 * - biconcave: middle against posterior height
 * - crush: anterior and posterior height, both against the mean of the neighbours; a body that is only lower behind,
 *   as L5 normally is, is therefore no crush. Needs a neighbour.
 *
 * @param neighbours heights of the next bodies above and below, the sacrum not counted
 */
export function genantGrade(heights: Heights, neighbours: readonly Heights[]): GenantGrade {
  const losses: [GenantShape, number][] = [
    ['wedge', lossPercent(heights.anterior, heights.posterior)],
    ['biconcave', lossPercent(heights.middle, heights.posterior)],
  ];
  if (neighbours.length > 0) {
    const mean = (of: keyof Heights): number =>
      neighbours.reduce((sum, n) => sum + n[of], 0) / neighbours.length;
    const front = lossPercent(heights.anterior, mean('anterior'));
    const back = lossPercent(heights.posterior, mean('posterior'));
    losses.push(['crush', Math.min(front, back)]);
  }
  const [shape, loss] = losses.reduce((worst, next) => (next[1] > worst[1] ? next : worst));
  const value = loss > SEVERE ? 3 : loss >= MODERATE ? 2 : loss >= MILD ? 1 : 0;
  return { value, shape: value === 0 ? 'none' : shape };
}

const lossPercent = (height: number, reference: number): number => 100 * (1 - height / reference);
