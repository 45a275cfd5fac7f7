/** What lies beside the pixels in their own bytes: comments of code streams, tails, offset tables. */
import { describe, expect, test } from 'vitest';
import {
  createDicomFile,
  type DataSet,
  DataSetBuilder,
  type DicomFile,
  encapsulatedFrames,
  parseDicom,
  Tag,
  TransferSyntax,
  writeDicom,
} from '../dicom/index.ts';
import { deidentify } from './index.ts';
import { asRead, bytesHold, changed, keyedHash, mrImage } from './object.fixture.ts';

const NOTE = 'seen by the neighbour';
const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const bytes = (...parts: (Uint8Array | readonly number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
const segment = (marker: number, payload: Uint8Array) =>
  bytes([0xff, marker, (payload.length + 2) >> 8, (payload.length + 2) & 0xff], payload);
const note = ascii(NOTE);

const compressed = (
  frames: readonly Uint8Array[],
  transferSyntaxUid: string,
  dataSet = mrImage(),
): DicomFile => {
  const built = new DataSetBuilder(dataSet).setFrames(frames).build();
  return parseDicom(writeDicom(createDicomFile(built, { transferSyntaxUid })));
};
const outcomeOf = (file: DicomFile) => {
  const outcome = deidentify(file, { keyedHash });
  if (outcome.outcome === 'refused') return outcome.reason;
  expect(bytesHold(outcome.bytes, NOTE)).toBe(false);
  return outcome;
};
function framesOf(file: DicomFile, count = 1): number[][] {
  const outcome = outcomeOf(file);
  if (typeof outcome === 'string') throw new Error(outcome);
  return encapsulatedFrames(parseDicom(outcome.bytes).pixelData!, count).map((frame) => [...frame]);
}

const JFIF = segment(0xe0, bytes(ascii('JFIF\0'), [1, 2, 0, 0, 1, 0, 1, 0, 0]));
const ADOBE = segment(0xee, bytes(ascii('Adobe'), [0, 100, 0, 0, 0, 0, 1]));
const TABLES = bytes(segment(0xdb, new Uint8Array(65)), segment(0xc0, new Uint8Array(9)));
/** Entropy-coded data with a stuffed byte and a restart marker. */
const SCAN = bytes(segment(0xda, Uint8Array.of(1, 1, 0, 0, 63, 0)), [1, 0xff, 0, 2, 0xff, 0xd0, 3]);
const SOI = [0xff, 0xd8];
const EOI = [0xff, 0xd9];
const JPEG = bytes(SOI, JFIF, ADOBE, TABLES, SCAN, SCAN, EOI);

describe.each([
  TransferSyntax.JPEGBaseline8Bit,
  TransferSyntax.JPEGLosslessSV1,
  TransferSyntax.JPEGLSLossless,
])('JPEG (%s)', (syntax) => {
  test('without asides is written as it was', () => {
    const file = compressed([JPEG], syntax);
    expect(framesOf(file)[0]!.slice(0, JPEG.length)).toEqual([...JPEG]);
  });
  test('loses comments, application segments and what follows its end', () => {
    const laden = bytes(
      SOI,
      JFIF,
      segment(0xfe, note),
      segment(0xe1, bytes(ascii('Exif\0\0'), note)),
      segment(0xe0, bytes(ascii('JFXX\0'), note)),
      ADOBE,
      TABLES,
      SCAN,
      segment(0xfe, note),
      SCAN,
      EOI,
      note,
    );
    const [frame] = framesOf(compressed([laden], syntax));
    expect(frame!.slice(0, JPEG.length)).toEqual([...JPEG]);
  });
  test('in several frames, and in fragments beyond them', () => {
    const file = compressed([bytes(JPEG, note), JPEG, note], syntax, mrImage({ NumberOfFrames: 2 }));
    for (const frame of framesOf(file, 2)) expect(frame.slice(0, JPEG.length)).toEqual([...JPEG]);
  });
  test('that is none is damaged', () => {
    for (const broken of [note, bytes(SOI, note), bytes(SOI, [0xff, 0xfe, 0xff, 0xff], note)])
      expect(outcomeOf(compressed([broken], syntax))).toBe('DAMAGED');
  });
});

describe('JPEG 2000', () => {
  const SIZ = segment(0x51, new Uint8Array(47));
  const tile = (header: Uint8Array, data: readonly number[], open = false) => {
    const length = 12 + header.length + 2 + data.length;
    const sot = [0xff, 0x90, 0, 10, 0, 0, 0, 0, length >> 8, length & 0xff, 0, 1];
    if (open) sot.fill(0, 6, 10);
    return bytes(sot, header, [0xff, 0x93], data);
  };
  const COM = segment(0x64, bytes([0, 1], note));
  const none = new Uint8Array(0);
  const stream = (asides: boolean, open: boolean) =>
    bytes(
      [0xff, 0x4f],
      SIZ,
      asides ? COM : none,
      tile(none, [1, 2, 3]),
      tile(none, [4, 0xff, 0x10, 5], open),
      [0xff, 0xd9],
      asides ? note : none,
    );
  test.each([true, false])('loses comments and what follows its end (last tile open: %s)', (open) => {
    const [frame] = framesOf(compressed([stream(true, open)], TransferSyntax.JPEG2000Lossless));
    const clean = stream(false, open);
    expect(frame!.slice(0, clean.length)).toEqual([...clean]);
  });
  test('comments of tile parts are emptied in place, for lengths tell of them', () => {
    const laden = bytes([0xff, 0x4f], SIZ, tile(COM, [1, 2]), [0xff, 0xd9]);
    const [frame] = framesOf(compressed([laden], TransferSyntax.HTJ2K));
    expect(frame).toHaveLength(laden.length + (laden.length % 2));
  });
  test('that is none is damaged', () => {
    expect(outcomeOf(compressed([bytes([0xff, 0x4f], note)], TransferSyntax.JPEG2000))).toBe('DAMAGED');
  });
});

describe('other forms', () => {
  test('RLE keeps nothing in its header but offsets', () => {
    const header = new Uint8Array(64);
    header.set([1, 0, 0, 0, 64]);
    header.set(note, 20);
    const [frame] = framesOf(compressed([bytes(header, [0, 7])], TransferSyntax.RLELossless));
    expect(frame!.slice(0, 66)).toEqual([1, 0, 0, 0, 64, ...new Array(59).fill(0), 0, 7]);
  });
  test('that cannot be searched are refused: video, JPEG XL, deflated frames', () => {
    for (const syntax of ['1.2.840.10008.1.2.4.102', '1.2.840.10008.1.2.4.110', '1.2.840.10008.1.2.8.1'])
      expect(outcomeOf(compressed([note], syntax))).toBe('PIXELS_NOT_CLEANABLE');
  });
  test.each([TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian])(
    'the tail of native pixels is cut (%s)',
    (syntax) => {
      const pixels = bytes(new Uint8Array(48).fill(1), note, [0]);
      const file = asRead(
        changed(mrImage(), (b) => b.set(Tag.PixelData, pixels, 'OW')),
        syntax,
      );
      const outcome = outcomeOf(file);
      if (typeof outcome === 'string') throw new Error(outcome);
      expect([...parseDicom(outcome.bytes).dataSet.bytes(Tag.PixelData)!]).toEqual(new Array(48).fill(1));
      expect(outcome.report.attributes).toContainEqual(
        expect.objectContaining({ keyword: 'PixelData', done: 'cleaned', because: 'structure' }),
      );
    },
  );
  test('an odd image keeps its pad byte', () => {
    const odd: DataSet = mrImage({ Rows: 1, Columns: 3, BitsAllocated: 8, BitsStored: 8, HighBit: 7 });
    const file = asRead(changed(odd, (b) => b.set(Tag.PixelData, Uint8Array.of(1, 2, 3, 0), 'OB')));
    const outcome = outcomeOf(file);
    if (typeof outcome === 'string') throw new Error(outcome);
    expect([...parseDicom(outcome.bytes).dataSet.bytes(Tag.PixelData)!]).toEqual([1, 2, 3, 0]);
  });
});
