import { type DataSet, Tag } from '../../dicom/index.ts';
import { isFault, type Warning } from '../../fault/index.ts';
import { extractSagittalSlice, type Volume } from '../../geometry/index.ts';
import type { CodecPort } from '../../pixels/index.ts';
import { type ContrastGuess, guessContrast } from './guess-contrast.ts';
import type { VolumeInput } from './inputs.ts';
import { loadArray, loadStack } from './load-volume.ts';
import { placeStack, placeVolume } from './place-stack.ts';
import { decideRole, type RoleVerdict } from './role.ts';
import type { LoadedSeries, LoadedVolume, SeriesStack } from './series.ts';
import { judgeSpacing, NOMINAL_HEIGHT_MM } from './spacing.ts';
import type { SeriesPart } from './split-series.ts';

const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';

/** One contrast of a DICOM series. Pixels are decoded only if the role cannot be told without. */
export async function buildDicomSeries(
  seriesInstanceUid: string,
  part: SeriesPart,
  codecs: CodecPort,
): Promise<LoadedSeries> {
  const main = part.stacks[0];
  const stacks = part.stacks.map((stack) => placeStack(stack, thicknessOf(part, stack.slices)));
  const first = part.frames[main.slices.find((s) => s !== undefined)!];
  const { dataSet } = first.source.file;
  const load = (stack = 0): Promise<LoadedVolume> => {
    if (part.stacks[stack] === undefined) throw new RangeError(`stack ${stack} of ${part.stacks.length}`);
    return loadStack(part.stacks[stack], stacks[stack], part.frames, codecs, seriesInstanceUid);
  };
  const loadOne = async (k: number): Promise<Volume<Float32Array> | undefined> => {
    if (main.slices[k] === undefined) return undefined;
    const one = { ...main, slices: main.slices.map((s, i) => (i === k ? s : undefined)) };
    try {
      return (await loadStack(one, stacks[0], part.frames, codecs, seriesInstanceUid)).volume;
    } catch (error) {
      if (isFault(error)) return undefined;
      throw error;
    }
  };
  const verdict = await decideRole({
    orientation: main.orientation,
    stacks: part.stacks.map((s) => ({ plane: s.orientation?.plane, slices: s.slices.length })),
    acquisition: first.acquisition,
    patientOrientation: dataSet.texts(Tag.PatientOrientation),
    notAnImage: notAnImage(dataSet),
    guessContrast: () => guessFromSlices(stacks[0], loadOne),
  });
  const sagittal = verdict.role.startsWith('sagittal');
  const spacing = judgeSpacing(first.geometry.pixelSpacing, first.geometry, sagittal);
  const others = part.warnings.filter((w) => w.code !== 'SPACING_MISSING');
  return {
    seriesInstanceUid,
    part: part.part,
    ...fromVerdict(verdict),
    stacks,
    grid: stacks[0].grid,
    ...spacingFields(stacks[0], spacing),
    acquisition: first.acquisition,
    description: dataSet.text(Tag.SeriesDescription),
    bodyPart: dataSet.text(Tag.BodyPartExamined),
    seriesNumber: dataSet.number(Tag.SeriesNumber),
    frameOfReferenceUid: dataSet.text(Tag.FrameOfReferenceUID),
    fieldStrengthT: fieldStrength(dataSet),
    manufacturer: dataSet.text(Tag.Manufacturer),
    manufacturerModel: dataSet.text(Tag.ManufacturerModelName),
    inputs: [...new Set(part.frames.map((f) => f.source.index))].sort((a, b) => a - b),
    warnings: withSubject(
      [...others, ...(spacing ? [spacing] : []), ...guessWarning(verdict)],
      seriesInstanceUid,
    ),
    loadVolume: load,
  };
}

/** A volume of another format as a series of its own, named by its place in the input. */
export async function buildVolumeSeries(input: VolumeInput): Promise<LoadedSeries> {
  const seriesInstanceUid = `input-${input.index}`;
  const located = !(input.warnings ?? []).some((w) => w.code === 'ORIENTATION_MISSING');
  const placed = placeVolume(input.volume.grid, located);
  const load = async (stack = 0): Promise<LoadedVolume> => {
    if (stack !== 0) throw new RangeError(`stack ${stack} of 1`);
    return loadArray(input.volume, placed, seriesInstanceUid);
  };
  const decided = await decideRole({
    orientation: placed.orientation,
    stacks: [{ plane: placed.orientation?.plane, slices: placed.grid.size[2] }],
    acquisition: undefined,
    notAnImage: looksLikeLabels(input.volume) ? 'few whole values: a label map, not an image' : undefined,
    ...(input.role === undefined && {
      guessContrast: async () => {
        const volume = (await load()).volume;
        return guessFromSlices(placed, async () => volume);
      },
    }),
  });
  const verdict: RoleVerdict =
    input.role === undefined
      ? decided
      : { ...decided, role: input.role, reason: 'as the dataset states', guessed: false };
  const [columns, rows] = placed.grid.size;
  const stated = [placed.grid.spacingMm[1], placed.grid.spacingMm[0]];
  const spacing = judgeSpacing(
    input.spacingKnown === false ? undefined : stated,
    { rows, columns },
    verdict.role.startsWith('sagittal'),
  );
  const single: Warning[] =
    placed.grid.size[2] === 1 ? [{ code: 'SINGLE_SLICE', message: 'There is one slice only.' }] : [];
  return {
    seriesInstanceUid,
    part: undefined,
    ...fromVerdict(verdict),
    stacks: [placed],
    grid: placed.grid,
    ...spacingFields(placed, spacing),
    acquisition: undefined,
    description: undefined,
    bodyPart: undefined,
    seriesNumber: undefined,
    frameOfReferenceUid: undefined,
    fieldStrengthT: undefined,
    manufacturer: undefined,
    manufacturerModel: undefined,
    inputs: [input.index],
    warnings: withSubject(
      [...(input.warnings ?? []), ...single, ...(spacing ? [spacing] : []), ...guessWarning(verdict)],
      seriesInstanceUid,
    ),
    loadVolume: load,
  };
}

/** Sums what the slices in the middle third say, three at most. */
async function guessFromSlices(
  placed: SeriesStack,
  volumeWith: (k: number) => Promise<Volume<Float32Array> | undefined>,
): Promise<ContrastGuess | undefined> {
  const n = placed.grid.size[2];
  const middle = (n - 1) / 2;
  const wanted = new Set([Math.round(middle), Math.round(middle - n / 8), Math.round(middle + n / 8)]);
  let sum = 0;
  let seen = 0;
  for (const k of wanted) {
    const stored = placed.mapping.flip[2] ? n - 1 - k : k;
    const volume = await volumeWith(stored);
    if (volume === undefined) continue;
    const slice = extractSagittalSlice(volume, k);
    const guess = guessContrast(slice.data, slice.inPlane);
    if (guess === undefined) continue;
    sum += guess.contrast === 't2' ? guess.margin : -guess.margin;
    seen++;
  }
  return seen === 0 ? undefined : { contrast: sum > 0 ? 't2' : 't1', margin: Math.abs(sum) / seen };
}

function fromVerdict(verdict: RoleVerdict) {
  const { role, reason, guessed, derived, fatSuppressed, threeD } = verdict;
  return { role, roleReason: reason, roleGuessed: guessed, derived, fatSuppressed, threeD };
}

function spacingFields(placed: SeriesStack, problem: Warning | undefined) {
  const [, rows] = placed.grid.size;
  const [x, y] = placed.grid.spacingMm;
  if (problem === undefined) return { millimetresValid: true, workingSpacingMm: [x, y] as const };
  const nominal = NOMINAL_HEIGHT_MM / rows;
  return { millimetresValid: false, workingSpacingMm: [nominal, nominal] as const };
}

function guessWarning({ guessed, role }: RoleVerdict): Warning[] {
  if (!guessed) return [];
  return [
    {
      code: 'SERIES_ROLE_GUESSED',
      message: `The series is taken for ${role}, but its attributes do not prove it.`,
    },
  ];
}

const withSubject = (warnings: readonly Warning[], subject: string): Warning[] =>
  warnings.map((w) => (w.subject === undefined ? { ...w, subject } : w));

function thicknessOf(part: SeriesPart, slices: readonly (number | undefined)[]): number | undefined {
  const first = slices.find((s) => s !== undefined);
  const thickness = first === undefined ? undefined : part.frames[first].geometry.sliceThicknessMm;
  return thickness !== undefined && thickness > 0 ? thickness : undefined;
}

/** Some write gauss; no clinical magnet has 20 tesla. */
function fieldStrength(dataSet: DataSet): number | undefined {
  const stated = dataSet.number(Tag.MagneticFieldStrength);
  if (stated === undefined || !(stated > 0)) return undefined;
  return stated > 20 ? stated / 10_000 : stated;
}

function notAnImage(dataSet: DataSet): string | undefined {
  if (dataSet.text(Tag.SOPClassUID)?.startsWith(SECONDARY_CAPTURE)) return 'secondary capture';
  if (/^(RGB|YBR|PALETTE)/.test(dataSet.text(Tag.PhotometricInterpretation) ?? '')) return 'colour picture';
  return undefined;
}

/** Whole numbers, nearly all equal to one of a few: no MR image is like that. */
function looksLikeLabels({ data }: VolumeInput['volume']): boolean {
  const values = new Set<number>();
  const step = Math.max(1, Math.floor(data.length / 200_000));
  for (let i = 0; i < data.length; i += step) {
    if (!Number.isInteger(data[i])) return false;
    values.add(data[i]);
    if (values.size > 40) return false;
  }
  return values.size > 1;
}
