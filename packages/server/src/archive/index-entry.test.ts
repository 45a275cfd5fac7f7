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

test.each(['1.2.3\r\nX-Evil: 1', '1.2.3"; x="', '../../x', '1.2.3 é'])('%j is no transfer syntax', (said) => {
  const bytes = Buffer.from(writeDicom(parseDicom(mrFile())));
  const known = Buffer.from('1.2.840.10008.1.2.1\0');
  bytes.set(Buffer.from(said.padEnd(known.length, '\0')).subarray(0, known.length), bytes.indexOf(known));
  expect(indexEntryOf(bytes)).toMatchObject({ reason: expect.stringContaining('transfer syntax') });
});
