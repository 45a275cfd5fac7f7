import { describe, expect, test } from 'vitest';
import { isFault } from '../fault/index.ts';
import {
  buildDataSet,
  createDicomFile,
  type DataSet,
  DataSetBuilder,
  parseDicom,
  Tag,
  TransferSyntax,
  writeDicom,
} from './index.ts';

const IDENTITY = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.4', SOPInstanceUID: '1.2.3' } as const;

/** Through bytes and back. */
function reread(dataSet: DataSet, transferSyntaxUid: string = TransferSyntax.ExplicitVRLittleEndian) {
  return parseDicom(writeDicom(createDicomFile(dataSet, { transferSyntaxUid })));
}

/** A data set whose values need not be valid, through UN and private-free bytes. */
function withRaw(tag: number, bytes: Uint8Array, vr: 'US' | 'FD' | 'UV' | 'AT' | 'UN') {
  return reread(new DataSetBuilder(buildDataSet(IDENTITY)).set(tag, bytes, vr).build());
}

describe('reading values', () => {
  test('zero is a value, absent and empty are undefined', () => {
    const { dataSet } = reread(
      buildDataSet({ ...IDENTITY, Rows: 0, SliceThickness: 0, PatientID: '', PatientWeight: [] }),
    );
    expect(dataSet.number(Tag.Rows)).toBe(0);
    expect(dataSet.number(Tag.SliceThickness)).toBe(0);
    expect(dataSet.text(Tag.PatientID)).toBeUndefined();
    expect(dataSet.texts(Tag.PatientID)).toEqual([]);
    expect(dataSet.has(Tag.PatientID)).toBe(true);
    expect(dataSet.number(Tag.PatientWeight)).toBeUndefined();
    expect(dataSet.number(Tag.Columns)).toBeUndefined();
    expect(dataSet.numbers(Tag.Columns)).toEqual([]);
    expect(dataSet.items(Tag.ReferencedImageSequence)).toEqual([]);
  });

  test('padding is trimmed, inner empty values stay in their place', () => {
    const { dataSet } = reread(
      buildDataSet({ ...IDENTITY, ImageType: ['ORIGINAL', '', 'M'], StudyDescription: ' x ' }),
    );
    expect(dataSet.texts(Tag.ImageType)).toEqual(['ORIGINAL', '', 'M']);
    expect(dataSet.text(Tag.ImageType, 1)).toBeUndefined();
    expect(dataSet.text(Tag.ImageType, 2)).toBe('M');
    expect(dataSet.text(Tag.StudyDescription)).toBe('x');
    expect(dataSet.text(Tag.SOPInstanceUID)).toBe('1.2.3');
  });

  test('a malformed number is absent and leaves one warning', () => {
    const file = parseDicom(
      Uint8Array.from(
        Buffer.from(writeDicom(createDicomFile(buildDataSet({ ...IDENTITY, PixelSpacing: '0.5\\0.7' }))))
          .toString('latin1')
          .replace('0.5\\0.7', '0,5\\0.7'),
        (character) => character.charCodeAt(0),
      ),
    );
    expect(file.dataSet.number(Tag.PixelSpacing)).toBeUndefined();
    expect(file.dataSet.number(Tag.PixelSpacing, 1)).toBe(0.7);
    expect(file.dataSet.numbers(Tag.PixelSpacing)).toEqual([]);
    expect(file.warnings).toEqual([
      { code: 'VALUE_MALFORMED', message: 'a value of DS is not a number', subject: '(0028,0030)' },
    ]);
  });

  test('what is no UID is absent', () => {
    for (const bad of ['../../x', '1.2\0x', `1.${'2'.repeat(63)}`, '1..2', 'x']) {
      const file = withRaw(Tag.StudyInstanceUID, Uint8Array.from(Buffer.from(bad)), 'UN');
      expect(file.dataSet.uid(Tag.StudyInstanceUID)).toBeUndefined();
      expect(file.warnings.map(({ code }) => code)).toEqual(['VALUE_MALFORMED']);
    }
    const { dataSet } = reread(buildDataSet({ ...IDENTITY, StudyInstanceUID: `1.${'2'.repeat(62)}` }));
    expect(dataSet.uid(Tag.StudyInstanceUID)).toHaveLength(64);
    expect(dataSet.uid(Tag.SeriesInstanceUID)).toBeUndefined();
  });

  test('a binary value of broken length gives its whole numbers and a warning', () => {
    const file = withRaw(Tag.GridFrameOffsetVector, new Uint8Array(0), 'UN');
    expect(file.dataSet.numbers(Tag.GridFrameOffsetVector)).toEqual([]);
    const broken = withRaw(Tag.FrameIncrementPointer, Uint8Array.of(0x18, 0, 0x63, 0x10, 1, 2), 'AT');
    expect(broken.dataSet.numbers(Tag.FrameIncrementPointer)).toEqual([0x00181063]);
    expect(broken.warnings.map(({ code }) => code)).toEqual(['VALUE_MALFORMED']);
  });

  test('64-bit integers beyond 2^53 are malformed rather than rounded', () => {
    const file = withRaw(Tag.SelectorUVValue, new Uint8Array(8).fill(0xff), 'UV');
    expect(file.dataSet.number(Tag.SelectorUVValue)).toBeUndefined();
    expect(file.warnings.map(({ code }) => code)).toEqual(['VALUE_MALFORMED']);
  });

  test('UN of a known attribute is read by the dictionary', () => {
    const file = withRaw(Tag.Rows, Uint8Array.of(0x00, 0x02), 'UN');
    expect(file.dataSet.get(Tag.Rows)?.vr).toBe('UN');
    expect(file.dataSet.number(Tag.Rows)).toBe(512);
  });

  test.each(Object.values(TransferSyntax).slice(0, 4))('all numeric VRs through %s', (transferSyntaxUid) => {
    const values = {
      US: 65535,
      SS: -2,
      UL: 4294967295,
      SL: -3,
      FL: 0.5,
      FD: 1e-300,
      SV: -5,
      UV: 2 ** 53 - 1,
    };
    const builder = new DataSetBuilder(
      buildDataSet({ ...IDENTITY, PixelRepresentation: 1, InstanceNumber: -7 }),
    )
      .set(Tag.SelectorUSValue, values.US)
      .set(Tag.SelectorSSValue, [values.SS, 1])
      .set(Tag.SelectorULValue, values.UL)
      .set(Tag.SelectorSLValue, values.SL)
      .set(Tag.SelectorFLValue, values.FL)
      .set(Tag.SelectorFDValue, values.FD)
      .set(Tag.SelectorSVValue, values.SV)
      .set(Tag.SelectorUVValue, values.UV)
      .set(Tag.SelectorATValue, [0x00280030, 0x7fe00010])
      .set(Tag.PixelPaddingValue, -2000, 'SS')
      .set(Tag.PixelData, Uint16Array.of(1, 0x1234));
    const { dataSet, pixelData, warnings } = reread(builder.build(), transferSyntaxUid);
    expect(dataSet.number(Tag.SelectorUSValue)).toBe(values.US);
    expect(dataSet.numbers(Tag.SelectorSSValue)).toEqual([values.SS, 1]);
    expect(dataSet.number(Tag.SelectorULValue)).toBe(values.UL);
    expect(dataSet.number(Tag.SelectorSLValue)).toBe(values.SL);
    expect(dataSet.number(Tag.SelectorFLValue)).toBe(values.FL);
    expect(dataSet.number(Tag.SelectorFDValue)).toBe(values.FD);
    expect(dataSet.number(Tag.SelectorSVValue)).toBe(values.SV);
    expect(dataSet.number(Tag.SelectorUVValue)).toBe(values.UV);
    expect(dataSet.numbers(Tag.SelectorATValue)).toEqual([0x00280030, 0x7fe00010]);
    expect(dataSet.text(Tag.SelectorATValue, 1)).toBe('7fe00010');
    // Implicit VR: US or SS is decided by Pixel Representation.
    expect(dataSet.number(Tag.PixelPaddingValue)).toBe(-2000);
    expect(dataSet.number(Tag.InstanceNumber)).toBe(-7);
    expect(dataSet.get(Tag.PixelData)?.littleEndianBytes).toEqual(Uint8Array.of(1, 0, 0x34, 0x12));
    expect(pixelData?.littleEndian).toBe(transferSyntaxUid !== TransferSyntax.ExplicitVRBigEndian);
    expect(warnings).toEqual([]);
  });
});

describe('building', () => {
  test('elements come in ascending order, whatever the order of setting', () => {
    const dataSet = buildDataSet({ Rows: 1, PatientName: 'A', SOPClassUID: '1.2' });
    expect([...dataSet.elements()].map(({ tag }) => tag)).toEqual([
      Tag.SOPClassUID,
      Tag.PatientName,
      Tag.Rows,
    ]);
  });

  test.each([
    ['a UID with a letter', { SOPInstanceUID: '1.2.x' }],
    ['a UID of 65 characters', { SOPInstanceUID: `1.${'2'.repeat(63)}` }],
    ['lower case in CS', { Modality: 'mr' }],
    ['a date with dashes', { StudyDate: '2024-01-01' }],
    ['text for a number', { Rows: 'many' }],
    ['a number out of range', { Rows: 65536 }],
    ['a fraction in US', { Rows: 1.5 }],
    ['not a number in DS', { SliceThickness: Number.NaN }],
    ['a number for text', { PatientID: 5 }],
    ['a number for a sequence', { ReferencedImageSequence: 5 }],
    ['more than 64 characters in LO', { StudyDescription: 'x'.repeat(65) }],
  ])('%s is refused', (_, values) => {
    expect(() => buildDataSet(values)).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
  });

  test('decimal strings keep as many digits as sixteen characters hold', () => {
    const numbers = [
      0.1,
      1 / 3,
      -1 / 3,
      1e-20 / 3,
      -1.23456789e-300,
      123456789012345680,
      -0.000001234567891234,
    ];
    const { dataSet } = reread(buildDataSet({ ...IDENTITY, SelectorDSValue: numbers }));
    expect(dataSet.texts(Tag.SelectorDSValue).every((text) => text.length <= 16)).toBe(true);
    dataSet.numbers(Tag.SelectorDSValue).forEach((value, i) => {
      expect(Math.abs(value - numbers[i]!)).toBeLessThanOrEqual(Math.abs(numbers[i]!) * 1e-8);
    });
    expect(dataSet.number(Tag.SelectorDSValue, 1)).toBe(0.33333333333333);
  });

  test('private elements get a block, and a second creator the next', () => {
    const { dataSet } = reread(
      new DataSetBuilder(buildDataSet(IDENTITY))
        .setPrivate(0x0011, 'PROMONTORY', 0x01, 'one', 'LO')
        .setPrivate(0x0011, 'OTHER', 0x01, 'two', 'LO')
        .setPrivate(0x0011, 'PROMONTORY', 0x02, [1, 2], 'US')
        .build(),
    );
    expect(dataSet.text(0x00111001)).toBe('one');
    expect(dataSet.text(0x00111101)).toBe('two');
    expect(dataSet.numbers(0x00111002)).toEqual([1, 2]);
    expect(dataSet.privateCreator(0x00111101)).toBe('OTHER');
  });

  test('a tag without VR is refused', () => {
    expect(() => new DataSetBuilder().set(0x00111001, 'x')).toThrow(
      expect.objectContaining({ tag: '(0011,1001)' }),
    );
  });

  test('compressed frames get an offset table', () => {
    const file = reread(
      new DataSetBuilder(buildDataSet(IDENTITY))
        .setFrames([Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5)])
        .build(),
      TransferSyntax.RLELossless,
    );
    expect(file.pixelData?.fragments).toEqual([Uint8Array.of(1, 2, 3, 0), Uint8Array.of(4, 5)]);
    expect(file.pixelData?.basicOffsets).toEqual([0, 12]);
  });
});

describe('character sets', () => {
  const japanese = buildDataSet({
    SpecificCharacterSet: 'ISO_IR 192',
    PatientName: 'Yamada^Tarou=山田^太郎',
    StudyDescription: 'naïve',
  });

  test('text beyond ASCII makes a built data set UTF-8', () => {
    const { dataSet } = reread(buildDataSet({ ...IDENTITY, PatientName: 'Müller^Jörg' }));
    expect(dataSet.text(Tag.SpecificCharacterSet)).toBe('ISO_IR 192');
    expect(dataSet.text(Tag.PatientName)).toBe('Müller^Jörg');
    expect(
      reread(buildDataSet({ ...IDENTITY, PatientName: 'Muller' })).dataSet.has(Tag.SpecificCharacterSet),
    ).toBe(false);
  });

  test('a declared set is kept where it holds the text', () => {
    const { dataSet } = reread(
      buildDataSet({ ...IDENTITY, SpecificCharacterSet: 'ISO_IR 100', PatientName: 'Jörg' }),
    );
    expect(dataSet.texts(Tag.SpecificCharacterSet)).toEqual(['ISO_IR 100']);
    expect(dataSet.bytes(Tag.PatientName)).toEqual(Uint8Array.of(0x4a, 0xf6, 0x72, 0x67));
    const changed = new DataSetBuilder(dataSet).set(Tag.StudyDescription, '腰椎').build();
    expect(changed.text(Tag.SpecificCharacterSet)).toBe('ISO_IR 192');
    expect(reread(changed).dataSet.text(Tag.PatientName)).toBe('Jörg');
    expect(reread(changed).dataSet.text(Tag.StudyDescription)).toBe('腰椎');
  });

  test('an item takes the set of the data set around it, and may state its own', () => {
    const latin = reread(
      buildDataSet({
        ...IDENTITY,
        SpecificCharacterSet: 'ISO_IR 100',
        RequestAttributesSequence: [
          buildDataSet({ RequestedProcedureDescription: 'x' }),
          buildDataSet({ SpecificCharacterSet: 'ISO_IR 144', RequestedProcedureDescription: 'Люк' }),
        ],
      }),
    ).dataSet;
    const items = latin.items(Tag.RequestAttributesSequence);
    expect(items[0]?.characterSet.terms).toEqual(['ISO_IR 100']);
    expect(items[1]?.text(Tag.RequestedProcedureDescription)).toBe('Люк');
  });

  test('an item moved under another set still reads the same', () => {
    const bytes = writeDicom(
      createDicomFile(
        buildDataSet({
          ...IDENTITY,
          SpecificCharacterSet: 'ISO_IR 100',
          RequestAttributesSequence: [
            buildDataSet({ SpecificCharacterSet: 'ISO_IR 100', RequestedProcedureDescription: 'Rücken' }),
          ],
        }),
      ),
    );
    const source = parseDicom(bytes).dataSet;
    // Take the item's own statement away: it inherits now.
    const inner = new DataSetBuilder(source.items(Tag.RequestAttributesSequence)[0]).remove(
      Tag.SpecificCharacterSet,
    );
    const inheriting = new DataSetBuilder(source).set(Tag.RequestAttributesSequence, [inner.build()]).build();
    const moved = new DataSetBuilder(buildDataSet({ ...IDENTITY, PatientName: '山' }))
      .set(Tag.RequestAttributesSequence, reread(inheriting).dataSet.items(Tag.RequestAttributesSequence))
      .build();
    const { dataSet } = reread(moved);
    expect(dataSet.items(Tag.RequestAttributesSequence)[0]?.text(Tag.RequestedProcedureDescription)).toBe(
      'Rücken',
    );
    expect(dataSet.text(Tag.PatientName)).toBe('山');
  });

  test('copied text is written in the set of its new home', () => {
    const copied = new DataSetBuilder(buildDataSet({ ...IDENTITY, SpecificCharacterSet: 'ISO_IR 100' }))
      .copy(japanese, Tag.StudyDescription, Tag.PatientID)
      .build();
    expect(copied.texts(Tag.SpecificCharacterSet)).toEqual(['ISO_IR 100']);
    expect(reread(copied).dataSet.text(Tag.StudyDescription)).toBe('naïve');
    const both = new DataSetBuilder(copied).copy(japanese, Tag.PatientName).build();
    expect(both.texts(Tag.SpecificCharacterSet)).toEqual(['ISO_IR 192']);
    expect(reread(both).dataSet.text(Tag.PatientName)).toBe('Yamada^Tarou=山田^太郎');
    expect(reread(both).dataSet.text(Tag.StudyDescription)).toBe('naïve');
  });

  test('an unknown set is told and the bytes stay', () => {
    const bytes = writeDicom(
      createDicomFile(buildDataSet({ ...IDENTITY, SpecificCharacterSet: 'ISO_IR 999', PatientName: 'A' })),
    );
    const file = parseDicom(bytes);
    expect(file.dataSet.text(Tag.PatientName)).toBe('A');
    expect(file.warnings.map(({ code }) => code)).toEqual(['CHARACTER_SET_UNKNOWN']);
    expect(writeDicom(file)).toEqual(bytes);
  });
});

test('a fault carries no patient data', () => {
  try {
    buildDataSet({ PatientBirthDate: 'Canary^Name' });
  } catch (fault) {
    expect(isFault(fault) && !fault.message.includes('Canary')).toBe(true);
    return;
  }
  throw new Error('nothing was thrown');
});
