import { expect, test } from 'vitest';
import { buildFindings } from '../report/findings.fixture.ts';
import type { Polygon } from '../spine/index.ts';
import { type AxialScene, axialPicture } from './axial-picture.ts';
import { renderReport } from './report-page.ts';

const circle = (x: number, y: number, r: number): Polygon =>
  Array.from({ length: 24 }, (_, i) => [
    x + r * Math.cos((i * Math.PI) / 12),
    y + r * Math.sin((i * Math.PI) / 12),
  ]);

function scene(changes: Partial<AxialScene> = {}): AxialScene {
  const columns = 240;
  const rows = 240;
  return {
    slice: {
      data: Float32Array.from({ length: columns * rows }, (_, p) => (p * 37) % 91),
      inPlane: { columns, rows, spacingMm: [0.75, 0.75], originMm: [0, 0] },
    },
    finding: buildFindings({ axial: true }).axial!.at(-1)!,
    outlines: [
      { kind: 'disc', outline: circle(90, 60, 24) },
      { kind: 'sac', outline: circle(90, 90, 7) },
    ],
    millimetresValid: true,
    ...changes,
  };
}

const textsOf = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((m) => m[1]);

test('shows the level, the sides of the patient, the area with its doubt, the scale and the status', () => {
  const { svg, name, view, level } = axialPicture(scene());
  expect({ name, view, level }).toEqual({ name: 'axial-L5-S1', view: 'axial', level: 'L5/S1' });
  const texts = textsOf(svg);
  expect(texts).toEqual(
    expect.arrayContaining([
      'L5/S1',
      'R',
      'L',
      '20 mm',
      'Dural sac 121 ± 24 mm²',
      'Unreviewed AI result, experimental',
    ]),
  );
  // Radiological convention: the patient's right on the left of the picture.
  const x = (letter: string) => Number(new RegExp(`x="([\\d.]+)"[^>]*>${letter}<`).exec(svg)?.[1]);
  expect(x('R')).toBeLessThan(x('L'));
});

test('no scale bar without a pixel size, no area where it was not measured', () => {
  const { sacArea: _, ...finding } = scene().finding;
  const texts = textsOf(axialPicture(scene({ millimetresValid: false, finding })).svg);
  expect(texts).not.toContain('20 mm');
  expect(texts).toContain('Dural sac not measured');
});

test('without outlines the picture is there all the same', () => {
  expect(axialPicture(scene({ outlines: [] })).svg).toContain('<image');
});

test('stands in the report beside its numbers, apart from the pictures of the discs', () => {
  const html = renderReport(buildFindings({ axial: true }), [axialPicture(scene())]);
  const section = /<section aria-labelledby="axial">[\s\S]*?<\/section>/.exec(html)?.[0] ?? '';
  expect(section).toContain('Axial T2 slice at L5/S1');
  expect(section).toContain('121');
  expect(section).toContain('experimental');
  expect(section).toContain('Narrowing is not graded');
  expect(renderReport(buildFindings(), [])).not.toContain('aria-labelledby="axial"');
});
