/** The file around a data set (PS3.10 section 7): made for what arrives, taken off what is sent. */
import {
  buildDataSet,
  createDicomFile,
  DataSetBuilder,
  parseDicom,
  Tag,
  TransferSyntax,
  writeDicom,
} from '@promontory/core/dicom';
import { HEADER_BYTES, stepAt } from './element-walk.ts';

const NOTHING = buildDataSet({});
/** Meta information has one encoding (PS3.10 section 7.1). */
const EXPLICIT_LITTLE = { explicitVr: true, littleEndian: true };

/** Preamble of zeros, prefix and meta information: what stands before a data set that came by C-STORE. */
export function fileHead(given: {
  readonly sopClass: string;
  readonly sopInstance: string;
  readonly transferSyntax: string;
  /** AE title of the sender. */
  readonly source?: string;
}): Uint8Array {
  const file = createDicomFile(
    buildDataSet({ SOPClassUID: given.sopClass, SOPInstanceUID: given.sopInstance }),
    { transferSyntaxUid: given.transferSyntax },
  );
  const meta = new DataSetBuilder(file.meta);
  if (given.source !== undefined) meta.set(Tag.SourceApplicationEntityTitle, given.source);
  // Written as uncompressed: there is no data set yet that could be deflated.
  return writeDicom({
    ...file,
    meta: meta.build(),
    dataSet: NOTHING,
    transferSyntaxUid: TransferSyntax.ExplicitVRLittleEndian,
  });
}

/** Meta information is short; a file whose meta is longer goes through the parser. */
const MAX_META_BYTES = 2 ** 16;

/**
 * The data set of a file as it is kept, byte for byte. A file whose meta information breaks PS3.10 (kept all the same,
 * for it can be read) is held in memory and goes through the parser.
 */
export async function* dataSetOf(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = file[Symbol.asyncIterator]();
  try {
    let head: Buffer = Buffer.alloc(0);
    let start: number | 'more' | 'irregular' = 'more';
    while (start === 'more') {
      const { done, value } = await source.next();
      if (done === true) break;
      head = head.length === 0 ? asBuffer(value) : Buffer.concat([head, value]);
      start = dataSetStart(head);
      if (start === 'more' && head.length > MAX_META_BYTES) start = 'irregular';
    }
    if (typeof start === 'number') {
      if (start < head.length) yield head.subarray(start);
      for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
      return;
    }
    const rest: Uint8Array[] = [head];
    for (let next = await source.next(); next.done !== true; next = await source.next())
      rest.push(next.value);
    yield bareDataSet(Buffer.concat(rest));
  } finally {
    await source.return?.();
  }
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** @throws Fault where the bytes are no DICOM */
export function bareDataSet(bytes: Uint8Array): Uint8Array {
  const start = dataSetStart(asBuffer(bytes));
  if (typeof start === 'number') return bytes.subarray(start);
  return writeDicom({ ...parseDicom(bytes), meta: NOTHING, preamble: undefined, hasPrefix: false });
}

/** Walks the elements of group 0002, explicit VR little endian; its group length is not believed. */
function dataSetStart(bytes: Buffer): number | 'more' | 'irregular' {
  if (bytes.length < 132) return 'more';
  if (bytes.toString('latin1', 128, 132) !== 'DICM') return 'irregular';
  for (let at = 132; ; ) {
    if (at + 2 > bytes.length) return 'more';
    if (bytes.readUInt16LE(at) !== 0x0002) return at === 132 ? 'irregular' : at;
    if (at + HEADER_BYTES > bytes.length) return 'more';
    const { vr, end } = stepAt(bytes, at, EXPLICIT_LITTLE);
    if (!/^[A-Z]{2}$/.test(vr ?? '') || end > MAX_META_BYTES) return 'irregular';
    at = end;
  }
}
