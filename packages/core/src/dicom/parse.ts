/** From bytes to a DICOM file: finds the meta information and the transfer syntax, then reads the data set. */
import { Fault } from '../fault/index.ts';
import { DataSet } from './data-set.ts';
import type { DicomFile } from './dicom-file.ts';
import { Tag } from './dictionary.generated.ts';
import { looksLike, readTag } from './element-header.ts';
import { inflateWithin } from './inflate.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { pixelDataOf } from './pixel-data.ts';
import { readDataSet } from './read-data-set.ts';
import {
  type Encoding,
  EXPLICIT_BIG,
  EXPLICIT_LITTLE,
  encodingOf,
  IMPLICIT_LITTLE,
  isDeflated,
  isUncompressed,
  TransferSyntax,
} from './transfer-syntax.ts';
import { WarningLog } from './warning-log.ts';

export interface ParseOptions {
  readonly limits?: Partial<Limits>;
}

const NO_BYTES = new Uint8Array(0);

/**
 * Reads a DICOM file (PS3.10), or a bare data set. The result holds views of `bytes`: do not change them afterwards.
 *
 * Tolerated with a warning: no preamble, no meta information, a transfer syntax that the data contradict, a cut-off
 * end (FILE_TRUNCATED: every element that was whole is there, pixel data as far as they go).
 * @throws Fault NOT_RECOGNISED, TRUNCATED, MALFORMED or LIMIT_EXCEEDED, with an offset
 */
export function parseDicom(bytes: Uint8Array, options: ParseOptions = {}): DicomFile {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const log = new WarningLog();
  const count = { elements: 0 };
  const prefixAt = hasPrefix(bytes, 128) ? 128 : hasPrefix(bytes, 0) ? 0 : undefined;
  const start = prefixAt === undefined ? 0 : prefixAt + 4;
  if (prefixAt !== 128) log.add('PREAMBLE_MISSING', 'the file does not start with a preamble and DICM');

  let meta = new DataSet(new Map(), undefined, log);
  let at = start;
  if (start + 8 <= bytes.length && readTag(bytes, start, true) >>> 16 === 0x0002) {
    const read = readMeta(bytes, start, limits, log, count);
    meta = read.dataSet;
    at = read.end;
  } else if (prefixAt === undefined && guessEncoding(bytes, 0) === undefined) {
    throw new Fault('NOT_RECOGNISED', 'the bytes are no DICOM file', { offset: 0 });
  }

  const { transferSyntaxUid, encoding } = transferSyntaxFor(meta, bytes, at, log);
  const deflated = isDeflated(transferSyntaxUid);
  const inflated = deflated ? inflateWithin(bytes.subarray(at), limits, at) : undefined;
  const source = inflated?.bytes ?? bytes;
  const read = readDataSet(source, inflated === undefined ? at : 0, { encoding, limits, log, count });
  const truncated = read.truncated || inflated?.truncated === true;
  if (read.dataSet.size === 0 && (truncated || meta.size === 0)) {
    throw new Fault('TRUNCATED', 'the file ends before its first whole element', { offset: read.end });
  }
  if (truncated) {
    log.add('FILE_TRUNCATED', 'the file is cut off; what came before is used', `byte ${read.end}`);
  }
  const trailing = read.truncated ? NO_BYTES : source.subarray(read.end);
  if (trailing.length > 0) {
    log.add('LENGTH_MISMATCH', `${trailing.length} zero bytes follow the last element`, `byte ${read.end}`);
  }
  return {
    meta,
    dataSet: read.dataSet,
    transferSyntaxUid,
    encoding,
    preamble: prefixAt === 128 ? bytes.subarray(0, 128) : undefined,
    hasPrefix: prefixAt !== undefined,
    pixelData: pixelDataOf(read.dataSet),
    warnings: log.warnings,
    trailing: trailing.length > 0 ? trailing : undefined,
    deflated:
      inflated === undefined || inflated.truncated
        ? undefined
        : { of: read.dataSet, bytes: bytes.subarray(at) },
  };
}

function hasPrefix(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x44 && bytes[at + 1] === 0x49 && bytes[at + 2] === 0x43 && bytes[at + 3] === 0x4d;
}

/** Meta information is explicit VR little endian (PS3.10 section 7.1); a few writers made it implicit. */
function readMeta(
  bytes: Uint8Array,
  start: number,
  limits: Limits,
  log: WarningLog,
  count: { elements: number },
): { dataSet: DataSet; end: number } {
  const implicit =
    !looksLike(bytes, start, bytes.length, EXPLICIT_LITTLE) &&
    looksLike(bytes, start, bytes.length, IMPLICIT_LITTLE);
  if (implicit) log.add('STRUCTURE_TOLERATED', 'the meta information has implicit VR', '(0002,0000)');
  const read = readDataSet(bytes, start, {
    encoding: implicit ? IMPLICIT_LITTLE : EXPLICIT_LITTLE,
    limits,
    log,
    count,
    until: (tag) => tag >>> 16 !== 0x0002,
  });
  if (read.truncated)
    throw new Fault('TRUNCATED', 'the file ends within its meta information', { offset: read.end });
  const length = read.dataSet.number(Tag.FileMetaInformationGroupLength);
  const lengthEnd = read.dataSet.get(Tag.FileMetaInformationGroupLength)?.raw?.bytes.length ?? 0;
  if (length === undefined || start + lengthEnd + length !== read.end) {
    log.add('LENGTH_MISMATCH', 'the group length of the meta information is absent or wrong', '(0002,0000)');
  }
  return read;
}

function guessEncoding(bytes: Uint8Array, at: number): Encoding | undefined {
  return [EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG].find((encoding) =>
    looksLike(bytes, at, bytes.length, encoding),
  );
}

function transferSyntaxFor(
  meta: DataSet,
  bytes: Uint8Array,
  at: number,
  log: WarningLog,
): { transferSyntaxUid: string; encoding: Encoding } {
  const declared = meta.text(Tag.TransferSyntaxUID);
  if (declared !== undefined && isDeflated(declared)) {
    return { transferSyntaxUid: declared, encoding: encodingOf(declared) };
  }
  if (declared !== undefined) {
    const encoding = encodingOf(declared);
    if (looksLike(bytes, at, bytes.length, encoding)) return { transferSyntaxUid: declared, encoding };
    const guess = guessEncoding(bytes, at);
    // Nothing better to believe: an unusual first element is no reason to doubt what is declared.
    if (guess === undefined) return { transferSyntaxUid: declared, encoding };
    log.add(
      'TRANSFER_SYNTAX_GUESSED',
      'the data set is not in the transfer syntax that is declared',
      '(0002,0010)',
    );
    return { transferSyntaxUid: isUncompressed(declared) ? nameOf(guess) : declared, encoding: guess };
  }
  const guess = guessEncoding(bytes, at) ?? IMPLICIT_LITTLE;
  log.add('TRANSFER_SYNTAX_GUESSED', 'no transfer syntax is declared', '(0002,0010)');
  return { transferSyntaxUid: nameOf(guess), encoding: guess };
}

function nameOf(encoding: Encoding): string {
  if (!encoding.explicitVr) return TransferSyntax.ImplicitVRLittleEndian;
  return encoding.littleEndian ? TransferSyntax.ExplicitVRLittleEndian : TransferSyntax.ExplicitVRBigEndian;
}
