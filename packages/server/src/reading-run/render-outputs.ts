import {
  type AxialKind,
  type AxialScene,
  axialPicture,
  keyImages,
  renderReport,
  type Scene,
} from '@promontory/core/draw';
import { writeNiftiGz } from '@promontory/core/formats';
import { toIndex } from '@promontory/core/geometry';
import type { AxialOutline, Reading } from '@promontory/core/reading';
import { MUSCLES, type SeriesRole } from '@promontory/core/spine';
import type { OutputFile } from '../ports/files/index.ts';
import type { Rasteriser } from '../ports/raster/index.ts';

/** Pixels per CSS pixel: lettering is sharp on screens and paper; twice would take half of all the time spent here. */
const PNG_SCALE = 1.5;

export const KEY_IMAGES = 'key-images';

/** Whether a path is one that an earlier reading wrote: pictures of discs that this one does not name. */
export const isEarlierResult = (path: string): boolean => /^key-images\/[a-z][A-Za-z0-9-]*\.png$/.test(path);

/** All results of a reading as files: findings, segmentation, pictures, report. */
export function renderOutputs(reading: Reading, rasteriser: Rasteriser): OutputFile[] {
  const { findings, segmentation } = reading;
  const pictures = [...keyImages(sceneOf(reading)), ...axialScenes(reading).map(axialPicture)];
  return [
    { path: 'findings.json', bytes: `${JSON.stringify(findings, null, 2)}\n` },
    { path: 'segmentation.nii.gz', bytes: writeNiftiGz(segmentation) },
    { path: 'report.html', bytes: renderReport(findings, pictures) },
    ...pictures.map((picture) => ({
      path: `${KEY_IMAGES}/${picture.name}.png`,
      bytes: rasteriser.toPng(picture.svg, { widthPx: Math.round(PNG_SCALE * picture.widthPx) }),
    })),
  ];
}

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
