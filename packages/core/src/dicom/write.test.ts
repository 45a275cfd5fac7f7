import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  buildDataSet,
  createDicomFile,
  type DataSet,
  DataSetBuilder,
  parseDicom,
  Tag,
  TransferSyntax,
  toDicomJson,
  type Vr,
  withDataSet,
  writeDicom,
} from './index.ts';

const UNCOMPRESSED = [
  TransferSyntax.ImplicitVRLittleEndian,
  TransferSyntax.ExplicitVRLittleEndian,
  TransferSyntax.ExplicitVRBigEndian,
  TransferSyntax.DeflatedExplicitVRLittleEndian,
];

const identity = buildDataSet({ SOPClassUID: '1.2.840.10008.5.1.4.1.1.4', SOPInstanceUID: '1.2.3' });

// Values that a round trip keeps as they are: no padding at their ends, no separators inside.
const word = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9 ]{0,10}[A-Za-z0-9])?$/);
const unicode = fc.stringMatching(/^[A-Za-zÀ-ÿα-ωа-я一-龥]{1,16}$/u);
const tagged = (base: number) => fc.nat(0xfe).map((n) => base + n);
const leaf: fc.Arbitrary<[number, unknown, Vr]> = fc.oneof(
  fc.tuple(tagged(0x00091000), fc.array(unicode, { maxLength: 3 }), fc.constantFrom<Vr>('LO', 'PN', 'UC')),
  fc.tuple(tagged(0x00091100), unicode, fc.constantFrom<Vr>('LT', 'ST', 'UT')),
  fc.tuple(tagged(0x00091200), fc.array(word, { maxLength: 3 }), fc.constantFrom<Vr>('SH', 'LO')),
  fc.tuple(
    tagged(0x00091300),
    fc.array(fc.integer({ min: 0, max: 65535 })),
    fc.constantFrom<Vr>('US', 'UL', 'SL', 'UV', 'AT'),
  ),
  fc.tuple(tagged(0x00091400), fc.array(fc.double({ noNaN: true })), fc.constant<Vr>('FD')),
  fc.tuple(tagged(0x00091500), fc.uint8Array({ maxLength: 40 }), fc.constantFrom<Vr>('OB', 'OW', 'UN')),
  fc.tuple(
    tagged(0x00091600),
    fc.array(fc.integer({ min: -999, max: 999 })),
    fc.constantFrom<Vr>('IS', 'DS'),
  ),
);
/** Data sets with sequences at most so deep. */
const dataSetsOf: (depth?: number) => fc.Arbitrary<DataSet> = fc.memo((depth) => {
  const sequences =
    depth <= 1
      ? fc.constant([])
      : fc.array(fc.tuple(tagged(0x00091700), fc.array(dataSetsOf(depth - 1), { maxLength: 3 })), {
          maxLength: 2,
        });
  return fc.tuple(fc.array(leaf, { maxLength: 6 }), sequences).map(([leaves, nested]) => {
    const builder = new DataSetBuilder();
    for (const [tag, value, vr] of leaves) builder.set(tag, value as string, vr);
    for (const [tag, items] of nested) builder.set(tag, items, 'SQ');
    return builder.build();
  });
});
const dataSets = dataSetsOf(4);

function withIdentity(dataSet: DataSet): DataSet {
  return new DataSetBuilder(dataSet).copy(identity, Tag.SOPClassUID, Tag.SOPInstanceUID).build();
}

describe('round trips', () => {
  test.each(UNCOMPRESSED.slice(1))('any data set through %s', (transferSyntaxUid) => {
    fc.assert(
      fc.property(dataSets, (built) => {
        const dataSet = withIdentity(built);
        const bytes = writeDicom(createDicomFile(dataSet, { transferSyntaxUid }));
        const file = parseDicom(bytes);
        expect(toDicomJson(file.dataSet)).toEqual(toDicomJson(dataSet));
        expect(file.warnings).toEqual([]);
        expect(writeDicom(file)).toEqual(bytes);
      }),
      { numRuns: 60 },
    );
  });

  test('any transfer syntax can be rewritten in any other, and back to the same bytes', () => {
    fc.assert(
      fc.property(
        dataSets,
        fc.constantFrom(...UNCOMPRESSED.slice(1)),
        fc.constantFrom(...UNCOMPRESSED.slice(1)),
        (built, from, to) => {
          const first = writeDicom(createDicomFile(withIdentity(built), { transferSyntaxUid: from }));
          const second = writeDicom(parseDicom(first), { transferSyntaxUid: to });
          expect(parseDicom(second).transferSyntaxUid).toBe(to);
          expect(writeDicom(parseDicom(second), { transferSyntaxUid: from })).toEqual(first);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('implicit VR keeps the bytes of what its dictionary does not know', () => {
    const dataSet = new DataSetBuilder(identity)
      .set(Tag.ReferencedImageSequence, [buildDataSet({ ReferencedSOPInstanceUID: '1.2' })])
      .setPrivate(0x0009, 'OWNER', 1, 'x', 'LO')
      .set(Tag.PixelData, Uint16Array.of(1, 2, 3))
      .build();
    const transferSyntaxUid = TransferSyntax.ImplicitVRLittleEndian;
    const file = parseDicom(writeDicom(createDicomFile(dataSet, { transferSyntaxUid })));
    expect(file.dataSet.get(0x00091001)?.vr).toBe('UN');
    expect(file.dataSet.bytes(0x00091001)).toEqual(Uint8Array.of(0x78, 0x20));
    expect(file.dataSet.text(0x00090010)).toBe('OWNER');
    expect(file.dataSet.items(Tag.ReferencedImageSequence)[0]?.text(Tag.ReferencedSOPInstanceUID)).toBe(
      '1.2',
    );
    expect(file.pixelData?.native).toEqual(Uint8Array.of(1, 0, 2, 0, 3, 0));
    const explicit = parseDicom(
      writeDicom(file, { transferSyntaxUid: TransferSyntax.ExplicitVRLittleEndian }),
    );
    expect(toDicomJson(explicit.dataSet)).toEqual(toDicomJson(file.dataSet));
  });
});

describe('changing a file', () => {
  const sequence = [buildDataSet({ ReferencedSOPInstanceUID: '1.2' })];
  const dataSet = new DataSetBuilder(identity)
    .set(Tag.ReferencedImageSequence, sequence)
    .set(Tag.PatientID, 'old')
    .build();

  test('the rest stays byte for byte', () => {
    const before = parseDicom(writeDicom(createDicomFile(dataSet)));
    const changed = new DataSetBuilder(before.dataSet).set(Tag.PatientID, 'new!').build();
    const after = parseDicom(writeDicom(withDataSet(before, changed)));
    expect(after.dataSet.text(Tag.PatientID)).toBe('new!');
    for (const tag of [Tag.SOPClassUID, Tag.ReferencedImageSequence]) {
      expect(after.dataSet.get(tag)?.raw?.bytes).toEqual(before.dataSet.get(tag)?.raw?.bytes);
    }
  });

  test('the meta information gets its group length', () => {
    const file = parseDicom(writeDicom(createDicomFile(dataSet)), {});
    expect(file.warnings).toEqual([]);
    expect(file.meta.number(Tag.FileMetaInformationGroupLength)).toBeGreaterThan(100);
    expect(file.meta.text(Tag.MediaStorageSOPInstanceUID)).toBe('1.2.3');
  });

  test('a preamble is kept, or zeroed on request', () => {
    const bytes = writeDicom(createDicomFile(dataSet));
    bytes.set([0x4d, 0x5a]); // MZ: an executable
    const file = parseDicom(bytes);
    expect(writeDicom(file)).toEqual(bytes);
    expect(writeDicom(file, { zeroPreamble: true }).subarray(0, 128)).toEqual(new Uint8Array(128));
  });

  test('a bare data set becomes a Part 10 file when a transfer syntax is asked for', () => {
    const part10 = writeDicom(createDicomFile(dataSet));
    const bare = part10.slice(part10.length - 100);
    const metaBytes = parseDicom(part10).meta.number(Tag.FileMetaInformationGroupLength)! + 12;
    const file = parseDicom(part10.slice(132 + metaBytes));
    expect(file.warnings.map(({ code }) => code)).toEqual(['PREAMBLE_MISSING', 'TRANSFER_SYNTAX_GUESSED']);
    expect(file.dataSet.text(Tag.PatientID)).toBe('old');
    expect(writeDicom(file)).toEqual(part10.slice(132 + metaBytes));
    expect(writeDicom(file, { transferSyntaxUid: TransferSyntax.ExplicitVRLittleEndian })).toEqual(part10);
    expect(bare.length).toBe(100);
  });

  test('what needs a codec is refused', () => {
    const compressed = createDicomFile(
      new DataSetBuilder(identity).setFrames([Uint8Array.of(1, 2)]).build(),
      {
        transferSyntaxUid: TransferSyntax.RLELossless,
      },
    );
    expect(() =>
      writeDicom(compressed, { transferSyntaxUid: TransferSyntax.ExplicitVRLittleEndian }),
    ).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });

  test('a DICOMDIR is not moved to another transfer syntax: its byte offsets would be wrong', () => {
    const directory = createDicomFile(withIdentity(buildDataSet({ DirectoryRecordSequence: [] })));
    expect(() => writeDicom(directory, { transferSyntaxUid: TransferSyntax.ImplicitVRLittleEndian })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', tag: '(0004,1220)' }),
    );
    expect(writeDicom(directory)).toEqual(writeDicom(parseDicom(writeDicom(directory))));
  });

  test('sequences that were built too deep are refused', () => {
    let deep = buildDataSet({ PatientID: 'x' });
    for (let i = 0; i < 70; i++) deep = buildDataSet({ ReferencedImageSequence: [deep] });
    expect(() => writeDicom(createDicomFile(withIdentity(deep)))).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });

  test('a value too long for its VR becomes UN', () => {
    const long = new DataSetBuilder(identity).set(Tag.SelectorUSValue, Array<number>(40_000).fill(7)).build();
    const { dataSet: read } = parseDicom(writeDicom(createDicomFile(long)));
    expect(read.get(Tag.SelectorUSValue)?.vr).toBe('UN');
    expect(read.numbers(Tag.SelectorUSValue)).toHaveLength(40_000);
  });
});
