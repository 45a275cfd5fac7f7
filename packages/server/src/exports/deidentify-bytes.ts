/** One file through the de-identification: the command and the export do it alike, and so with like results. */
import {
  type Deidentified,
  type DeidOptions,
  decodeToNative,
  deidentify,
  type Refusal,
} from '@promontory/core/deid';
import { type DicomFile, parseDicom } from '@promontory/core/dicom';
import type { CodecPort } from '@promontory/core/pixels';
import { pathOf } from './object-path.ts';

export type DeidentifiedBytes = Refusal | (Deidentified & { /** By the new UIDs. */ readonly path: string });

/** @throws Fault as `parseDicom`, `decodeToNative`, `deidentify` and `pathOf` */
export async function deidentifyBytes(
  bytes: Uint8Array,
  options: DeidOptions,
  codecs: () => CodecPort | Promise<CodecPort>,
): Promise<DeidentifiedBytes> {
  const file = await readable(parseDicom(bytes), options, codecs);
  const outcome = deidentify(file, options);
  return outcome.outcome === 'refused' ? outcome : { ...outcome, path: pathOf(outcome.file) };
}

/** Compressed pixels are decoded only where something in them is to be blanked; what is cut off is refused anyway. */
async function readable(
  file: DicomFile,
  { cleanPixels }: DeidOptions,
  codecs: () => CodecPort | Promise<CodecPort>,
): Promise<DicomFile> {
  if (cleanPixels === undefined || file.pixelData?.fragments === undefined) return file;
  if (file.warnings.some(({ code }) => code === 'FILE_TRUNCATED')) return file;
  return decodeToNative(file, await codecs());
}
