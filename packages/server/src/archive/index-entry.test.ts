import { parseDicom, writeDicom } from '@promontory/core/dicom';
import { describe, expect, test } from 'vitest';
import { mrFile } from './archive.testing.ts';
import { indexEntryOf } from './index-entry.ts';

const framesOf = (said: number, more = {}) =>
  indexEntryOf(mrFile({ NumberOfFrames: said, ...more })) as { frames: number };

describe('frames', () => {
  test('as many as the file says', () => {
    expect(framesOf(3, { PixelData: new Uint16Array(48) }).frames).toBe(3);
  });

  test.each([2 ** 31 - 1, 0, -1])('%i of 16 pixels are no more than their bits', (said) => {
    const { frames } = framesOf(said);
    expect(frames).toBeGreaterThanOrEqual(1);
    expect(frames).toBeLessThanOrEqual(256);
  });
});

/** The file says that it is in another transfer syntax; as long as this one with its padding. */
function saying(said: string, known = '1.2.840.10008.1.2.1\0'): Uint8Array {
  const bytes = Buffer.from(writeDicom(parseDicom(mrFile())));
  const at = bytes.indexOf(known);
  const padded = said.padEnd(said.length + (said.length % 2), '\0');
  const meta = 128 + 4;
  const out = Buffer.concat([bytes.subarray(0, at), Buffer.from(padded), bytes.subarray(at + known.length)]);
  out.writeUInt16LE(padded.length, at - 2);
  out.writeUInt32LE(out.readUInt32LE(meta + 8) + padded.length - known.length, meta + 8);
  return out;
}

test.each([
  '1.2.840.113619.5.2', // private, of a vendor
  '1.2.840.10008.1.20', // Papyrus 3
  '1.2.840.10008.1.2.6.1', // MIME
  '1.2.840.10008.1.2.6.2', // XML
  '1.2.840.10008.1.2.7.1', // a stream, never a file
  '1.2.840.10008.1.2.4.999',
  '1.2.840.10008.5.1.4.1.1.4', // a SOP class
])('%s is no transfer syntax of files: refused by its own name', (said) => {
  expect(indexEntryOf(saying(said))).toMatchObject({
    failure: 'transferSyntax',
    reason: 'The transfer syntax is private or unknown.',
    sopUid: expect.any(String),
  });
});

test.each([
  '1.2.840.10008.1.2.1.98', // encapsulated uncompressed
  '1.2.840.10008.1.2.4.53', // retired
  '1.2.840.10008.1.2.4.94', // JPIP
  '1.2.840.10008.1.2.4.102', // MPEG-4
  '1.2.840.10008.1.2.4.106.1',
  '1.2.840.10008.1.2.4.112', // JPEG XL
  '1.2.840.10008.1.2.8.1',
])('%s is kept, though it is not decoded', (said) => {
  expect(indexEntryOf(saying(said))).toMatchObject({ transferSyntax: said, rows: 4, columns: 4 });
});

test.each(['1.2.3\r\nX-Evil: 1', '1.2.3"; x="', '../../x', '1.2.3 é'])('%j is no transfer syntax', (said) => {
  const bytes = Buffer.from(writeDicom(parseDicom(mrFile())));
  const known = Buffer.from('1.2.840.10008.1.2.1\0');
  bytes.set(Buffer.from(said.padEnd(known.length, '\0')).subarray(0, known.length), bytes.indexOf(known));
  expect(indexEntryOf(bytes)).toMatchObject({ reason: expect.stringContaining('transfer syntax') });
});
