import { toIndex } from '../geometry/index.ts';
import type { AxialOutline, Reading } from '../reading/index.ts';
import { MUSCLES, type SeriesRole } from '../spine/index.ts';
import { type AxialKind, type AxialScene, axialPicture } from './axial-picture.ts';
import { keyImages } from './key-images.ts';
import type { Picture, Scene } from './scene.ts';

/** All pictures of a reading: the middle of the spine, each disc, the axial slices through the discs. */
export const readingPictures = (reading: Reading): Picture[] => [
  ...keyImages(sceneOf(reading)),
  ...axialScenes(reading).map(axialPicture),
];

function sceneOf({ findings, series, midSlice, outline }: Reading): Scene {
  const count = series.grid.size[2];
  const index = Math.round(toIndex(series.grid, midSlice.grid.originMm)[2]);
  return {
    slice: midSlice,
    outline,
    findings,
    source: {
      series: inWords(series.role),
      ...(index >= 0 && index < count && { sliceNumber: index + 1, sliceCount: count }),
    },
  };
}

function axialScenes({ axial }: Reading): AxialScene[] {
  if (axial === undefined) return [];
  return axial.slices.flatMap(({ level, slice, outline }) => {
    const finding = axial.findings.find((f) => f.level === level);
    if (finding === undefined) return [];
    const { millimetresValid } = axial.series;
    return [{ slice, finding, outlines: outlinesOf(outline), millimetresValid }];
  });
}

function outlinesOf({ bone, sac, paired }: AxialOutline): AxialScene['outlines'] {
  const both = (name: keyof typeof paired, kind: AxialKind) =>
    Object.values(paired[name]).map(({ outline }) => ({ kind, outline }));
  return [
    ...MUSCLES.flatMap((name) => both(name, 'muscle')),
    ...(bone ? [{ kind: bone.kind, outline: bone.contour.outline }] : []),
    ...both('facets', 'facets'),
    ...both('ligamentumFlavum', 'ligamentumFlavum'),
    ...(sac ? [{ kind: 'sac' as const, outline: sac.outline }] : []),
  ];
}

const CONTRASTS: Readonly<Record<string, string>> = {
  t1: 'T1',
  t2: 'T2',
  stir: 'STIR',
  space: 'T2 SPACE',
  'dixon-water': 'water image',
  'dixon-fat': 'fat image',
};

/** `sagittal-t2` → `Sagittal T2`. */
function inWords(role: SeriesRole): string {
  const contrast = CONTRASTS[role.replace('sagittal-', '')];
  return contrast === undefined ? 'Sagittal image' : `Sagittal ${contrast}`;
}
