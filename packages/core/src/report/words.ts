import type { Findings, Measurement, SeriesRole } from '../spine/index.ts';

/*
 * Codes of the findings document in plain words, for people. An unknown code is spelt out, never dropped.
 */

const REASONS: Readonly<Record<string, string>> = {
  'needs-T2': 'needs a T2-weighted image, which this study does not hold',
  'needs-T1-and-T2': 'needs T1- and T2-weighted images together',
  'needs-T1': 'needs a T1-weighted image, which this study does not hold',
  'spacing-implausible': 'the pixel size of the image cannot be trusted, so no millimetres are given',
  'spacing-missing': 'the image does not state its pixel size',
  'cut-by-image-edge': 'cut off by the edge of the image',
  'not-seen': 'not seen in the images',
  'not-segmented': 'not outlined by the models in use',
  'outline-not-readable': 'the outline found is not regular enough to measure',
  'outline-edited': 'was read within an outline that has been drawn anew',
  'not-applicable': 'does not exist here',
  'no-reference-signal': 'the reference signal (CSF or fat) was not found',
  'needs-axial-T2': 'needs axial T2-weighted images that pass the discs, which this study does not hold',
  'too-uncertain-to-measure': 'its uncertainty is as large as its value',
  'too-uncertain': 'the software can neither name it nor rule it out',
  'out-of-distribution': 'the image differs from those the software was tested on',
};

/** Why something is absent, as the end of a sentence: “… was not graded: needs a T2-weighted image”. */
export function reasonInWords(code: string | undefined): string {
  if (code === undefined) return 'no reason was recorded';
  return REASONS[code] ?? code.replaceAll('-', ' ');
}

const ROLES: Readonly<Record<SeriesRole, string>> = {
  'sagittal-t1': 'Sagittal T1',
  'sagittal-t2': 'Sagittal T2',
  'sagittal-stir': 'Sagittal STIR',
  'sagittal-space': 'Sagittal T2 SPACE',
  'sagittal-dixon-water': 'Sagittal Dixon, water',
  'sagittal-dixon-fat': 'Sagittal Dixon, fat',
  'sagittal-other': 'Sagittal, other',
  'axial-t1': 'Axial T1',
  'axial-t2': 'Axial T2',
  'axial-other': 'Axial, other',
  coronal: 'Coronal',
  localiser: 'Localiser',
  other: 'Other',
};
export const roleInWords = (role: SeriesRole): string => ROLES[role];

const WARNINGS: Readonly<Record<string, string>> = {
  SPACING_IMPLAUSIBLE: 'Pixel size not plausible',
  SPACING_MISSING: 'Pixel size missing',
  ORIENTATION_MISSING: 'Orientation missing',
  ORIENTATION_FLIPPED: 'Orientation unusual',
  SLICES_MISSING: 'Slices missing',
  SLICES_DUPLICATED: 'Slices repeated',
  SLICES_MIXED_ORIENTATION: 'Slices of different orientation in one series',
  SLICE_UNREADABLE: 'A slice could not be read',
  SLICE_CONSTANT: 'A slice is empty',
  SERIES_UNREADABLE: 'A series could not be read',
  FILE_SKIPPED: 'A file was left out',
  FILE_TRUNCATED: 'A file ends too early',
  SERIES_ROLE_GUESSED: 'Kind of series guessed',
  SINGLE_SLICE: 'One slice only',
  T2_MISSING: 'No T2-weighted image',
  T1_MISSING: 'No T1-weighted image',
  SACRUM_NOT_SEEN: 'Sacrum not seen',
  NUMBERING_UNCERTAIN: 'Level names uncertain',
  TRANSITIONAL_SUSPECTED: 'Transitional vertebra possible',
  FIELD_OF_VIEW_SHORT: 'Part of the lumbar spine not imaged',
  SEGMENTATION_IMPLAUSIBLE: 'Outlines not plausible',
  IMAGE_QUALITY_LOW: 'Low image quality',
  OUT_OF_DISTRIBUTION: 'Unusual image',
};
/** A short title for a warning code; the message that comes with it says the rest. */
export function warningTitle(code: string): string {
  return WARNINGS[code] ?? sentenceCase(code.toLowerCase().replaceAll('_', ' '));
}

/** A warning's message, led by the kind of series that it is about where it names one of the study. */
export function warningInWords(
  { message, subject }: Findings['quality']['warnings'][number],
  { series }: Findings['study'],
): string {
  const about = series.find((s) => s.seriesInstanceUid === subject);
  return about === undefined ? message : `${sentenceCase(roleInWords(about.role))}: ${message}`;
}

const MEASURES: Readonly<Record<string, string>> = {
  heights: 'heights',
  'heights.anterior': 'anterior height',
  'heights.middle': 'middle height',
  'heights.posterior': 'posterior height',
  heightIndex: 'height index',
  wedgeAngle: 'wedge angle',
  depth: 'depth',
  area: 'area',
  signalRatio: 'signal against CSF',
  posteriorProtrusion: 'posterior protrusion',
  highIntensityZone: 'high-intensity zone',
  heightLoss: 'height loss',
  genant: 'shape (Genant grade)',
  signalToSac: 'marrow signal against CSF',
  canalDiameter: 'canal diameter',
  sacDiameter: 'dural sac diameter',
  sacToCanalRatio: 'sac to canal ratio',
  csfFraction: 'CSF fraction',
  lordosisL1S1: 'lordosis L1–S1',
  lordosisL4S1: 'lordosis L4–S1',
  sacralSlope: 'sacral slope',
  conusLevel: 'level of the conus',
  sacEnd: 'end of the dural sac',
  sacArea: 'dural sac area on axial slices',
  sacAnteroposterior: 'dural sac front to back on axial slices',
  sacTransverse: 'dural sac side to side on axial slices',
  erectorSpinae: 'erector spinae',
  segmental: 'segmental angles',
  slips: 'slips',
};
/** The name of a measured field for people; fields that are not known here are spelt out from their camelCase. */
export function measureInWords(field: string): string {
  return (
    MEASURES[field] ??
    field
      .replaceAll(/[._]/g, ' ')
      .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
  );
}

const UNITS = { mm: ' mm', mm2: ' mm²', deg: '°', ratio: '', percent: ' %' } as const;

/** `8.4 mm`; ratios with two decimals, areas and percents without. */
export function valueInWords({ value, unit }: Pick<Measurement, 'value' | 'unit'>): string {
  return `${numberInWords(value, unit)}${UNITS[unit]}`;
}

/** `8.4 ± 0.7 mm`: value and half-width of the 95 % interval. */
export function measurementInWords({ value, uncertainty, unit }: Measurement): string {
  const pair = `${numberInWords(value, unit)} ± ${numberInWords(uncertainty, unit)}`;
  return unit === 'deg' ? `${pair}°` : `${pair}${UNITS[unit]}`;
}

function numberInWords(value: number, unit: Measurement['unit']): string {
  const text = value.toFixed(unit === 'ratio' ? 2 : unit === 'mm2' || unit === 'percent' ? 0 : 1);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** `93 %`, and never a rounded certainty: 0.998 becomes `> 99 %`. */
export function probabilityInWords(p: number): string {
  if (p > 0.99 && p < 1) return '> 99 %';
  if (p < 0.01 && p > 0) return '< 1 %';
  return `${Math.round(p * 100)} %`;
}

/** What the lowest disc might be instead, likeliest first; what is less likely than 1 % is left to the findings. */
export function otherLowestDiscs({ alternatives }: Findings['numbering']): string[] {
  return alternatives
    .filter((a) => a.probability >= 0.01)
    .map((a) => `${a.lowestDisc} (${probabilityInWords(a.probability)})`);
}

/** `3`, `3 or 4`, `2, 3 or 4`. */
export function listInWords(items: readonly (string | number)[], joint: 'or' | 'and' = 'or'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${joint} ${items[items.length - 1]}`;
}

export const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const COUNTS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
export const countInWords = (n: number): string => COUNTS[n] ?? String(n);
