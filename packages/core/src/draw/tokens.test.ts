import { expect, test } from 'vitest';
import { contrast } from './contrast.ts';
import { DARK, GRID_PX, IMAGE_COLOURS, LIGHT, OVERLAY, PFIRRMANN_COLOURS, TYPE_PX } from './tokens.ts';

test('contrast follows WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

test.each([
  ['light', LIGHT],
  ['dark', DARK],
])('text reaches 4.5:1 and marks 3:1 in %s', (_name, colours) => {
  for (const ground of [colours.page, colours.surface]) {
    for (const text of [colours.ink, colours.inkSoft, colours.accent]) {
      expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(colours.mark, ground)).toBeGreaterThanOrEqual(3);
  }
  expect(contrast(colours.noticeInk, colours.notice)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(colours.mark, colours.range)).toBeGreaterThanOrEqual(3);
});

test('numerals on grade colours and labels on images reach 4.5:1', () => {
  for (const { fill, ink } of PFIRRMANN_COLOURS) expect(contrast(fill, ink)).toBeGreaterThanOrEqual(4.5);
  for (const ink of [IMAGE_COLOURS.ink, IMAGE_COLOURS.inkSoft]) {
    expect(contrast(ink, IMAGE_COLOURS.ground)).toBeGreaterThanOrEqual(4.5);
  }
  for (const { colour } of Object.values(OVERLAY)) {
    expect(contrast(colour, IMAGE_COLOURS.ground)).toBeGreaterThanOrEqual(4.5);
  }
});

test('grades darken step by step', () => {
  const steps = PFIRRMANN_COLOURS.map(({ fill }) => contrast(fill, '#000000'));
  expect(steps).toEqual(steps.toSorted((a, b) => b - a));
});

test('sizes sit on the grid, body text is at least 16 px', () => {
  expect(TYPE_PX.body).toBeGreaterThanOrEqual(16);
  for (const px of [TYPE_PX.body, TYPE_PX.lead, TYPE_PX.section, TYPE_PX.title]) expect(px % GRID_PX).toBe(0);
});
