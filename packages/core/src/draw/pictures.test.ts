import { describe, expect, test } from 'vitest';
import { buildFindings } from '../report/findings.fixture.ts';
import { measureSpine } from '../spine/index.ts';
import { discMarks } from './disc-marks.ts';
import { discPicture } from './disc-picture.ts';
import { keyImages } from './key-images.ts';
import { overviewPicture } from './overview-picture.ts';
import { buildScene } from './scene.fixture.ts';

/** Of the drawn boxes, by level: measuring takes longer than drawing. */
const MEASURED_HEIGHTS = new Map(
  measureSpine(buildScene(buildFindings()).outline).discs.map((d) => [d.label, d.heights]),
);

/** Findings whose measurements are those of the drawn boxes. */
function measuredScene(millimetresValid = true) {
  const scene = buildScene(buildFindings({ millimetres: millimetresValid }), millimetresValid);
  for (const disc of scene.findings.discs) {
    disc.heights = millimetresValid ? structuredClone(MEASURED_HEIGHTS.get(disc.label) ?? {}) : {};
  }
  return scene;
}
const textsOf = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((m) => m[1]);

describe('overviewPicture', () => {
  test('names every vertebra and disc, says where it comes from and that nobody reviewed it', () => {
    const { svg, alt } = overviewPicture(measuredScene());
    const texts = textsOf(svg);
    for (const name of ['T11', 'L5', 'S1', 'T11/T12', 'L5/S1', 'A', 'P', 'H', 'F', '50 mm'])
      expect(texts).toContain(name);
    expect(texts).toContain('Sagittal T2, slice 8 of 15');
    expect(texts).toContain('Unreviewed AI result, experimental');
    expect(texts).toContain('Pfirrmann 5');
    expect(texts).toContain('undecided');
    expect(alt).toContain('L4/L5, L5/S1');
    expect(svg).toContain('href="data:image/png;base64,');
  });

  test('no scale bar without trusted millimetres', () => {
    expect(textsOf(overviewPicture(measuredScene(false)).svg)).not.toContain('50 mm');
  });

  test('lettering keeps its proportion to the spine when the pixel size is wrong', () => {
    const scene = buildScene(buildFindings({ millimetres: false }), false);
    const scaled = {
      ...scene,
      slice: { ...scene.slice, inPlane: { ...scene.slice.inPlane, spacingMm: [8, 8] as const } },
      outline: {
        ...scene.outline,
        bodies: scene.outline.bodies.map((b) => ({
          ...b,
          outline: b.outline.map(([u, v]) => [u * 10, v * 10] as const),
        })),
        discs: scene.outline.discs.map((d) => ({
          ...d,
          outline: d.outline.map(([u, v]) => [u * 10, v * 10] as const),
        })),
      },
    };
    const [a, b] = [overviewPicture(scene), overviewPicture(scaled)];
    expect(Math.abs(a.widthPx - b.widthPx)).toBeLessThanOrEqual(1);
    expect(Math.abs(a.heightPx - b.heightPx)).toBeLessThanOrEqual(1);
  });

  test('an empty outline still gives the image', () => {
    const scene = buildScene(buildFindings({ discs: [] }));
    const { svg } = overviewPicture({ ...scene, outline: { ...scene.outline, bodies: [], discs: [] } });
    expect(svg).toContain('data:image/png');
  });

  test('names do not overlap', () => {
    const { svg } = overviewPicture(measuredScene());
    const names = [...svg.matchAll(/<text x="[^"]*" y="([^"]*)" font-size="([^"]*)"[^>]*text-anchor="end"/g)]
      .map((m) => ({ y: Number(m[1]), size: Number(m[2]) }))
      .sort((a, b) => a.y - b.y);
    expect(names.length).toBeGreaterThan(15);
    for (let i = 1; i < names.length; i++) {
      expect(names[i].y - names[i].size * 0.72).toBeGreaterThanOrEqual(names[i - 1].y);
    }
  });
});

describe('discPicture', () => {
  test('draws the three heights with their numbers and the probabilities', () => {
    const scene = measuredScene();
    const picture = discPicture(scene, 'L3/L4');
    const texts = textsOf(picture?.svg ?? '');
    expect(texts.filter((t) => t === '10.0')).toHaveLength(3);
    expect(texts).toContain('10 mm');
    expect(texts.filter((t) => t.endsWith('%'))).toHaveLength(5);
    expect(picture?.name).toBe('disc-L3-L4');
  });

  test('draws no line that contradicts its number', () => {
    const scene = measuredScene();
    const disc = scene.findings.discs[4];
    const right = discMarks(scene.outline, disc);
    expect(right).toHaveLength(3);
    disc.heights.middle = { value: 4, unit: 'mm', uncertainty: 0.5 };
    expect(discMarks(scene.outline, disc).map((m) => m.text)).toEqual(['10.0', '10.0']);
  });

  test('no heights and no scale without trusted millimetres', () => {
    const texts = textsOf(discPicture(measuredScene(false), 'L3/L4')?.svg ?? '');
    expect(texts).not.toContain('10 mm');
    expect(texts).not.toContain('10.0');
  });

  test('says why a grade is missing', () => {
    const scene = buildScene(buildFindings({ t2: false }));
    expect(textsOf(discPicture(scene, 'L5/S1')?.svg ?? '')).toContain('Not graded: needs T2');
  });

  test('a level that is not outlined has no picture', () => {
    expect(discPicture(measuredScene(), 'L6/S1')).toBeUndefined();
  });
});

test('keyImages: the overview, then every disc', () => {
  expect(keyImages(measuredScene()).map((p) => p.name)).toEqual([
    'mid-sagittal',
    'disc-T11-T12',
    'disc-T12-L1',
    'disc-L1-L2',
    'disc-L2-L3',
    'disc-L3-L4',
    'disc-L4-L5',
    'disc-L5-S1',
  ]);
});

test('text from files is harmless inside the pictures', () => {
  const scene = measuredScene();
  const hostile = { ...scene, source: { series: '</text><script>alert(1)</script>' } };
  for (const { svg } of keyImages(hostile)) expect(svg).not.toContain('<script');
});
