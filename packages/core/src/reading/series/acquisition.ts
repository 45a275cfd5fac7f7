import { type DataSet, Tag } from '../../dicom/index.ts';
import { functionalGroup } from '../../pixels/index.ts';

/** What the attributes say of how a frame was acquired (PS3.3 C.8.3.1, C.8.13); absent is `undefined`. */
export interface Acquisition {
  readonly repetitionTimeMs?: number | undefined;
  readonly echoTimeMs?: number | undefined;
  readonly inversionTimeMs?: number | undefined;
  readonly echoTrainLength?: number | undefined;
  readonly flipAngleDeg?: number | undefined;
  /** SE, IR, GR, EP, RM; for enhanced objects made from EchoPulseSequence, InversionRecovery and EchoPlanarPulseSequence. */
  readonly scanningSequence: readonly string[];
  readonly sequenceVariant: readonly string[];
  readonly scanOptions: readonly string[];
  /** ImageType, or FrameType of an enhanced object, in capitals. */
  readonly imageType: readonly string[];
  /** 2D or 3D. */
  readonly acquisitionType?: string | undefined;
  /** AcquisitionContrast of an enhanced object: T1, T2, STIR, PROTON_DENSITY, DIFFUSION, …. */
  readonly statedContrast?: string | undefined;
  /** SeriesDescription, ProtocolName, SequenceName and PulseSequenceName in small letters, for the words of a role. */
  readonly words: string;
  readonly sliceThicknessMm?: number | undefined;
  readonly contrastAgent: boolean;
  readonly diffusionB?: number | undefined;
}

/** Reads the acquisition of frame `frame` of a classic or enhanced MR object. */
export function readAcquisition(dataSet: DataSet, frame: number): Acquisition {
  const enhanced =
    dataSet.has(Tag.SharedFunctionalGroupsSequence) || dataSet.has(Tag.PerFrameFunctionalGroupsSequence);
  const group = (sequence: number): DataSet | undefined =>
    enhanced ? functionalGroup(dataSet, sequence, frame) : undefined;
  const timing = group(Tag.MRTimingAndRelatedParametersSequence);
  const echo = group(Tag.MREchoSequence);
  const modifier = group(Tag.MRModifierSequence);
  const frameType = group(Tag.MRImageFrameTypeSequence);
  const measures = group(Tag.PixelMeasuresSequence);
  const diffusion = group(Tag.MRDiffusionSequence);
  return {
    repetitionTimeMs: timing?.number(Tag.RepetitionTime) ?? dataSet.number(Tag.RepetitionTime),
    echoTimeMs: echo?.number(Tag.EffectiveEchoTime) ?? dataSet.number(Tag.EchoTime),
    inversionTimeMs: modifier?.number(Tag.InversionTimes) ?? dataSet.number(Tag.InversionTime),
    echoTrainLength:
      timing?.number(Tag.RFEchoTrainLength) ??
      timing?.number(Tag.EchoTrainLength) ??
      dataSet.number(Tag.EchoTrainLength),
    flipAngleDeg: timing?.number(Tag.FlipAngle) ?? dataSet.number(Tag.FlipAngle),
    scanningSequence: enhanced
      ? enhancedSequence(dataSet, modifier)
      : capitals(dataSet.texts(Tag.ScanningSequence)),
    sequenceVariant: capitals(dataSet.texts(Tag.SequenceVariant)),
    scanOptions: [
      ...capitals(dataSet.texts(Tag.ScanOptions)),
      // PS3.3 C.8.13.5.11: how fat was kept down, if it was.
      ...capitals(modifier?.texts(Tag.SpectrallySelectedSuppression) ?? []).filter((s) => s === 'FAT'),
    ],
    imageType: capitals(firstFilled(frameType?.texts(Tag.FrameType), dataSet.texts(Tag.ImageType))),
    acquisitionType: dataSet.text(Tag.MRAcquisitionType)?.toUpperCase(),
    statedContrast: (
      frameType?.text(Tag.AcquisitionContrast) ?? dataSet.text(Tag.AcquisitionContrast)
    )?.toUpperCase(),
    words: [Tag.SeriesDescription, Tag.ProtocolName, Tag.SequenceName, Tag.PulseSequenceName]
      .map((tag) => dataSet.text(tag) ?? '')
      .join(' ')
      .toLowerCase(),
    sliceThicknessMm: measures?.number(Tag.SliceThickness) ?? dataSet.number(Tag.SliceThickness),
    contrastAgent:
      dataSet.text(Tag.ContrastBolusAgent) !== undefined ||
      dataSet.items(Tag.ContrastBolusAgentSequence).length > 0,
    diffusionB: diffusion?.number(Tag.DiffusionBValue) ?? dataSet.number(Tag.DiffusionBValue),
  };
}

function enhancedSequence(dataSet: DataSet, modifier: DataSet | undefined): string[] {
  const found: string[] = [];
  const echo = dataSet.text(Tag.EchoPulseSequence)?.toUpperCase();
  if (echo === 'SPIN' || echo === 'BOTH') found.push('SE');
  if (echo === 'GRADIENT' || echo === 'BOTH') found.push('GR');
  if (modifier?.text(Tag.InversionRecovery)?.toUpperCase() === 'YES') found.push('IR');
  if (dataSet.text(Tag.EchoPlanarPulseSequence)?.toUpperCase() === 'YES') found.push('EP');
  return found;
}

const capitals = (texts: readonly string[]): string[] =>
  texts.map((text) => text.trim().toUpperCase()).filter((text) => text !== '');

const firstFilled = (a: readonly string[] | undefined, b: readonly string[]): readonly string[] =>
  a !== undefined && a.length > 0 ? a : b;
