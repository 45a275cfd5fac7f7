import { buildDataSet, createDicomFile, type DataSet, writeDicom } from '../dicom/index.ts';
import { cross, dot, type Vec3 } from '../geometry/index.ts';
import type { Anatomy } from './anatomy.ts';
import { phantomShape } from './phantom-shape.ts';
import { AXIAL_T2, SAGITTAL_STIR, SAGITTAL_T1, SAGITTAL_T2, type SeriesProtocol } from './protocol.ts';
import { randomOf } from './random.ts';
import { type SampleOptions, samplePatient } from './sample.ts';
import { type LabelMap, type RenderedSeries, renderAxial, renderSagittal } from './series.ts';
import { type Truth, truthOf } from './truth.ts';

export interface StudyOptions extends SampleOptions {
  /** Series to make. Default: sagittal T1, sagittal T2, axial T2. */
  readonly series?: readonly ('sagittal-t1' | 'sagittal-t2' | 'sagittal-stir' | 'axial-t2')[];
  /** Slices of the sagittal stacks. */
  readonly sagittalSlices?: number;
  /** Rows and columns of the sagittal pictures; the field of view stays. */
  readonly sagittalPixels?: number;
}

export interface PhantomStudy {
  /** Part 10 files; names are paths such as `T2_SAG/IM0001.dcm`. */
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly truth: Truth;
  /** On the grid shared by the sagittal series; absent where none was asked for. */
  readonly labels?: LabelMap;
  readonly anatomy: Anatomy;
}

const MR_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.4';
/** Nothing comes from the clock. */
const STUDY_DATE = '20240102';

const PROTOCOLS = {
  'sagittal-t1': { protocol: SAGITTAL_T1, folder: 'T1_SAG' },
  'sagittal-t2': { protocol: SAGITTAL_T2, folder: 'T2_SAG' },
  'sagittal-stir': { protocol: SAGITTAL_STIR, folder: 'STIR_SAG' },
  'axial-t2': { protocol: AXIAL_T2, folder: 'T2_TRA' },
} as const;

/**
 * A whole lumbar study of a drawn person as DICOM files, with its truth. Same options, same bytes. The patient is
 * `PHANTOM^LUMBAR`; UIDs come from the seed under 2.25.
 */
export function phantomStudy(options: StudyOptions): PhantomStudy {
  const anatomy = samplePatient(options);
  const shape = phantomShape(anatomy);
  const wanted = options.series ?? (['sagittal-t1', 'sagittal-t2', 'axial-t2'] as const);
  const sagittal = wanted.filter((name) => name !== 'axial-t2');
  const rendered: { readonly name: (typeof wanted)[number]; readonly series: RenderedSeries }[] = [];
  let labels: LabelMap | undefined;
  if (sagittal.length > 0) {
    const protocols = sagittal.map(
      (name): SeriesProtocol =>
        sized(PROTOCOLS[name].protocol, options.sagittalSlices, options.sagittalPixels),
    );
    const result = renderSagittal(shape, protocols, anatomy.seed);
    labels = result.labelMap;
    result.series.forEach((series, i) => {
      rendered.push({ name: sagittal[i], series });
    });
  }
  if (wanted.includes('axial-t2'))
    rendered.push({ name: 'axial-t2', series: renderAxial(shape, AXIAL_T2, anatomy.seed) });
  const files = rendered.flatMap(({ name, series }, number) => {
    const { folder } = PROTOCOLS[name];
    return series.slices.map((_, i) => ({
      name: `${folder}/IM${String(i + 1).padStart(4, '0')}.dcm`,
      bytes: writeDicom(createDicomFile(instance(anatomy, series, number + 1, i))),
    }));
  });
  return { files, truth: truthOf(shape), ...(labels ? { labels } : {}), anatomy };
}

function sized(protocol: SeriesProtocol, slices = protocol.slices, pixels?: number): SeriesProtocol {
  if (pixels === undefined) return { ...protocol, slices };
  const pixelMm = (protocol.columns * protocol.pixelMm) / pixels;
  return { ...protocol, slices, rows: pixels, columns: pixels, pixelMm };
}

/** A UID under 2.25 from 120 bits that the seed and the name give. */
function uid(anatomy: Anatomy, name: string): string {
  const { ageYears, sex, statureCm, seed } = anatomy;
  const random = randomOf(seed, `uid/${name}/${ageYears}${sex}${statureCm}`);
  let value = 0n;
  for (let i = 0; i < 4; i++) value = (value << 30n) | BigInt(random.bits() >>> 2);
  return `2.25.${value + 1n}`;
}

function instance(anatomy: Anatomy, series: RenderedSeries, seriesNumber: number, index: number): DataSet {
  const { protocol: p, slices } = series;
  const slice = slices[index];
  const { sequence } = p;
  const normal = cross(slice.columnAxis, slice.rowAxis);
  const train = sequence.kind === 'stir' ? 16 : sequence.echoTrain;
  const time = (minutes: number) => `1${String(minutes).padStart(2, '0')}000`.padStart(6, '0');
  return buildDataSet({
    SpecificCharacterSet: 'ISO_IR 100',
    ImageType: ['ORIGINAL', 'PRIMARY', 'OTHER'],
    SOPClassUID: MR_IMAGE_STORAGE,
    SOPInstanceUID: uid(anatomy, `${p.name}/${index}`),
    StudyDate: STUDY_DATE,
    SeriesDate: STUDY_DATE,
    AcquisitionDate: STUDY_DATE,
    ContentDate: STUDY_DATE,
    StudyTime: time(0),
    SeriesTime: time(seriesNumber * 5),
    AcquisitionTime: time(seriesNumber * 5),
    ContentTime: time(seriesNumber * 5),
    AccessionNumber: '',
    Modality: 'MR',
    Manufacturer: 'Promontory',
    ManufacturerModelName: 'Lumbar phantom',
    ReferringPhysicianName: '',
    StudyDescription: 'MR LUMBAR SPINE (SIMULATED)',
    SeriesDescription: p.name,
    PatientName: 'PHANTOM^LUMBAR',
    PatientID: `PHANTOM-${anatomy.seed}`,
    PatientBirthDate: '',
    PatientSex: anatomy.sex,
    PatientAge: `${String(anatomy.ageYears).padStart(3, '0')}Y`,
    PatientSize: anatomy.statureCm / 100,
    BodyPartExamined: 'LSPINE',
    ScanningSequence: sequence.kind === 'stir' ? ['SE', 'IR'] : 'SE',
    SequenceVariant: 'SK',
    ScanOptions: sequence.kind === 'stir' ? 'FS' : '',
    MRAcquisitionType: sequence.kind === 'space' ? '3D' : '2D',
    SequenceName: sequence.kind,
    SliceThickness: p.thicknessMm,
    RepetitionTime: sequence.repetitionMs,
    EchoTime: sequence.echoMs,
    InversionTime: sequence.kind === 'stir' ? sequence.inversionMs : undefined,
    NumberOfAverages: 1,
    ImagingFrequency: Number((42.577 * p.fieldTesla).toFixed(3)),
    ImagedNucleus: '1H',
    MagneticFieldStrength: p.fieldTesla,
    SpacingBetweenSlices: p.spacingMm,
    EchoTrainLength: train,
    PercentSampling: Math.round(100 * p.phaseShare),
    PercentPhaseFieldOfView: 100,
    PixelBandwidth: p.bandwidthHz,
    ProtocolName: p.name,
    SoftwareVersions: 'phantom 1',
    InPlanePhaseEncodingDirection: 'COL',
    FlipAngle: p.flipDeg,
    PatientPosition: 'HFS',
    StudyInstanceUID: uid(anatomy, 'study'),
    SeriesInstanceUID: uid(anatomy, `series/${p.name}`),
    StudyID: '1',
    SeriesNumber: seriesNumber,
    InstanceNumber: index + 1,
    ImagePositionPatient: slice.originMm.map(decimal),
    ImageOrientationPatient: [...slice.columnAxis, ...slice.rowAxis].map(decimal),
    FrameOfReferenceUID: uid(anatomy, 'frame'),
    PositionReferenceIndicator: '',
    SliceLocation: decimal(dot(slice.originMm, normal as Vec3)),
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: p.rows,
    Columns: p.columns,
    PixelSpacing: [p.pixelMm, p.pixelMm],
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    SmallestImagePixelValue: extreme(slice.pixels, false),
    LargestImagePixelValue: extreme(slice.pixels, true),
    WindowCenter: 1100,
    WindowWidth: 2200,
    PixelData: slice.pixels,
  });
}

/** Eight decimals: exact enough for directions, and short. */
const decimal = (x: number): number => Math.round(x * 1e8) / 1e8 + 0;

function extreme(pixels: Uint16Array, largest: boolean): number {
  let best = pixels[0];
  for (const v of pixels) if (largest ? v > best : v < best) best = v;
  return best;
}
