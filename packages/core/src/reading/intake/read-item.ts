import { parseDicom } from '../../dicom/index.ts';
import { Fault } from '../../fault/index.ts';
import { type FileKind, readMetaImage, readNifti, readPngVolume } from '../../formats/index.ts';
import type { SeriesInput } from '../series/index.ts';

export interface ItemOptions {
  /** Pixel size of a PNG, mm; without it a PNG has no millimetres. */
  readonly pngSpacingMm?: number | undefined;
}

/** Stands in where a PNG's pixel size is not known; no length is taken from it. */
const UNKNOWN_SPACING_MM = 1;

/**
 * The image in a file.
 * @throws Fault of the format's reader; `UNSUPPORTED` or `NOT_RECOGNISED` for kinds that hold no image
 */
export function readItem(
  index: number,
  kind: FileKind,
  bytes: Uint8Array,
  options: ItemOptions,
): SeriesInput {
  switch (kind) {
    case 'dicom':
      return { index, file: parseDicom(bytes) };
    case 'nifti':
    case 'nifti-gz':
      return { index, ...readNifti(bytes) };
    case 'metaimage':
      return { index, ...readMetaImage(bytes) };
    case 'png': {
      const spacing = options.pngSpacingMm ?? UNKNOWN_SPACING_MM;
      const placement = { pixelSpacingMm: [spacing, spacing], plane: 'sagittal' } as const;
      return { index, ...readPngVolume(bytes, placement), spacingKnown: options.pngSpacingMm !== undefined };
    }
    case 'gzip':
      throw new Fault('UNSUPPORTED', 'The gzip file holds no NIfTI volume.', {
        advice: 'Extract it and give what it holds.',
      });
    default:
      throw new Fault('NOT_RECOGNISED', 'The file is of no kind that is read.', {
        advice: 'Give DICOM files, a folder or ZIP of them, or a NIfTI, MetaImage or PNG file.',
      });
  }
}
