import { buildDataSet, DataSetBuilder, Tag } from '@promontory/core/dicom';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lookedUp, lookupTable } from './lookup-table.ts';

const of = (descriptor: readonly number[], data: Uint16Array | Uint8Array, vr: 'US' | 'SS' = 'US') =>
  buildDataSet({
    VOILUTSequence: [
      new DataSetBuilder(buildDataSet({}))
        .set(Tag.LUTDescriptor, [...descriptor], vr)
        .set(Tag.LUTData, data, data instanceof Uint8Array ? 'OB' : 'OW')
        .build(),
    ],
  });
const read = (...given: Parameters<typeof of>) => lookupTable(of(...given), Tag.VOILUTSequence, false);

test('inputs below and above the table have its first and last entry', () => {
  const table = read([3, 10, 12], Uint16Array.of(5, 700, 4095))!;
  expect([...lookedUp([-40, 10, 11, 11.4, 12, 9999], table)]).toEqual([5, 5, 700, 700, 4095, 4095]);
});

test('a first input that is negative, by the VR or by the values it is for', () => {
  expect(read([2, -5, 8], Uint16Array.of(1, 2), 'SS')?.first).toBe(-5);
  const unsigned = of([2, 0xfffb, 8], Uint16Array.of(1, 2));
  expect(lookupTable(unsigned, Tag.VOILUTSequence, true)?.first).toBe(-5);
  expect(lookupTable(unsigned, Tag.VOILUTSequence, false)?.first).toBe(65_531);
});

test('0 entries stand for 65,536; entries of 8 bits may lie two in a word', () => {
  expect(read([0, 0, 16], new Uint16Array(65_536))?.entries.length).toBe(65_536);
  expect([...read([4, 0, 8], Uint8Array.of(1, 2, 3, 4))!.entries]).toEqual([1, 2, 3, 4]);
});

test.each([
  ['no sequence', buildDataSet({})],
  ['an empty sequence', buildDataSet({ VOILUTSequence: [] })],
  ['no descriptor', buildDataSet({ VOILUTSequence: [buildDataSet({ LUTData: Uint16Array.of(1) })] })],
  ['no data', buildDataSet({ VOILUTSequence: [buildDataSet({ LUTDescriptor: [1, 0, 8] })] })],
  ['fewer entries than are said', of([4096, 0, 12], Uint16Array.of(1, 2, 3))],
  ['half of the entries that are said', of([4, 0, 12], Uint16Array.of(1, 2))],
  ['17 bits', of([1, 0, 17], Uint16Array.of(1))],
  ['no bits', of([1, 0, 0], Uint16Array.of(1))],
])('%s is no table', (_, dataSet) => {
  expect(lookupTable(dataSet, Tag.VOILUTSequence, false)).toBeUndefined();
});

test('whatever the descriptor says, a table answers with its own entries', () => {
  const word = fc.integer({ min: 0, max: 0xffff });
  fc.assert(
    fc.property(
      fc.tuple(word, word, word),
      fc.uint16Array({ minLength: 1 }),
      fc.array(fc.integer()),
      (descriptor, data, inputs) => {
        const table = read(descriptor, data);
        if (table === undefined) return;
        for (const entry of lookedUp(inputs, table)) expect(table.entries).toContain(entry);
      },
    ),
  );
});
