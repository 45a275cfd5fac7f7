/** Which objects can be de-identified at all, judged by class and by what they say of themselves. */
import { type DataSet, type DicomFile, Tag } from '../dicom/index.ts';
import { isStorageClass } from './profile.ts';
import type { RefusalReason } from './refusal.ts';
import type { Flag } from './report.ts';

const STORAGE = '1.2.840.10008.5.1.4.1.1.';
const MEDIA_DIRECTORY = '1.2.840.10008.1.3.10';
const MR: ReadonlySet<string> = new Set(['4', '4.1', '4.3', '4.4'].map((end) => STORAGE + end));
/** Without pixels, and yet nothing but numbers, codes and references (PS3.4 table B.5-1). */
const PLAIN_DATA: ReadonlySet<string> = new Set(
  // MR Spectroscopy, Spatial Registration, Deformable Registration, Spatial Fiducials, Real World Value Mapping
  ['4.2', '66.1', '66.3', '66.2', '67'].map((end) => STORAGE + end),
);

const within = (sopClassUid: string, ...families: readonly string[]): boolean =>
  families.some(
    (family) => sopClassUid === STORAGE + family || sopClassUid.startsWith(`${STORAGE}${family}.`),
  );

export interface PolicyOptions {
  readonly cleanStructured: boolean;
  /** Rectangles will be blanked: the caller has looked at the images. */
  readonly regionsGiven: boolean;
}

/** Why the object is refused before anything is done to it, or `undefined`. */
export function refusalReason(file: DicomFile, options: PolicyOptions): RefusalReason | undefined {
  const { dataSet, pixelData } = file;
  const sopClass = dataSet.uid(Tag.SOPClassUID);
  if (sopClass === MEDIA_DIRECTORY || dataSet.has(Tag.DirectoryRecordSequence)) return 'DIRECTORY';
  if (sopClass === undefined || dataSet.uid(Tag.SOPInstanceUID) === undefined) return 'DAMAGED';
  if (file.warnings.some(({ code }) => code === 'FILE_TRUNCATED')) return 'DAMAGED';
  if (!isStorageClass(sopClass)) return 'UNKNOWN_CLASS';
  if (within(sopClass, '104')) return 'ENCAPSULATED_DOCUMENT';
  if (within(sopClass, '88')) return options.cleanStructured ? undefined : 'STRUCTURED_REPORT';
  if (pixelData === undefined) return PLAIN_DATA.has(sopClass) ? undefined : 'NO_IMAGE';
  if (options.regionsGiven) return undefined;
  if (within(sopClass, '7')) return 'SECONDARY_CAPTURE';
  if (isScreenSave(dataSet)) return 'SCREEN_SAVE';
  const burnedIn = dataSet.text(Tag.BurnedInAnnotation)?.toUpperCase();
  if (burnedIn === 'YES') return 'BURNED_IN_ANNOTATION';
  // Ultrasound, visible light and video.
  if (within(sopClass, '3', '6', '77') && burnedIn !== 'NO') return 'BURNED_IN_LIKELY';
  return undefined;
}

/** Vendors write it into Image Type, mostly as value 3 or 4. */
function isScreenSave(dataSet: DataSet): boolean {
  return dataSet.texts(Tag.ImageType).some((value) => /SCREEN|SNAPSHOT|CAPTURE/i.test(value));
}

/** What a person should look at. */
export function flagsOf(file: DicomFile): readonly Flag[] {
  const { dataSet, pixelData } = file;
  const flags: Flag[] = [];
  const [origin, kind] = dataSet.texts(Tag.ImageType);
  if (origin === 'DERIVED' && kind === 'SECONDARY') flags.push('DERIVED_IMAGE');
  const head = /HEAD|BRAIN|SKULL|FACE|ORBIT|SINUS/i.test(dataSet.text(Tag.BodyPartExamined) ?? '');
  if (head || dataSet.text(Tag.RecognizableVisualFeatures) === 'YES') flags.push('FACE_POSSIBLE');
  const sopClass = dataSet.text(Tag.SOPClassUID) ?? '';
  // Ordinary MR has no text in its pixels and mostly says nothing of it.
  const ordinary = MR.has(sopClass) && origin === 'ORIGINAL';
  if (pixelData !== undefined && !ordinary && !dataSet.has(Tag.BurnedInAnnotation)) {
    flags.push('BURNED_IN_NOT_STATED');
  }
  return flags;
}
