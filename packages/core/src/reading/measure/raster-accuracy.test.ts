import { describe, expect, it } from 'vitest';
import { measureSpine, quantitiesOf } from '../../spine/index.ts';
import { drawSpine } from '../../spine/measure/drawn-spine.testing.ts';
import { traced } from './traced-outline.testing.ts';

/*
 * From exact outlines to maps of probability as a segmenter gives them (partial volume, blur, noise), traced again,
 * and measured: what the pixels cost.
 */

const spine = drawSpine();
const truth = quantitiesOf(spine.outline);
const unitOf = (name: string): 'mm' | 'deg' | undefined => {
  if (/ (wedge|segment)$|^lordosis|slope$/.test(name)) return 'deg';
  return / (anterior|middle|posterior|depth|mean|slip|sac|protrusion)$/.test(name) ? 'mm' : undefined;
};

describe.each([
  [1, 0.6, 0.05],
  [0.6, 0.5, 0.05],
  [0.6, 0.8, 0],
])('traced from maps of %f mm pixels, blur %f mm, noise %f', (spacing, blurMm, noise) => {
  const errors = { mm: [] as number[], deg: [] as number[] };
  for (let seed = 1; seed <= 3; seed++) {
    for (const [name, value] of quantitiesOf(traced(spine.outline, spacing, blurMm, noise, seed))) {
      const unit = unitOf(name);
      if (unit !== undefined) errors[unit].push(Math.abs(value - truth.get(name)!));
    }
  }

  it('lengths stay within half a millimetre', () => {
    expect(errors.mm.length).toBeGreaterThan(150);
    const over = errors.mm.filter((e) => e > 0.5).length;
    expect(over / errors.mm.length).toBeLessThanOrEqual(0.01);
    expect(Math.max(...errors.mm)).toBeLessThan(0.75);
  });

  it('angles stay within one degree', () => {
    expect(errors.deg.length).toBeGreaterThan(60);
    expect(Math.max(...errors.deg)).toBeLessThan(1);
  });
});

it('intervals hold the truth', () => {
  const result = measureSpine(traced(spine.outline, 0.6, 0.6, 0.05, 4));
  let [inside, total] = [0, 0];
  for (const body of result.vertebrae) {
    for (const part of ['anterior', 'middle', 'posterior'] as const) {
      const m = body.heights[part];
      if (m === undefined) continue;
      total++;
      if (Math.abs(m.value - truth.get(`${body.label} ${part}`)!) <= m.uncertainty) inside++;
    }
  }
  expect(total).toBe(18);
  expect(inside).toBeGreaterThanOrEqual(17);
});
