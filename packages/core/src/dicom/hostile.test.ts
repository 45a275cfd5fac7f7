/** Input made to hurt: reliability rows 3, 5 and 6. */
import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault, isFault } from '../fault/index.ts';
import { buildDataSet, createDicomFile, parseDicom, Tag, TransferSyntax, writeDicom } from './index.ts';

function caught(work: () => unknown): Fault {
  try {
    work();
  } catch (fault) {
    if (fault instanceof Fault) return fault;
    throw fault;
  }
  throw new Error('nothing was thrown');
}

function bytesOf(...parts: (readonly number[] | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const u16 = (value: number) => [value & 0xff, (value >>> 8) & 0xff];
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];
const tag = (group: number, element: number) => [...u16(group), ...u16(element)];
const ITEM = tag(0xfffe, 0xe000);
const UNDEFINED = u32(0xffffffff);

/** Part 10 start with an empty data set. */
function start(transferSyntaxUid: string): Uint8Array {
  const file = createDicomFile(buildDataSet({ SOPClassUID: '1.2', SOPInstanceUID: '1.2.3' }), {
    transferSyntaxUid,
  });
  return writeDicom({
    ...file,
    dataSet: buildDataSet({}),
    transferSyntaxUid: TransferSyntax.ExplicitVRLittleEndian,
  });
}

const explicitStart = start(TransferSyntax.ExplicitVRLittleEndian);
const implicitStart = start(TransferSyntax.ImplicitVRLittleEndian);
const name = (text: string) => [
  ...tag(0x0010, 0x0010),
  0x50,
  0x4e,
  ...u16(text.length),
  ...Buffer.from(text),
];

function nested(depth: number): Uint8Array {
  const level = [...tag(0x0008, 0x1140), ...UNDEFINED, ...ITEM, ...UNDEFINED];
  const out = new Uint8Array(implicitStart.length + depth * level.length);
  out.set(implicitStart);
  for (let i = 0; i < depth; i++) out.set(level, implicitStart.length + i * level.length);
  return out;
}

describe('bombs', () => {
  test('0.5 MB that would inflate to 512 MB is refused after the first kilobytes', () => {
    // A flushed stretch of zeros can be repeated: 32 times 16 MiB.
    const stretch = deflateRawSync(Buffer.alloc(16 * 2 ** 20), { finishFlush: constants.Z_SYNC_FLUSH });
    const head = start(TransferSyntax.DeflatedExplicitVRLittleEndian);
    const bomb = new Uint8Array(Buffer.concat([head, ...Array<Buffer>(32).fill(stretch)]));
    expect(bomb.length).toBeGreaterThan(500_000);
    const begin = performance.now();
    const fault = caught(() => parseDicom(bomb));
    expect(performance.now() - begin).toBeLessThan(1000);
    expect(fault.code).toBe('LIMIT_EXCEEDED');
    // Consumed so far times the ratio of deflate bounds what was inflated: under 64 MB.
    expect((fault.offset! - head.length) * 1032).toBeLessThan(64e6);
  });

  test('the absolute cap holds below the ratio', () => {
    const noise = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 2654435761) >>> 13);
    const bytes = Buffer.concat([
      start(TransferSyntax.DeflatedExplicitVRLittleEndian),
      deflateRawSync(noise),
    ]);
    expect(caught(() => parseDicom(bytes, { limits: { maxInflatedBytes: 100_000 } })).code).toBe(
      'LIMIT_EXCEEDED',
    );
  });

  test('what is no deflate stream is malformed', () => {
    const bytes = bytesOf(start(TransferSyntax.DeflatedExplicitVRLittleEndian), Array<number>(64).fill(0xff));
    expect(caught(() => parseDicom(bytes)).code).toBe('MALFORMED');
  });

  test('megabytes after the end of a deflate stream are not worked through', () => {
    const file = createDicomFile(buildDataSet({ SOPClassUID: '1.2', SOPInstanceUID: '1.2.3' }), {
      transferSyntaxUid: TransferSyntax.DeflatedExplicitVRLittleEndian,
    });
    const bytes = new Uint8Array(Buffer.concat([writeDicom(file), Buffer.alloc(64 * 2 ** 20, 0x55)]));
    const begin = performance.now();
    expect(parseDicom(bytes).dataSet.text(Tag.SOPInstanceUID)).toBe('1.2.3');
    expect(performance.now() - begin).toBeLessThan(1000);
    const noise = bytesOf(start(TransferSyntax.DeflatedExplicitVRLittleEndian), new Uint8Array(300_000));
    expect(isFault(caught(() => parseDicom(noise)))).toBe(true);
  });

  test('element count is capped', () => {
    const many = bytesOf(
      explicitStart,
      ...Array.from({ length: 200 }, (_, i) => [...tag(0x0009, 0x1000 + i), 0x4c, 0x4f, 0, 0]),
    );
    expect(parseDicom(many).dataSet.size).toBe(200);
    expect(caught(() => parseDicom(many, { limits: { maxElements: 100 } })).code).toBe('LIMIT_EXCEEDED');
  });
});

describe('nesting', () => {
  test('64 levels are read, 65 and 100,000 are refused at the level that is too deep', () => {
    expect(parseDicom(nested(64)).warnings.map(({ code }) => code)).toEqual(['FILE_TRUNCATED']);
    expect(caught(() => parseDicom(nested(65))).code).toBe('LIMIT_EXCEEDED');
    const begin = performance.now();
    const fault = caught(() => parseDicom(nested(100_000)));
    expect(performance.now() - begin).toBeLessThan(1000);
    expect(fault.code).toBe('LIMIT_EXCEEDED');
    expect(fault.offset).toBe(implicitStart.length + 64 * 24 - 64 * 8);
    expect(fault.tag).toBe('(0008,1140)');
  });

  test('100,000 empty items are no nesting', () => {
    const item = [...ITEM, ...u32(0)];
    const sequence = [...tag(0x0008, 0x1140), ...u32(item.length * 100_000)];
    const bytes = new Uint8Array(implicitStart.length + sequence.length + 800_000);
    bytes.set(implicitStart);
    bytes.set(sequence, implicitStart.length);
    for (let i = 0; i < 100_000; i++) bytes.set(item, implicitStart.length + sequence.length + 8 * i);
    expect(parseDicom(bytes).dataSet.items(Tag.ReferencedImageSequence)).toHaveLength(100_000);
  });
});

describe('lengths that lie', () => {
  test('a value past the end of the file is a truncation, and nothing of that length is allocated', () => {
    const bytes = bytesOf(explicitStart, name('A^B '), [
      ...tag(0x0028, 0x3006),
      0x4f,
      0x57,
      0,
      0,
      ...u32(0xfffffff0),
      1,
      2,
    ]);
    const file = parseDicom(bytes);
    expect(file.dataSet.text(Tag.PatientName)).toBe('A^B');
    expect(file.dataSet.has(Tag.LUTData)).toBe(false);
    expect(file.warnings.map(({ code }) => code)).toEqual(['FILE_TRUNCATED']);
  });

  test('a first value past the end leaves nothing to keep', () => {
    const bytes = bytesOf(explicitStart, [...tag(0x0010, 0x0010), 0x50, 0x4e, ...u16(0xfffe), 65]);
    const fault = caught(() => parseDicom(bytes));
    expect(fault.code).toBe('TRUNCATED');
    expect(fault.offset).toBe(explicitStart.length);
  });

  test('a value past its item is malformed', () => {
    const value = [...tag(0x0008, 0x1150), 0x55, 0x49, ...u16(100), 49, 0];
    const item = [...ITEM, ...u32(value.length), ...value];
    const sequence = [...tag(0x0008, 0x1140), 0x53, 0x51, 0, 0, ...u32(item.length), ...item];
    const fault = caught(() => parseDicom(bytesOf(explicitStart, sequence, name('x'.repeat(200)))));
    expect(fault.code).toBe('MALFORMED');
    expect(fault.offset).toBe(explicitStart.length + 12 + 8);
  });

  test('an item past its sequence is malformed', () => {
    const item = [...ITEM, ...u32(50)];
    const sequence = [...tag(0x0008, 0x1140), 0x53, 0x51, 0, 0, ...u32(item.length), ...item];
    expect(caught(() => parseDicom(bytesOf(explicitStart, sequence, name('x'.repeat(200))))).code).toBe(
      'MALFORMED',
    );
  });

  test('no item in a sequence, no fragment in pixel data', () => {
    const sequence = [...tag(0x0008, 0x1140), 0x53, 0x51, 0, 0, ...UNDEFINED, ...name('A^B ')];
    expect(caught(() => parseDicom(bytesOf(explicitStart, sequence))).code).toBe('MALFORMED');
    const pixels = [...tag(0x7fe0, 0x0010), 0x4f, 0x42, 0, 0, ...UNDEFINED, ...name('A^B ')];
    expect(caught(() => parseDicom(bytesOf(explicitStart, pixels))).code).toBe('MALFORMED');
  });
});

describe('what is no DICOM', () => {
  test.each([
    ['nothing', new Uint8Array(0)],
    ['one byte', Uint8Array.of(8)],
    ['zeros', new Uint8Array(1000)],
    ['text', new TextEncoder().encode('The quick brown fox jumps over the lazy dog. '.repeat(20))],
    ['a PNG', bytesOf([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], new Uint8Array(200))],
  ])('%s', (_, bytes) => {
    const fault = caught(() => parseDicom(bytes));
    expect(fault.code).toBe('NOT_RECOGNISED');
    expect(fault.offset).toBe(0);
  });
});

describe('any damage', () => {
  const inner = buildDataSet({ ReferencedSOPClassUID: '1.2', ReferencedSOPInstanceUID: '1.2.3' });
  const dataSet = buildDataSet({
    SpecificCharacterSet: ['', 'ISO 2022 IR 87'],
    SOPClassUID: '1.2',
    SOPInstanceUID: '1.2.3',
    ReferencedImageSequence: [inner, buildDataSet({ ReferencedImageSequence: [inner] })],
    PatientName: 'A^B',
    Rows: 2,
    Columns: 2,
    PixelSpacing: [0.5, 0.5],
    PixelData: new Uint16Array(4),
  });
  const files = Object.entries({
    explicit: TransferSyntax.ExplicitVRLittleEndian,
    implicit: TransferSyntax.ImplicitVRLittleEndian,
    big: TransferSyntax.ExplicitVRBigEndian,
    deflated: TransferSyntax.DeflatedExplicitVRLittleEndian,
  }).map(
    ([label, transferSyntaxUid]) =>
      [label, writeDicom(createDicomFile(dataSet, { transferSyntaxUid }))] as const,
  );

  /** Reads everything that can be read; only a Fault may come out. */
  function survives(bytes: Uint8Array): void {
    try {
      const file = parseDicom(bytes);
      const waiting = [file.meta, file.dataSet];
      for (let set = waiting.pop(); set !== undefined; set = waiting.pop()) {
        for (const element of set.elements()) {
          set.texts(element.tag);
          set.numbers(element.tag);
          set.number(element.tag, 1);
          waiting.push(...set.items(element.tag));
        }
      }
      writeDicom(file);
    } catch (fault) {
      if (!isFault(fault)) throw fault;
    }
  }

  test.each(files)('%s, cut off at every byte', (_, bytes) => {
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.slice(0, length);
      survives(cut);
      if (length <= 132) expect(isFault(caught(() => parseDicom(cut)))).toBe(true);
    }
    expect(parseDicom(bytes).warnings).toEqual([]);
  });

  test.each(files)('%s, with any bytes changed', (_, bytes) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 8,
        }),
        (changes) => {
          const damaged = bytes.slice();
          for (const [at, value] of changes) damaged[at] = value;
          survives(damaged);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('noise after a valid start', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (noise, explicit) => {
        survives(bytesOf(explicit ? explicitStart : implicitStart, noise));
      }),
      { numRuns: 500 },
    );
  });
});
