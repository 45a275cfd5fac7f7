/** Forms that files take in the wild, byte by byte. */
import { describe, expect, test } from 'vitest';
import { parseDicom, Tag, writeDicom } from './index.ts';

const u16 = (value: number) => [value & 0xff, (value >>> 8) & 0xff];
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];
const tag = (value: number) => [...u16(value >>> 16), ...u16(value & 0xffff)];
const ascii = (text: string) => [...text].map((character) => character.charCodeAt(0));
const short = (t: number, vr: string, value: readonly number[]) => [
  ...tag(t),
  ...ascii(vr),
  ...u16(value.length),
  ...value,
];
const long = (t: number, vr: string, length: number, value: readonly number[]) => [
  ...tag(t),
  ...ascii(vr),
  0,
  0,
  ...u32(length),
  ...value,
];
const implicit = (t: number, value: readonly number[]) => [...tag(t), ...u32(value.length), ...value];
const item = (value: readonly number[]) => [...tag(0xfffee000), ...u32(value.length), ...value];
const openItem = (value: readonly number[]) => [
  ...tag(0xfffee000),
  ...u32(0xffffffff),
  ...value,
  ...tag(0xfffee00d),
  ...u32(0),
];
const sequenceEnd = [...tag(0xfffee0dd), ...u32(0)];
const UNDEFINED = 0xffffffff;

function part10(transferSyntaxUid: string, ...elements: readonly (readonly number[])[]): Uint8Array {
  const uid = transferSyntaxUid.length % 2 === 0 ? transferSyntaxUid : `${transferSyntaxUid}\0`;
  const syntax = short(0x00020010, 'UI', ascii(uid));
  const meta = [...short(0x00020000, 'UL', u32(syntax.length)), ...syntax];
  return Uint8Array.from([...new Uint8Array(128), ...ascii('DICM'), ...meta, ...elements.flat()]);
}

const explicit = (...elements: readonly (readonly number[])[]) => part10('1.2.840.10008.1.2.1', ...elements);
const sopClass = short(0x00080016, 'UI', ascii('1.2\0'));
const codes = (bytes: Uint8Array) => parseDicom(bytes).warnings.map(({ code }) => code);

describe('forms of sequences', () => {
  const inner = short(0x00081155, 'UI', ascii('1.22'));
  test.each([
    ['defined lengths', long(0x00081140, 'SQ', 2 * (8 + inner.length), [...item(inner), ...item(inner)])],
    [
      'undefined lengths',
      long(0x00081140, 'SQ', UNDEFINED, [...openItem(inner), ...openItem(inner), ...sequenceEnd]),
    ],
    [
      'mixed lengths',
      long(0x00081140, 'SQ', UNDEFINED, [...openItem(inner), ...item(inner), ...sequenceEnd]),
    ],
  ])('%s', (_, sequence) => {
    const bytes = explicit(sopClass, sequence, short(0x00100020, 'LO', ascii('id')));
    const file = parseDicom(bytes);
    expect(file.warnings).toEqual([]);
    expect(
      file.dataSet.items(Tag.ReferencedImageSequence).map((each) => each.text(Tag.ReferencedSOPInstanceUID)),
    ).toEqual(['1.22', '1.22']);
    expect(file.dataSet.text(Tag.PatientID)).toBe('id');
    expect(writeDicom(file)).toEqual(bytes);
  });

  test('UN of undefined length holds implicit VR, whatever is around it', () => {
    const within = openItem(implicit(0x00081155, ascii('1.22')));
    const file = parseDicom(
      explicit(sopClass, long(0x00081140, 'UN', UNDEFINED, [...within, ...sequenceEnd])),
    );
    expect(file.dataSet.get(Tag.ReferencedImageSequence)?.vr).toBe('SQ');
    expect(file.dataSet.items(Tag.ReferencedImageSequence)[0]?.text(Tag.ReferencedSOPInstanceUID)).toBe(
      '1.22',
    );
    expect(file.warnings).toEqual([]);
  });

  test('UN whose writer went on with explicit VR is read with a warning', () => {
    const bytes = explicit(sopClass, long(0x00081140, 'UN', UNDEFINED, [...openItem(inner), ...sequenceEnd]));
    const file = parseDicom(bytes);
    expect(file.dataSet.items(Tag.ReferencedImageSequence)[0]?.text(Tag.ReferencedSOPInstanceUID)).toBe(
      '1.22',
    );
    expect(codes(bytes)).toEqual(['STRUCTURE_TOLERATED']);
    expect(writeDicom(file)).toEqual(bytes);
  });

  test('a missing item delimiter and stray delimiters leave a warning', () => {
    const open = [...tag(0xfffee000), ...u32(UNDEFINED), ...inner];
    const unclosed = explicit(sopClass, long(0x00081140, 'SQ', UNDEFINED, [...open, ...sequenceEnd]), inner);
    expect(codes(unclosed)).toEqual(['STRUCTURE_TOLERATED']);
    expect(parseDicom(unclosed).dataSet.text(Tag.ReferencedSOPInstanceUID)).toBe('1.22');
    const stray = explicit(sopClass, [...tag(0xfffee00d), ...u32(0)], inner);
    expect(codes(stray)).toEqual(['STRUCTURE_TOLERATED']);
  });

  test('an empty sequence, an empty item', () => {
    const file = parseDicom(
      explicit(sopClass, long(0x00081140, 'SQ', 0, []), long(0x00082112, 'SQ', 8, item([]))),
    );
    expect(file.dataSet.items(Tag.ReferencedImageSequence)).toEqual([]);
    expect(file.dataSet.items(Tag.SourceImageSequence).map(({ size }) => size)).toEqual([0]);
  });
});

describe('files that contradict themselves', () => {
  test.each([
    [
      'implicit data under explicit',
      '1.2.840.10008.1.2.1',
      implicit(0x00080016, ascii('1.2\0')),
      '1.2.840.10008.1.2',
    ],
    ['explicit data under implicit', '1.2.840.10008.1.2', sopClass, '1.2.840.10008.1.2.1'],
  ])('%s', (_, declared, element, found) => {
    const bytes = part10(declared, element);
    const file = parseDicom(bytes);
    expect(file.transferSyntaxUid).toBe(found);
    expect(file.dataSet.text(Tag.SOPClassUID)).toBe('1.2');
    expect(file.warnings.map(({ code }) => code)).toEqual(['TRANSFER_SYNTAX_GUESSED']);
    expect(writeDicom(file)).toEqual(bytes);
  });

  test('an element that stands twice: the first counts', () => {
    const twice = explicit(
      sopClass,
      short(0x00100020, 'LO', ascii('one ')),
      short(0x00100020, 'LO', ascii('two ')),
    );
    expect(parseDicom(twice).dataSet.text(Tag.PatientID)).toBe('one');
    expect(codes(twice)).toEqual(['STRUCTURE_TOLERATED']);
  });

  test('unknown VRs: capital letters have long headers, others short ones', () => {
    const later = explicit(
      sopClass,
      long(0x00091001, 'ZZ', 4, [1, 2, 3, 4]),
      short(0x00100020, 'LO', ascii('id')),
    );
    const bad = explicit(
      sopClass,
      short(0x00091001, '??', [1, 2, 3, 4]),
      short(0x00100020, 'LO', ascii('id')),
    );
    for (const bytes of [later, bad]) {
      const file = parseDicom(bytes);
      expect(file.dataSet.get(0x00091001)?.vr).toBe('UN');
      expect(file.dataSet.bytes(0x00091001)).toEqual(Uint8Array.of(1, 2, 3, 4));
      expect(file.dataSet.text(Tag.PatientID)).toBe('id');
      expect(file.warnings.map(({ code }) => code)).toEqual(['STRUCTURE_TOLERATED']);
    }
  });

  test('zeros after the last element are kept', () => {
    const bytes = explicit(sopClass, Array<number>(11).fill(0));
    expect(codes(bytes)).toEqual(['LENGTH_MISMATCH']);
    expect(writeDicom(parseDicom(bytes))).toEqual(bytes);
  });

  test('a wrong group length of the meta information does not lead astray', () => {
    const bytes = explicit(sopClass);
    bytes[140] = 2;
    expect(parseDicom(bytes).dataSet.text(Tag.SOPClassUID)).toBe('1.2');
    expect(codes(bytes)).toEqual(['LENGTH_MISMATCH']);
  });

  test('cut-off pixel data are kept as far as they go', () => {
    const bytes = explicit(sopClass, long(0x7fe00010, 'OW', 100, [1, 2, 3, 4]));
    expect(parseDicom(bytes).pixelData?.native).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(codes(bytes)).toEqual(['FILE_TRUNCATED']);
  });

  test('of cut-off fragments the whole ones are kept', () => {
    const bytes = explicit(
      sopClass,
      long(0x7fe00010, 'OB', UNDEFINED, [...item([]), ...item([1, 2]), ...tag(0xfffee000), ...u32(50), 3]),
    );
    expect(parseDicom(bytes).pixelData?.fragments).toEqual([Uint8Array.of(1, 2)]);
    expect(codes(bytes)).toEqual(['FILE_TRUNCATED']);
  });
});
