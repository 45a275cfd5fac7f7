import { describe, expect, test } from 'vitest';
import {
  buildDataSet,
  createDicomFile,
  DataSetBuilder,
  encapsulatedFrames,
  type PixelData,
  parseDicom,
  Tag,
  TransferSyntax,
  writeDicom,
} from './index.ts';

const some = (length: number, first = 0): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i === 0 ? first : i));

function pixels(fragments: Uint8Array[], tables: Partial<PixelData> = {}): PixelData {
  return {
    tag: Tag.PixelData,
    vr: 'OB',
    littleEndian: true,
    native: undefined,
    fragments,
    basicOffsets: [],
    extendedOffsets: [],
    ...tables,
  };
}

describe('frames of encapsulated pixel data', () => {
  test('one frame of several fragments', () => {
    expect(encapsulatedFrames(pixels([some(4), some(2)]), 1)).toEqual([Uint8Array.of(0, 1, 2, 3, 0, 1)]);
  });

  test('one fragment a frame', () => {
    expect(encapsulatedFrames(pixels([some(4), some(2)]), 2)).toEqual([some(4), some(2)]);
  });

  test('offset tables, the extended one first', () => {
    const fragments = [some(4), some(2), some(6)];
    expect(
      encapsulatedFrames(pixels(fragments, { basicOffsets: [0, 22] }), 2).map(({ length }) => length),
    ).toEqual([6, 6]);
    expect(
      encapsulatedFrames(pixels(fragments, { basicOffsets: [0, 22], extendedOffsets: [0, 12] }), 2).map(
        ({ length }) => length,
      ),
    ).toEqual([4, 8]);
  });

  test('a table that does not fit gives way to the markers of the code streams', () => {
    const start = Uint8Array.of(0xff, 0xd8, 1, 2);
    const fragments = [start, some(2), start];
    expect(
      encapsulatedFrames(pixels(fragments, { basicOffsets: [0, 7] }), 2).map(({ length }) => length),
    ).toEqual([6, 4]);
  });

  test.each([
    ['fewer fragments than frames', [some(2)], 2],
    ['no way to tell them apart', [some(2), some(2), some(2)], 2],
    ['no frames', [some(2)], 0],
    ['a million frames', [some(2)], 1e6],
  ])('%s is refused', (_, fragments, count) => {
    expect(() => encapsulatedFrames(pixels(fragments), count)).toThrow(
      expect.objectContaining({ code: 'PIXELS_INCONSISTENT' }),
    );
  });

  test('an extended offset table is read', () => {
    const identity = buildDataSet({ SOPClassUID: '1.2', SOPInstanceUID: '1.2.3' });
    const dataSet = new DataSetBuilder(identity)
      .setFrames([some(4), some(2)])
      .set(Tag.ExtendedOffsetTable, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0), 'OV')
      .build();
    const file = parseDicom(
      writeDicom(createDicomFile(dataSet, { transferSyntaxUid: TransferSyntax.JPEG2000 })),
    );
    expect(file.pixelData?.extendedOffsets).toEqual([0, 12]);
  });
});
