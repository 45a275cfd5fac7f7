import { type DataSet, type DicomFile, Tag } from '../../dicom/index.ts';
import type { SliceGeometry } from '../../geometry/index.ts';
import { functionalGroup } from '../../pixels/index.ts';
import { type Acquisition, readAcquisition } from './acquisition.ts';

/** One DICOM image object of the input. */
export interface Source {
  /** Place in the input. */
  readonly index: number;
  readonly file: DicomFile;
}

/** One frame of an image object with what decides its series, stack and role. */
export interface FrameRecord {
  readonly source: Source;
  readonly frame: number;
  readonly geometry: SliceGeometry;
  readonly acquisition: Acquisition;
}

/** Frames beyond this in one object are not listed; pixels are held against their own limits. */
const FRAMES_AT_MOST = 10_000;

/** All frames of an object; geometry by functional groups where there are any (PS3.3 C.7.6.16), else by the object. */
export function framesOf(source: Source): FrameRecord[] {
  const { dataSet } = source.file;
  const enhanced =
    dataSet.has(Tag.PerFrameFunctionalGroupsSequence) || dataSet.has(Tag.SharedFunctionalGroupsSequence);
  const count = Math.min(FRAMES_AT_MOST, Math.max(1, dataSet.number(Tag.NumberOfFrames) ?? 1));
  return Array.from({ length: count }, (_, frame) => ({
    source,
    frame,
    geometry: geometryOf(dataSet, frame, enhanced),
    acquisition: readAcquisition(dataSet, frame),
  }));
}

function geometryOf(dataSet: DataSet, frame: number, enhanced: boolean): SliceGeometry {
  const within = (sequence: number): DataSet | undefined =>
    enhanced ? functionalGroup(dataSet, sequence, frame) : undefined;
  const measures = within(Tag.PixelMeasuresSequence) ?? dataSet;
  return {
    imagePositionPatient: filled(
      (within(Tag.PlanePositionSequence) ?? dataSet).numbers(Tag.ImagePositionPatient),
    ),
    imageOrientationPatient: filled(
      (within(Tag.PlaneOrientationSequence) ?? dataSet).numbers(Tag.ImageOrientationPatient),
    ),
    pixelSpacing: spacingOf(measures),
    rows: dataSet.number(Tag.Rows) ?? 0,
    columns: dataSet.number(Tag.Columns) ?? 0,
    sliceThicknessMm: measures.number(Tag.SliceThickness),
    spacingBetweenSlicesMm: measures.number(Tag.SpacingBetweenSlices),
  };
}

/** Stated but unreadable spacing is NaN, so that it is told apart from spacing that is absent. */
function spacingOf(measures: DataSet): number[] | undefined {
  const values = measures.numbers(Tag.PixelSpacing);
  if (values.length > 0) return values;
  return measures.text(Tag.PixelSpacing) === undefined ? undefined : [Number.NaN, Number.NaN];
}

const filled = (values: readonly number[]): readonly number[] | undefined =>
  values.length === 0 ? undefined : values;

/**
 * The order of frames before geometry is looked at: by instance number, UID and frame. It decides nothing but which of
 * two slices at one place is kept, and the order of slices that have no position at all.
 */
export function compareFrames(a: FrameRecord, b: FrameRecord): number {
  const number = (f: FrameRecord) =>
    f.source.file.dataSet.number(Tag.InstanceNumber) ?? Number.MAX_SAFE_INTEGER;
  const uid = (f: FrameRecord) => f.source.file.dataSet.text(Tag.SOPInstanceUID) ?? '';
  return (
    number(a) - number(b) ||
    compareText(uid(a), uid(b)) ||
    a.frame - b.frame ||
    a.source.index - b.source.index
  );
}

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What tells the contrasts of one series apart: image type, echo, inversion, diffusion weighting. */
export function contrastKey(frame: FrameRecord): string {
  const { imageType, echoTimeMs, inversionTimeMs, diffusionB } = frame.acquisition;
  const times = [echoTimeMs, inversionTimeMs, diffusionB].map((t) => (t === undefined ? '' : t.toFixed(0)));
  return `${imageType.slice(2).join(' ')} ${times.join(' ')}`.trim();
}
