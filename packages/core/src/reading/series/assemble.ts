import { Tag } from '../../dicom/index.ts';
import { Fault } from '../../fault/index.ts';
import type { CodecPort } from '../../pixels/index.ts';
import { buildDicomSeries, buildVolumeSeries } from './build-series.ts';
import { compareText, framesOf, type Source } from './frames.ts';
import { type SeriesInput, sortInputs } from './inputs.ts';
import { patientAgeYears, patientSex } from './patient.ts';
import type { LoadedSeries, LoadedStudy } from './series.ts';
import { splitSeries } from './split-series.ts';

export interface AssembleOptions {
  readonly codecs: CodecPort;
  /** Chooses where the input holds several studies. */
  readonly studyInstanceUid?: string | undefined;
}

/**
 * The one study of the input, its series with their roles. The order of the input decides nothing.
 *
 * @throws Fault `NOTHING_FOUND` (no image, or none of the study asked for), `NOT_MR`, `AMBIGUOUS_STUDY` (more than one
 * patient or study and none chosen; `choices` lists the StudyInstanceUIDs)
 */
export async function assembleStudy(
  inputs: readonly SeriesInput[],
  options: AssembleOptions,
): Promise<LoadedStudy> {
  const { images, volumes, warnings } = sortInputs(inputs);
  const chosen = chooseStudy(images, volumes.length > 0, options.studyInstanceUid);
  const series: LoadedSeries[] = [];
  const bySeries = Map.groupBy(chosen, (s) => s.file.dataSet.text(Tag.SeriesInstanceUID) ?? 'no-series-uid');
  for (const uid of [...bySeries.keys()].sort(compareText)) {
    for (const part of splitSeries(bySeries.get(uid)!.flatMap(framesOf))) {
      series.push(await buildDicomSeries(uid, part, options.codecs));
    }
  }
  if (chosen.length === 0) for (const volume of volumes) series.push(await buildVolumeSeries(volume));
  const reference = [...chosen].sort((a, b) => compareText(uidOf(a), uidOf(b)))[0]?.file.dataSet;
  return {
    studyInstanceUid: reference?.text(Tag.StudyInstanceUID),
    patientSex: reference && patientSex(reference),
    patientAgeYears: reference && patientAgeYears(reference),
    series: series.sort(
      (a, b) => (a.seriesNumber ?? Number.MAX_SAFE_INTEGER) - (b.seriesNumber ?? Number.MAX_SAFE_INTEGER),
    ),
    warnings,
  };
}

const uidOf = (source: Source): string => source.file.dataSet.text(Tag.SOPInstanceUID) ?? '';

/** Images of the study that is meant. Patients are told apart by PatientID, where both state one. */
function chooseStudy(images: readonly Source[], withVolumes: boolean, wanted: string | undefined): Source[] {
  const studyOf = (s: Source): string => s.file.dataSet.text(Tag.StudyInstanceUID) ?? '';
  const studies = Map.groupBy(images, studyOf);
  const choices = [...studies.keys()].filter((uid) => uid !== '').sort(compareText);
  if (wanted !== undefined) {
    const found = studies.get(wanted);
    if (found === undefined) {
      throw new Fault('NOTHING_FOUND', 'The input holds no MR image of the study asked for.', {
        advice: 'Choose one of the listed StudyInstanceUIDs.',
        choices,
      });
    }
    refuseTwoPatients(found);
    return found;
  }
  if (studies.size > 1) {
    throw new Fault('AMBIGUOUS_STUDY', `The input holds ${studies.size} studies.`, {
      advice: 'Choose one by its StudyInstanceUID.',
      choices,
    });
  }
  if (studies.size === 1 && withVolumes) {
    throw new Fault('AMBIGUOUS_STUDY', 'The input holds DICOM images and volumes of other formats.', {
      advice: 'Give them one at a time, or choose the DICOM study by its StudyInstanceUID.',
      choices,
    });
  }
  const only = [...studies.values()][0] ?? [];
  refuseTwoPatients(only);
  return only;
}

/** One study of two patients is a mistake that no choice of a study can mend. */
function refuseTwoPatients(images: readonly Source[]): void {
  const patients = new Set(
    images.map((s) => s.file.dataSet.text(Tag.PatientID)).filter((id) => id !== undefined),
  );
  if (patients.size > 1) {
    throw new Fault('AMBIGUOUS_STUDY', `One study names ${patients.size} patients.`, {
      advice: 'Separate the files by patient.',
      choices: [...new Set(images.map((s) => s.file.dataSet.text(Tag.StudyInstanceUID) ?? ''))],
    });
  }
}
