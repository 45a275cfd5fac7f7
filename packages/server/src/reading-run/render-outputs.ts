import { readingPictures, renderReport } from '@promontory/core/draw';
import { writeNiftiGz } from '@promontory/core/formats';
import type { Reading } from '@promontory/core/reading';
import type { OutputFile } from '../ports/files/index.ts';
import type { Rasteriser } from '../ports/raster/index.ts';

/** Pixels per CSS pixel: lettering is sharp on screens and paper; twice would take half of all the time spent here. */
const PNG_SCALE = 1.5;

export const KEY_IMAGES = 'key-images';

/** Whether a path is one that an earlier reading wrote: pictures of discs that this one does not name. */
export const isEarlierResult = (path: string): boolean => /^key-images\/[a-z][A-Za-z0-9-]*\.png$/.test(path);

/** All results of a reading as files: findings, outlines, segmentation, pictures, report. */
export function renderOutputs(reading: Reading, rasteriser: Rasteriser): OutputFile[] {
  const { findings, segmentation, outline } = reading;
  const pictures = readingPictures(reading);
  return [
    { path: 'findings.json', bytes: `${JSON.stringify(findings, null, 2)}\n` },
    { path: 'outline.json', bytes: `${JSON.stringify(outline)}\n` },
    { path: 'segmentation.nii.gz', bytes: writeNiftiGz(segmentation) },
    { path: 'report.html', bytes: renderReport(findings, pictures) },
    ...pictures.map((picture) => ({
      path: `${KEY_IMAGES}/${picture.name}.png`,
      bytes: rasteriser.toPng(picture.svg, { widthPx: Math.round(PNG_SCALE * picture.widthPx) }),
    })),
  ];
}
