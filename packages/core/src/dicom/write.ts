/** From a DICOM file to bytes. */
import { deflateSync } from 'fflate';
import { Fault } from '../fault/index.ts';
import { concatenate, lengthOf } from './bytes.ts';
import type { DataSet } from './data-set.ts';
import { DataSetBuilder } from './data-set-builder.ts';
import { createDicomFile, type DicomFile } from './dicom-file.ts';
import { Tag } from './dictionary.generated.ts';
import { padded } from './encode-values.ts';
import { EXPLICIT_LITTLE, encodingOf, isDeflated, isUncompressed } from './transfer-syntax.ts';
import { encodeDataSet } from './write-data-set.ts';

export interface WriteOptions {
  /**
   * Writes the data set in this transfer syntax. Only among the uncompressed ones: compressing and decompressing
   * pixel data is not the writer's work. A bare data set becomes a Part 10 file.
   */
  readonly transferSyntaxUid?: string;
  /** Zeroes the preamble, which may hold an executable (CVE-2019-11687). For everything that is stored or sent on. */
  readonly zeroPreamble?: boolean;
}

const PREFIX = Uint8Array.of(0x44, 0x49, 0x43, 0x4d);

/**
 * Bytes of a file. Elements that were read and not changed are written as they stood, so a file that was read whole
 * comes out byte for byte, whatever its transfer syntax. Exceptions, each told by a warning at reading: a cut-off
 * file (the broken end is left out), an element that stands twice (the first is written), an element with an
 * invalid VR (written as UN or by the dictionary).
 * @throws Fault UNSUPPORTED when a codec would be needed, LIMIT_EXCEEDED when sequences are nested deeper than 64
 */
export function writeDicom(file: DicomFile, options: WriteOptions = {}): Uint8Array {
  const target = options.transferSyntaxUid ?? file.transferSyntaxUid;
  if (options.transferSyntaxUid !== undefined && file.meta.size === 0) {
    return writeDicom(
      transcodable(createDicomFile(file.dataSet, { transferSyntaxUid: target }), file, target),
    );
  }
  const changed = target !== file.transferSyntaxUid;
  const source = changed ? transcodable(file, file, target) : file;
  const parts: Uint8Array[] = [];
  if (source.preamble !== undefined)
    parts.push(options.zeroPreamble === true ? new Uint8Array(128) : source.preamble);
  if (source.hasPrefix) parts.push(PREFIX);
  if (source.meta.size > 0) parts.push(...encodeMeta(source.meta, changed ? target : undefined));
  parts.push(...encodeBody(source, target, changed));
  return concatenate(parts);
}

function transcodable(result: DicomFile, original: DicomFile, target: string): DicomFile {
  if (target === original.transferSyntaxUid) return result;
  if (!isUncompressed(target) || !isUncompressed(original.transferSyntaxUid)) {
    throw new Fault('UNSUPPORTED', 'only uncompressed transfer syntaxes can be changed while writing', {
      tag: '(0002,0010)',
      advice: 'Decode the pixel data first.',
    });
  }
  if (original.dataSet.has(Tag.DirectoryRecordSequence)) {
    throw new Fault('UNSUPPORTED', 'a DICOMDIR holds byte offsets into itself', {
      tag: '(0004,1220)',
      advice: 'Write it in its own transfer syntax.',
    });
  }
  return result;
}

/** Meta information as it stood, or rebuilt with its group length when anything in it is new. */
function encodeMeta(meta: DataSet, transferSyntaxUid: string | undefined): Uint8Array[] {
  const raws = [...meta.elements()].map((element) => element.raw);
  if (transferSyntaxUid === undefined && raws.every((raw) => raw !== undefined))
    return raws.map((raw) => raw.bytes);
  const builder = new DataSetBuilder(meta).set(Tag.FileMetaInformationGroupLength, 0);
  if (transferSyntaxUid !== undefined) builder.set(Tag.TransferSyntaxUID, transferSyntaxUid);
  const groupLengthBytes = 12;
  const length = lengthOf(encodeDataSet(builder.build(), EXPLICIT_LITTLE)) - groupLengthBytes;
  return encodeDataSet(builder.set(Tag.FileMetaInformationGroupLength, length).build(), EXPLICIT_LITTLE);
}

function encodeBody(file: DicomFile, transferSyntaxUid: string, changed: boolean): Uint8Array[] {
  if (!changed && file.deflated !== undefined && file.deflated.of === file.dataSet)
    return [file.deflated.bytes];
  const parts = encodeDataSet(file.dataSet, changed ? encodingOf(transferSyntaxUid) : file.encoding);
  if (!changed && file.trailing !== undefined) parts.push(file.trailing);
  return isDeflated(transferSyntaxUid) ? [padded(deflateSync(concatenate(parts)), 0)] : parts;
}
