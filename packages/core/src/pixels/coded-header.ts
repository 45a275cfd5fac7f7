import { Fault } from '../fault/index.ts';
import type { CodecFamily, CodedHeader } from './codec-port.ts';

/** Kinds of code streams: those of the codec port and those that are decoded here. */
export type StreamFamily = CodecFamily | 'jpeg-lossless' | 'jpeg-extended';
export type StreamHeader = CodedHeader<StreamFamily>;

/** Start-of-frame markers that are read (ISO 10918-1 table B.1, ISO 14495-1). */
const JPEG_FRAMES: ReadonlyMap<number, StreamFamily> = new Map([
  [0xc0, 'jpeg'],
  [0xc1, 'jpeg'],
  [0xc2, 'jpeg'],
  [0xc3, 'jpeg-lossless'],
  [0xf7, 'jpeg-ls'],
]);

/**
 * Reads size and depth from the start of a JPEG, JPEG-LS, JPEG 2000 or HTJ2K code stream, without decoding.
 *
 * @throws Fault `UNSUPPORTED` for any other stream, `TRUNCATED` or `MALFORMED` where the header is damaged.
 */
export function readCodedHeader(bytes: Uint8Array): StreamHeader {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpegHeader(bytes);
  const start = codeStreamStart(bytes);
  if (start !== undefined) return jpeg2000Header(bytes, start);
  throw new Fault('UNSUPPORTED', 'the compressed frame is of a kind that is not read', {
    offset: 0,
    advice: 'Convert the file to explicit little endian.',
  });
}

function jpegHeader(bytes: Uint8Array): StreamHeader {
  for (const { marker, start, end } of jpegSegments(bytes)) {
    const family = JPEG_FRAMES.get(marker);
    if (family !== undefined) {
      if (end - start < 6)
        throw new Fault('MALFORMED', 'a JPEG frame header is too short', { offset: start });
      const bitsPerSample = bytes[start];
      return {
        family: family === 'jpeg' && bitsPerSample > 8 ? 'jpeg-extended' : family,
        bitsPerSample,
        rows: bytes[start + 1] * 256 + bytes[start + 2],
        columns: bytes[start + 3] * 256 + bytes[start + 4],
        samples: bytes[start + 5],
        signed: false,
      };
    }
    const otherFrame =
      marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (otherFrame)
      throw new Fault('UNSUPPORTED', `JPEG process SOF${marker - 0xc0} is not read`, { offset: start });
  }
  throw new Fault('TRUNCATED', 'the JPEG stream ends before its frame header', { offset: bytes.length });
}

/** A marker segment of a JPEG stream; the content lies between `start` and `end`. */
export interface JpegSegment {
  readonly marker: number;
  readonly start: number;
  readonly end: number;
}

/** The segments from SOI to the first SOS, that included. */
export function* jpegSegments(bytes: Uint8Array): Generator<JpegSegment> {
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) throw new Fault('MALFORMED', 'a JPEG marker is expected here', { offset: at });
    const marker = bytes[at + 1];
    if (marker === 0xff) {
      at++; // fill byte
      continue;
    }
    const length = bytes[at + 2] * 256 + bytes[at + 3];
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length)
      throw new Fault('TRUNCATED', 'a JPEG segment is cut off', { offset: at });
    yield { marker, start: at + 4, end };
    if (marker === 0xda) return;
    at = end;
  }
}

const SOC_SIZ = [0xff, 0x4f, 0xff, 0x51];

/** Where the code stream begins: at once, or inside the boxes of a JP2 file, which some writers put into DICOM. */
function codeStreamStart(bytes: Uint8Array): number | undefined {
  const isStart = (at: number) => SOC_SIZ.every((b, i) => bytes[at + i] === b);
  if (isStart(0)) return 0;
  if (!(bytes[4] === 0x6a && bytes[5] === 0x50)) return undefined; // jP
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0, boxes = 0; at + 16 <= bytes.length && boxes < 64; boxes++) {
    const length = view.getUint32(at);
    const head = length === 1 ? 16 : 8;
    if (view.getUint32(at + 4) === 0x6a703263) return isStart(at + head) ? at + head : undefined; // jp2c
    if (length < 8) return undefined;
    at += length;
  }
  return undefined;
}

/** SIZ (ISO 15444-1 A.5.1), and CAP with bit 14 of Pcap for HTJ2K (ISO 15444-15). */
function jpeg2000Header(bytes: Uint8Array, start: number): StreamHeader {
  const siz = start + 4;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (siz + 39 > bytes.length)
    throw new Fault('TRUNCATED', 'the JPEG 2000 header is cut off', { offset: bytes.length });
  const length = view.getUint16(siz);
  const [right, bottom, left, top] = [4, 8, 12, 16].map((at) => view.getUint32(siz + at));
  const [tileWidth, tileHeight] = [20, 24].map((at) => view.getUint32(siz + at));
  const samples = view.getUint16(siz + 36);
  if (length !== 38 + 3 * samples || siz + length > bytes.length || right <= left || bottom <= top) {
    throw new Fault('MALFORMED', 'the JPEG 2000 size segment contradicts itself', { offset: siz });
  }
  if (tileWidth === 0 || tileHeight === 0)
    throw new Fault('MALFORMED', 'JPEG 2000 tiles of no size', { offset: siz });
  const tiles = Math.ceil(right / tileWidth) * Math.ceil(bottom / tileHeight);
  if (tiles > MAX_TILES) throw new Fault('LIMIT_EXCEEDED', `JPEG 2000 with ${tiles} tiles`, { offset: siz });
  const depths = Array.from({ length: samples }, (_, i) => view.getUint8(siz + 38 + 3 * i));
  if (depths.some((depth) => depth !== depths[0])) {
    throw new Fault('UNSUPPORTED', 'JPEG 2000 components of different depth', { offset: siz + 38 });
  }
  const next = siz + length;
  const hasCapabilities = next + 8 <= bytes.length && view.getUint16(next) === 0xff50;
  const highThroughput = hasCapabilities && (view.getUint32(next + 4) & 0x0002_0000) !== 0;
  return {
    family: highThroughput ? 'htj2k' : 'jpeg-2000',
    rows: bottom - top,
    columns: right - left,
    samples,
    bitsPerSample: (depths[0] & 0x7f) + 1,
    signed: depths[0] >= 0x80,
  };
}

/** The standard allows 65,535; a decoder keeps a record of each before it reads the first. */
const MAX_TILES = 16_384;
