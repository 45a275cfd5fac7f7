/** Bytes beside the pixels that an image consists of: look-up tables and colour profiles, and nothing that only says so. */
import { describe, expect, test } from 'vitest';
import { buildDataSet, type DataSet, Tag } from '../dicom/index.ts';
import { accepted, changed, mrImage, written } from './object.fixture.ts';

const NOTE = Buffer.from('notes that a neighbour wrote on the patient');
const padded = (bytes: Uint8Array) => new Uint8Array([...bytes, ...(bytes.length % 2 === 0 ? [] : [0])]);
const result = (dataSet: DataSet) => written(accepted(dataSet));
const withBytes = (tag: number, bytes: Uint8Array, vr: 'OB' | 'OW', values = {}) =>
  changed(mrImage(values), (b) => b.set(tag, padded(bytes), vr));

function profile(): Uint8Array {
  const bytes = new Uint8Array(132);
  new DataView(bytes.buffer).setUint32(0, bytes.length);
  bytes.set(Buffer.from('acsp'), 36);
  return bytes;
}

describe('a palette', () => {
  const palette = {
    PhotometricInterpretation: 'PALETTE COLOR',
    RedPaletteColorLookupTableDescriptor: [4, 0, 16],
  };
  test('of the size that its descriptor gives stays, another goes', () => {
    const kept = result(withBytes(Tag.RedPaletteColorLookupTableData, new Uint8Array(8), 'OW', palette));
    expect(kept.has(Tag.RedPaletteColorLookupTableData)).toBe(true);
    for (const values of [palette, {}]) {
      const gone = result(withBytes(Tag.RedPaletteColorLookupTableData, NOTE, 'OW', values));
      expect(gone.has(Tag.RedPaletteColorLookupTableData)).toBe(false);
    }
  });
  test('of 65,536 values is written as one of none', () => {
    const values = { ...palette, RedPaletteColorLookupTableDescriptor: [0, 0, 8] };
    const kept = result(withBytes(Tag.RedPaletteColorLookupTableData, new Uint8Array(65_536), 'OW', values));
    expect(kept.has(Tag.RedPaletteColorLookupTableData)).toBe(true);
  });
  test('in segments stays where the image has a palette', () => {
    const tag = Tag.SegmentedRedPaletteColorLookupTableData;
    expect(result(withBytes(tag, new Uint8Array(6), 'OW', palette)).has(tag)).toBe(true);
    expect(result(withBytes(tag, NOTE, 'OW')).has(tag)).toBe(false);
  });
});

test('a look-up table in an item has the size that its descriptor gives', () => {
  const lut = (LUTData: Uint8Array, entries: number) =>
    result(
      mrImage({
        VOILUTSequence: [
          changed(buildDataSet({}), (b) =>
            b.set(Tag.LUTDescriptor, [entries, 0, 16], 'US').set(Tag.LUTData, padded(LUTData), 'OW'),
          ),
        ],
      }),
    )
      .items(Tag.VOILUTSequence)[0]!
      .has(Tag.LUTData);
  expect(lut(new Uint8Array(16), 8)).toBe(true);
  expect(lut(NOTE, 8)).toBe(false);
});

test('a colour profile is one', () => {
  expect(result(withBytes(Tag.ICCProfile, profile(), 'OB')).has(Tag.ICCProfile)).toBe(true);
  expect(result(withBytes(Tag.ICCProfile, NOTE, 'OB')).has(Tag.ICCProfile)).toBe(false);
});
