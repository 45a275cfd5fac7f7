/** Private attributes of table E.3.10-1: kept where they are what the table says, and nothing rides along. */
import { describe, expect, test } from 'vitest';
import { type DataSet, DataSetBuilder, Tag, TransferSyntax, type Vr } from '../dicom/index.ts';
import { deidentify } from './index.ts';
import {
  accepted,
  asRead,
  asReadWithVr,
  bytesHold,
  CANARY,
  changed,
  keyedHash,
  mrImage,
  written,
} from './object.fixture.ts';
import { safePrivate } from './safe-private.ts';

const SIEMENS = 'SIEMENS MR HEADER';
const retain = ['safe-private'] as const;
const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const doubles = (...numbers: number[]) => new Uint8Array(Float64Array.from(numbers).buffer);
const withPrivate = (element: number, value: string | Uint8Array, vr: Vr): DataSet =>
  changed(mrImage(), (b) => b.setPrivate(0x0019, SIEMENS, element, value, vr));
const kept = (dataSet: DataSet, tag: number): boolean =>
  written(accepted(dataSet, { retain: [...retain] })).has(tag);

test('rows are those of their creator, group and element, in any block', () => {
  expect(safePrivate(0x0019100c, SIEMENS)).toEqual({ vr: 'IS', most: 1 });
  expect(safePrivate(0x0019110c, SIEMENS)).toEqual({ vr: 'IS', most: 1 });
  expect(safePrivate(0x2005100e, 'Philips MR Imaging DD 001')).toEqual({ vr: 'FL', most: 1 });
  for (const [tag, creator] of [
    [0x0021100c, SIEMENS],
    [0x0019100f, SIEMENS],
    [0x0019100c, 'siemens mr header'],
    [0x0019100c, 'toString'],
    [0x0019100c, undefined],
    [0x20011020, 'Philips Imaging DD 001'],
  ] as const)
    expect(safePrivate(tag, creator)).toBeUndefined();
});

describe('a value', () => {
  test.each([
    [0x0c, '1000', 'IS'],
    [0x0d, 'DIRECTIONAL', 'CS'],
    [0x0e, doubles(1, 0, 0), 'FD'],
    [0x27, doubles(1, 2, 3, 4, 5, 6), 'FD'],
    // As it comes out of archives that do not know the vendor.
    [0x0c, ascii('1000'), 'UN'],
    [0x0e, doubles(1, 0, 0), 'UN'],
  ] as const)('of the form of the table stays (%#)', (element, value, vr) => {
    expect(kept(withPrivate(element, value, vr), 0x00191000 + element)).toBe(true);
  });

  test.each([
    ['text in place of a number', 0x0c, 'call Smith', 'LO'],
    ['text in place of a number, without VR', 0x0c, 'call Smith', 'UN'],
    ['text in the form of a number', 0x0c, 'call Smith', 'IS'],
    ['more values than the table has', 0x0c, '1000\\19550\\6072', 'IS'],
    ['bytes in place of three numbers', 0x0e, 'the neighbour of Mrs Smith, 3rd floor   ', 'UN'],
    ['bytes that are no numbers', 0x0e, 'Mrs Smith ', 'FD'],
    ['a code that is a sentence', 0x0d, 'seen by Smith ', 'CS'],
    ['a code that is a sentence, without VR', 0x0d, 'seen by Smith ', 'UN'],
    ['a number written as another VR', 0x0c, '1000', 'UT'],
  ] as const)('goes: %s', (_, element, text, vr) => {
    const original = asReadWithVr(withPrivate(element, ascii(text), 'UN'), 0x00191000 + element, vr);
    const outcome = deidentify(original, { keyedHash, retain: [...retain] });
    if (outcome.outcome === 'refused') throw new Error(outcome.reason);
    expect(written(outcome).has(0x00191000 + element)).toBe(false);
    expect(bytesHold(outcome.bytes, 'smith')).toBe(false);
  });

  test('that names the patient goes, even as a code', () => {
    expect(kept(withPrivate(0x0d, CANARY.toUpperCase(), 'CS'), 0x0019100d)).toBe(false);
    const gems = changed(mrImage(), (b) =>
      b.setPrivate(0x0019, 'GEMS_ACQU_01', 0x9e, `EFGRE3D_${CANARY}`, 'LO'),
    );
    expect(kept(gems, 0x0019109e)).toBe(false);
    const clean = changed(mrImage(), (b) => b.setPrivate(0x0019, 'GEMS_ACQU_01', 0x9e, 'EFGRE3D', 'LO'));
    expect(kept(clean, 0x0019109e)).toBe(true);
  });
});

test('the name of the block is written anew: nothing rides behind it', () => {
  const original = changed(withPrivate(0x0c, '1000', 'IS'), (b) =>
    b.set(0x00190010, [SIEMENS, 'for Smith'], 'LO'),
  );
  const outcome = accepted(original, { retain: [...retain] });
  expect(written(outcome).texts(0x00190010)).toEqual([SIEMENS]);
  expect(bytesHold(outcome.bytes, 'smith')).toBe(false);
});

test('a block of which nothing is safe goes whole, in items too', () => {
  const item = new DataSetBuilder()
    .setPrivate(0x0019, SIEMENS, 0x0f, 'x', 'LO')
    .setPrivate(0x0019, 'GEMS_ACQU_01', 0x23, '1.5', 'DS')
    .build();
  const original = changed(mrImage(), (b) => b.set(Tag.ReferencedSeriesSequence, [item], 'SQ'));
  const [cleaned] = written(accepted(original, { retain: [...retain] })).items(Tag.ReferencedSeriesSequence);
  expect([...cleaned!.elements()].map(({ tag }) => tag.toString(16))).toEqual(['190011', '191123']);
});

test.each([TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian])('in %s', (syntax) => {
  const file = asRead(
    changed(mrImage(), (b) =>
      b
        .setPrivate(0x0019, SIEMENS, 0x0c, '1000', 'IS')
        .setPrivate(0x0019, SIEMENS, 0x0e, [1, 0, 0], 'FD')
        .setPrivate(0x0019, SIEMENS, 0x0d, ascii('see Smith '), 'UN'),
    ),
    syntax,
  );
  const outcome = deidentify(file, { keyedHash, retain: [...retain] });
  if (outcome.outcome === 'refused') throw new Error(outcome.reason);
  const result = written(outcome);
  expect([result.has(0x0019100c), result.has(0x0019100e), result.has(0x0019100d)]).toEqual([
    true,
    true,
    false,
  ]);
});
