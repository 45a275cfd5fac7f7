/** A DICOM file in memory (PS3.10 section 7). */
import { Fault, type Warning } from '../fault/index.ts';
import type { DataSet } from './data-set.ts';
import { DataSetBuilder } from './data-set-builder.ts';
import { Tag } from './dictionary.generated.ts';
import { type PixelData, pixelDataOf } from './pixel-data.ts';
import { type Encoding, encodingOf, TransferSyntax } from './transfer-syntax.ts';

export interface DicomFile {
  /** File meta information, group 0002; empty in a file that has none. */
  readonly meta: DataSet;
  readonly dataSet: DataSet;
  /** As declared, or as guessed (warning TRANSFER_SYNTAX_GUESSED). */
  readonly transferSyntaxUid: string;
  /** How the elements of `dataSet` are written: that of the transfer syntax, unless the file contradicts itself. */
  readonly encoding: Encoding;
  /** The 128 bytes before `DICM`, not to be trusted (CVE-2019-11687); `undefined` where the file has no such start. */
  readonly preamble: Uint8Array | undefined;
  /** `DICM` stands before the meta information. */
  readonly hasPrefix: boolean;
  readonly pixelData: PixelData | undefined;
  /** Grows when values are decoded later on and found malformed. */
  readonly warnings: readonly Warning[];
  /** Bytes after the last whole element that are no element (padding). */
  readonly trailing: Uint8Array | undefined;
  /** The data set as it came, deflated: written again as it is as long as the data set is the same. */
  readonly deflated: { readonly of: DataSet; readonly bytes: Uint8Array } | undefined;
}

/** Root of the UID below is 2.25: the rest is a UUID made once for this project (PS3.5 section B.2). */
const IMPLEMENTATION_CLASS_UID = '2.25.173437694438826407182488560550669838665';
const IMPLEMENTATION_VERSION_NAME = 'PROMONTORY_0_1';

export interface CreateOptions {
  /** Default: explicit VR little endian. Pixel data must already be in this syntax. */
  readonly transferSyntaxUid?: string;
}

/**
 * A Part 10 file around a data set: zero preamble, meta information from its SOP Class and SOP Instance UID.
 * @throws Fault MALFORMED when either UID is absent
 */
export function createDicomFile(dataSet: DataSet, options: CreateOptions = {}): DicomFile {
  const sopClassUid = dataSet.text(Tag.SOPClassUID);
  const sopInstanceUid = dataSet.text(Tag.SOPInstanceUID);
  if (sopClassUid === undefined || sopInstanceUid === undefined) {
    throw new Fault('MALFORMED', 'a file needs SOP Class UID and SOP Instance UID', { tag: '(0008,0016)' });
  }
  const transferSyntaxUid = options.transferSyntaxUid ?? TransferSyntax.ExplicitVRLittleEndian;
  const meta = new DataSetBuilder()
    .set(Tag.FileMetaInformationGroupLength, 0)
    .set(Tag.FileMetaInformationVersion, Uint8Array.of(0, 1))
    .set(Tag.MediaStorageSOPClassUID, sopClassUid)
    .set(Tag.MediaStorageSOPInstanceUID, sopInstanceUid)
    .set(Tag.TransferSyntaxUID, transferSyntaxUid)
    .set(Tag.ImplementationClassUID, IMPLEMENTATION_CLASS_UID)
    .set(Tag.ImplementationVersionName, IMPLEMENTATION_VERSION_NAME)
    .build();
  return {
    meta,
    dataSet,
    transferSyntaxUid,
    encoding: encodingOf(transferSyntaxUid),
    preamble: new Uint8Array(128),
    hasPrefix: true,
    pixelData: pixelDataOf(dataSet),
    warnings: [],
    trailing: undefined,
    deflated: undefined,
  };
}

/** The same file around a changed data set. */
export function withDataSet(file: DicomFile, dataSet: DataSet): DicomFile {
  return { ...file, dataSet, pixelData: pixelDataOf(dataSet) };
}
