/** From the data sets of a study's instances to what is scrolled through. */
import { createDicomFile, type DataSet, Tag } from '@promontory/core/dicom';
import {
  type AnatomicalPlane,
  buildStacks,
  classifyNormal,
  dot,
  type Stack,
  type Vec3,
} from '@promontory/core/geometry';
import { windowFromTags } from '@promontory/core/pixels';
import { decideRole, type FrameRecord, framesOf, splitSeries } from '@promontory/core/reading';
import { imagePlane, planeCentre } from './image-plane.ts';
import type { FrameView, SeriesView, StudyFacts } from './study-images.ts';

/** Modalities whose objects have rows and columns but are drawn over images, not shown as such. */
const NO_IMAGES = new Set(['SEG', 'PR', 'KO', 'SR', 'REG', 'RTSTRUCT', 'DOC']);

export interface StudySeries {
  readonly series: readonly SeriesView[];
  readonly otherCount: number;
}

/** Images of a study by series; of each instance the data set without its pixels. */
export async function seriesViews(instances: readonly DataSet[]): Promise<StudySeries> {
  const images = instances.filter(isImage);
  const bySeries = Map.groupBy(images, (image) => image.text(Tag.SeriesInstanceUID) ?? '');
  const series = await Promise.all([...bySeries].map(([uid, own]) => viewsOfSeries(uid, own)));
  return {
    series: series
      .flat()
      .sort((a, b) => (a.seriesNumber ?? 1e9) - (b.seriesNumber ?? 1e9) || (a.id < b.id ? -1 : 1)),
    otherCount: instances.length - images.length,
  };
}

const isImage = (dataSet: DataSet): boolean =>
  (dataSet.number(Tag.Rows) ?? 0) > 0 &&
  (dataSet.number(Tag.Columns) ?? 0) > 0 &&
  dataSet.text(Tag.SOPInstanceUID) !== undefined &&
  dataSet.text(Tag.SOPClassUID) !== undefined &&
  !NO_IMAGES.has(dataSet.text(Tag.Modality) ?? '');

async function viewsOfSeries(uid: string, instances: readonly DataSet[]): Promise<SeriesView[]> {
  const frames = instances.flatMap((dataSet, index) => framesOf({ index, file: createDicomFile(dataSet) }));
  const parts = splitSeries(frames).flatMap((part) => byPlane(part.frames).map((runs) => ({ part, runs })));
  return Promise.all(
    parts.map(async ({ part, runs }, n) => {
      const id = n === 0 ? uid : `${uid}/${n}`;
      const view = await viewOf(id, uid, runs, runs.plane);
      const name = part.part ?? (parts.length > 1 ? (runs.plane ?? `${n + 1}`) : undefined);
      return name === undefined ? view : { ...view, part: name };
    }),
  );
}

interface Runs {
  readonly plane: AnatomicalPlane | undefined;
  readonly frames: readonly FrameRecord[];
  readonly stacks: readonly Stack[];
}

/**
 * A series of axial blocks, each along its disc, is one to a reader; a localiser in three planes is three. Slices that
 * lie where another lies (a repeated acquisition) become a run of their own: nothing is left out.
 */
function byPlane(frames: readonly FrameRecord[]): Runs[] {
  const stacks = buildStacks(frames.map((frame) => frame.geometry));
  const planes = Map.groupBy(stacks, (stack) => (stack.located ? stack.orientation?.plane : undefined));
  const runs: Runs[] = [...planes].map(([plane, own]) => ({ plane, frames, stacks: own }));
  const repeated = stacks.flatMap((stack) => stack.duplicates).map((index) => frames[index]);
  return repeated.length === 0 ? runs : [...runs, ...byPlane(repeated)];
}

/** The direction in which a stack is read: from the patient's right, from the front, from the head. LPS. */
const READING: Readonly<Record<AnatomicalPlane, Vec3>> = {
  sagittal: [1, 0, 0],
  coronal: [0, 1, 0],
  axial: [0, 0, -1],
};

async function viewOf(
  id: string,
  uid: string,
  { frames, stacks }: Runs,
  plane: AnatomicalPlane | undefined,
): Promise<SeriesView> {
  const blocks = stacks
    .map((stack) => blockOf(stack, frames, plane))
    .filter((block) => block.length > 0)
    .sort((a, b) => (plane === undefined ? 0 : placeOf(a, plane) - placeOf(b, plane)));
  const first = frames[stacks[0].slices.find((index) => index !== undefined) ?? 0];
  const { dataSet } = first.source.file;
  const verdict = await decideRole({
    orientation: stacks[0].located ? stacks[0].orientation : undefined,
    stacks: stacks.map((s) => ({ plane: s.orientation?.plane, slices: s.slices.length })),
    acquisition: first.acquisition,
    patientOrientation: dataSet.texts(Tag.PatientOrientation),
    notAnImage: /^(RGB|YBR|PALETTE)/.test(dataSet.text(Tag.PhotometricInterpretation) ?? '')
      ? 'colour'
      : undefined,
  });
  const seriesNumber = dataSet.number(Tag.SeriesNumber);
  const frameOfReferenceUid = dataSet.text(Tag.FrameOfReferenceUID);
  const shown = plane ?? (first.geometry.imageOrientationPatient ? planeOf(first) : undefined);
  return {
    id,
    seriesInstanceUid: uid,
    ...(seriesNumber !== undefined && { seriesNumber }),
    description: dataSet.text(Tag.SeriesDescription) ?? dataSet.text(Tag.ProtocolName) ?? '',
    modality: dataSet.text(Tag.Modality) ?? '',
    ...(shown && { plane: shown }),
    role: verdict.role,
    isDerived: verdict.derived,
    isFatSuppressed: verdict.fatSuppressed,
    ...(frameOfReferenceUid !== undefined && { frameOfReferenceUid }),
    frames: blocks.flat(),
    ...(stacks.length === 1 && stacks[0].slices.length > 1 && { stepMm: stacks[0].grid.spacingMm[2] }),
  };
}

function planeOf({ geometry }: FrameRecord): AnatomicalPlane | undefined {
  const plane = imagePlane(geometry, undefined);
  return classifyNormal(plane.normal).plane;
}

function blockOf(
  stack: Stack,
  frames: readonly FrameRecord[],
  plane: AnatomicalPlane | undefined,
): FrameView[] {
  const stepMm = stack.slices.length > 1 ? stack.grid.spacingMm[2] : undefined;
  const views = stack.slices.flatMap((index) =>
    index === undefined ? [] : [frameView(frames[index], stepMm)],
  );
  const isBackward = plane !== undefined && dot(stack.grid.axes[2], READING[plane]) < 0;
  return isBackward ? views.reverse() : views;
}

function placeOf(block: readonly FrameView[], plane: AnatomicalPlane): number {
  const places = block.map((view) => dot(planeCentre(view.plane), READING[plane]));
  return places.reduce((sum, place) => sum + place, 0) / places.length;
}

function frameView({ source, frame, geometry }: FrameRecord, stepMm: number | undefined): FrameView {
  const { dataSet } = source.file;
  const window = windowFromTags(dataSet, frame);
  const instanceNumber = dataSet.number(Tag.InstanceNumber);
  return {
    sopInstanceUid: dataSet.text(Tag.SOPInstanceUID) ?? '',
    frame: frame + 1,
    ...(instanceNumber !== undefined && { instanceNumber }),
    plane: imagePlane(geometry, stepMm),
    ...(window && { window }),
  };
}

export function studyFacts(dataSet: DataSet): StudyFacts {
  const birthDate = dataSet.text(Tag.PatientBirthDate);
  const sex = dataSet.text(Tag.PatientSex);
  const date = dataSet.text(Tag.StudyDate);
  const time = dataSet.text(Tag.StudyTime);
  return {
    patientName: dataSet.text(Tag.PatientName) ?? '',
    patientId: dataSet.text(Tag.PatientID) ?? '',
    ...(birthDate && { patientBirthDate: birthDate }),
    ...(sex && { patientSex: sex }),
    ...(date && { studyDate: date }),
    ...(time && { studyTime: time }),
    description: dataSet.text(Tag.StudyDescription) ?? '',
  };
}
