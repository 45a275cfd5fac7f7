import { type DicomFile, parseDicom, Tag } from '../../dicom/index.ts';
import { Fault, isFault, type Warning } from '../../fault/index.ts';
import type { Volume, VoxelArray } from '../../geometry/index.ts';
import type { SeriesRole } from '../../spine/index.ts';
import type { Source } from './frames.ts';

/** A DICOM file of the input, as bytes or already parsed. `index` is its place in the input, for warnings and hashing. */
export type DicomInput =
  | { readonly index: number; readonly bytes: Uint8Array }
  | { readonly index: number; readonly file: DicomFile };

/** A volume of another format (NIfTI, MetaImage, PNG). */
export interface VolumeInput {
  readonly index: number;
  readonly volume: Volume<VoxelArray>;
  /** False where the file does not state a pixel size and the grid's is a stand-in. Default true. */
  readonly spacingKnown?: boolean;
  /** What a dataset says of the image; without it the contrast is guessed from the pixels. */
  readonly role?: SeriesRole | undefined;
  /** What reading the file left. */
  readonly warnings?: readonly Warning[];
}

export type SeriesInput = DicomInput | VolumeInput;

/** The input sorted out. */
export interface SortedInput {
  readonly images: readonly Source[];
  readonly volumes: readonly VolumeInput[];
  /** About files that could not be read, or hold no image. */
  readonly warnings: readonly Warning[];
}

const MR_STORAGE = new Set([
  '1.2.840.10008.5.1.4.1.1.4',
  '1.2.840.10008.5.1.4.1.1.4.1',
  '1.2.840.10008.5.1.4.1.1.4.3',
  '1.2.840.10008.5.1.4.1.1.4.4',
]);

/**
 * Keeps what is an MR image. A file that is no DICOM, holds no image or cannot be read is left out with a warning.
 * @throws Fault `NOT_MR` if there are images but none of them is MR, `NOTHING_FOUND` if there is no image at all
 */
export function sortInputs(inputs: readonly SeriesInput[]): SortedInput {
  const images: Source[] = [];
  const volumes: VolumeInput[] = [];
  const warnings: Warning[] = [];
  const others = new Set<string>();
  const warn = (code: Warning['code'], message: string, index: number) =>
    warnings.push({ code, message, subject: `input ${index}` });

  for (const input of inputs) {
    if ('volume' in input) {
      volumes.push(input);
      continue;
    }
    const file = parse(input, warn);
    if (file === undefined) continue;
    const modality = file.dataSet.text(Tag.Modality);
    const sopClass = file.dataSet.text(Tag.SOPClassUID) ?? '';
    if (modality !== 'MR' && !(modality === undefined && MR_STORAGE.has(sopClass))) {
      if (file.pixelData !== undefined)
        others.add(modality !== undefined && /^[A-Z]{2,6}$/.test(modality) ? modality : 'unknown');
      warn('FILE_SKIPPED', 'The file is no MR image.', input.index);
      continue;
    }
    if (
      file.pixelData === undefined ||
      !(file.dataSet.number(Tag.Rows)! > 0 && file.dataSet.number(Tag.Columns)! > 0)
    ) {
      const cut = file.warnings.some((w) => w.code === 'FILE_TRUNCATED') || MR_STORAGE.has(sopClass);
      warn(
        cut ? 'SLICE_UNREADABLE' : 'FILE_SKIPPED',
        cut ? 'The file ends before its image.' : 'The file holds no image.',
        input.index,
      );
      continue;
    }
    for (const warning of file.warnings) {
      if (warning.code === 'FILE_TRUNCATED') warn(warning.code, warning.message, input.index);
    }
    images.push({ index: input.index, file });
  }

  if (images.length === 0 && volumes.length === 0) {
    if (others.size > 0) {
      throw new Fault(
        'NOT_MR',
        `The images are not magnetic resonance images (${[...others].sort().join(', ')}).`,
        {
          advice: 'Give a folder with MR images of the lumbar spine.',
        },
      );
    }
    throw new Fault('NOTHING_FOUND', 'No readable image was found in the input.', {
      advice: 'Give DICOM files, a ZIP of them, or a NIfTI, MetaImage or PNG file.',
    });
  }
  return { images, volumes, warnings };
}

function parse(
  input: DicomInput,
  warn: (code: Warning['code'], message: string, index: number) => void,
): DicomFile | undefined {
  if ('file' in input) return input.file;
  try {
    return parseDicom(input.bytes);
  } catch (error) {
    if (!isFault(error)) throw error;
    if (error.code === 'NOT_RECOGNISED') warn('FILE_SKIPPED', 'The file is not DICOM.', input.index);
    else warn('SLICE_UNREADABLE', `The file could not be read (${error.code}).`, input.index);
    return undefined;
  }
}
