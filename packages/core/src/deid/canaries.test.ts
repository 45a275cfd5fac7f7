/** Canaries in every place of an object: none of them may be in the bytes of the result. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildDataSet, type DataSet, DataSetBuilder, Tag, type Vr, vrOf } from '../dicom/index.ts';
import { deidentify } from './index.ts';
import { accepted, asRead, bytesHold, CANARY, changed, keyedHash, mrImage } from './object.fixture.ts';
import { isKeptUid } from './uids.ts';

const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const TEXTS = ['AE', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT'] as const;
const BYTES = ['OB', 'OW', 'UN', 'OF', 'OD', 'OL', 'OV', 'US', 'FD', 'UL', 'AT'] as const;

/** A canary as a value of any VR that can hold it, written as the standard would not always have it. */
const value = fc.oneof(
  fc.constantFrom(...TEXTS).map((vr) => ({ vr: vr as Vr, text: CANARY })),
  fc.constantFrom(...BYTES).map((vr) => ({ vr: vr as Vr, text: `${CANARY}${CANARY}    ` })),
);

const standard = Object.values(Tag).filter(
  (tag) =>
    tag >>> 16 >= 8 && (tag & 0xffff) !== 0 && tag !== Tag.SpecificCharacterSet && tag !== Tag.PixelData,
);
/** What the writer copies into the file's header, and what ends items, cannot hold a text in a file at all. */
const plantable = (tag: number): boolean =>
  tag !== Tag.SOPClassUID && tag !== Tag.SOPInstanceUID && tag >>> 16 !== 0xfffe;
const place = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<number>(...standard) },
  // Unknown, private, private creators, overlays, curves.
  {
    weight: 1,
    arbitrary: fc.integer({ min: 0x0008_0002, max: 0xfffd_ffff }).filter((tag) => (tag & 0xffff) > 0),
  },
  { weight: 1, arbitrary: fc.integer({ min: 0x0009_0010, max: 0x0009_11ff }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0x60003000, 0x60023000, 0x60004000, 0x60fe0022, 0x50003000, 0x501e2500),
  },
);
const planted = fc.record({ tag: place.filter(plantable), value, depth: fc.integer({ min: 0, max: 30 }) });

function plant(
  dataSet: DataSet,
  tag: number,
  { vr, text }: { vr: Vr; text: string },
  depth: number,
): DataSet {
  const raw = (TEXTS as readonly string[]).includes(vr) ? text : ascii(text.slice(0, text.length & ~7));
  const set = (builder: DataSetBuilder) => builder.set(tag, raw, vr);
  if (depth === 0) return changed(dataSet, set);
  let item = set(new DataSetBuilder()).build();
  // Sequences that the profile keeps, so that the canary is reached at its depth.
  for (let i = 1; i < depth; i++) item = buildDataSet({ ReferencedSeriesSequence: [item] });
  return changed(dataSet, (builder) => builder.set(Tag.ReferencedSeriesSequence, [item], 'SQ'));
}

describe('canaries', () => {
  test('in any VR, at any place and depth: never in the result, which the report accounts for', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.array(planted, { minLength: 1, maxLength: 4 }), (plants) => {
        const original = plants.reduce(
          (dataSet, { tag, value: v, depth }) => plant(dataSet, tag, v, depth),
          mrImage(),
        );
        const outcome = deidentify(asRead(original), { keyedHash, cleanDescriptors: true });
        if (outcome.outcome === 'refused') {
          refused++;
          return;
        }
        expect(bytesHold(outcome.bytes, CANARY)).toBe(false);
        expect(JSON.stringify(outcome.report)).not.toContain(CANARY);
      }),
      { numRuns: 600 },
    );
    // Bytes that are numbers by their VR are found by the second reader, and by far the most else is cleaned.
    expect(refused).toBeLessThan(300);
  });

  test('in every attribute of table E.1-1 and of the dictionary, one by one', () => {
    const kept: string[] = [];
    const refused: number[] = [];
    for (const tag of standard) {
      const vr = vrOf(tag);
      if (vr === undefined || vr === 'SQ') continue;
      const text = (TEXTS as readonly string[]).includes(vr);
      if (!text && vr !== 'UI' && vr !== 'CS') continue;
      const canary =
        vr === 'UI' ? '1.2.276.0.7230010.99.4711.1' : vr === 'CS' ? CANARY.toUpperCase() : CANARY;
      const original = changed(mrImage(), (builder) => builder.set(tag, canary, vr));
      const outcome = deidentify(asRead(original), { keyedHash });
      if (outcome.outcome === 'refused') {
        refused.push(tag);
        continue;
      }
      // UIDs of classes and coding schemes stay: they name no person, and are on no row of the table.
      const isClass = vr === 'UI' && isKeptUid(tag);
      if (bytesHold(outcome.bytes, canary) && !isClass) kept.push(tag.toString(16));
    }
    expect(kept).toEqual([]);
    // A class that nobody knows.
    expect(refused).toEqual([Tag.SOPClassUID]);
  }, 120_000);

  test('in the character set itself', () => {
    const original = changed(mrImage(), (b) => b.set(Tag.SpecificCharacterSet, ['ZYXWVUTSKY'], 'CS'));
    expect(bytesHold(accepted(original).bytes, CANARY)).toBe(false);
  });

  test('in names of other people, and of the patient across attributes', () => {
    const original = mrImage({
      OperatorsName: 'Oberon^Titania',
      ManufacturerModelName: 'set up by Titania Oberon',
      RequestAttributesSequence: [
        buildDataSet({
          RequestedProcedureDescription: 'as Oberon said',
          ReasonForTheRequestedProcedure: CANARY,
        }),
      ],
      EvaluatorName: 'Puck^Robin',
      DocumentAuthorTrial: 'Goodfellow',
    });
    const { bytes } = accepted(original);
    for (const name of ['oberon', 'titania', 'puck^', 'goodfellow', CANARY]) {
      expect(bytesHold(bytes, name), name).toBe(false);
    }
  });

  test.each([
    ['ISO_IR 100', ['ISO_IR 100'], 'Grüßendörfer^Jürgen'],
    ['ISO_IR 144', ['ISO_IR 144'], 'Люксембургский^Иван'],
    ['GB18030', ['GB18030'], 'Wang^XiaoDong=王^小东'],
    ['ISO_IR 192', ['ISO_IR 192'], 'Yamada^Tarou=山田^太郎=やまだ^たろう'],
  ])('names in %s', (_, terms, name) => {
    const encoded = new DataSetBuilder(mrImage()).set(Tag.SpecificCharacterSet, [...terms], 'CS');
    const bytesOfName = terms[0] === 'GB18030' ? gb18030(name) : undefined;
    const set = (tag: number, vr: Vr) =>
      bytesOfName === undefined ? encoded.set(tag, name, vr) : encoded.set(tag, bytesOfName, 'UN');
    set(Tag.PatientName, 'PN');
    set(Tag.ManufacturerModelName, 'LO');
    const original = asRead(encoded.build());
    const outcome = deidentify(original, { keyedHash });
    if (outcome.outcome === 'refused') throw new Error(outcome.reason);
    const stored = original.dataSet.get(Tag.PatientName)!.bytes;
    expect(Buffer.from(outcome.bytes).indexOf(stored.subarray(0, 6))).toBe(-1);
    expect(outcome.file.dataSet.text(Tag.ManufacturerModelName) ?? '').not.toContain(name.split('^')[0]);
  });

  test('names with escape sequences (ISO 2022 IR 87) by their bytes', () => {
    // Example H.3.1 of PS3.5: Yamada^Tarou=山田^太郎=やまだ^たろう
    const bytes = Uint8Array.from([
      ...ascii('Yamada^Tarou='),
      ...[0x1b, 0x24, 0x42, 0x3b, 0x33, 0x45, 0x44, 0x1b, 0x28, 0x42, 0x5e],
      ...[0x1b, 0x24, 0x42, 0x42, 0x40, 0x4f, 0x3a, 0x1b, 0x28, 0x42, 0x3d],
      ...[0x1b, 0x24, 0x42, 0x24, 0x64, 0x24, 0x5e, 0x24, 0x40, 0x1b, 0x28, 0x42, 0x5e],
      ...[0x1b, 0x24, 0x42, 0x24, 0x3f, 0x24, 0x6d, 0x24, 0x26, 0x1b, 0x28, 0x42],
    ]);
    const original = changed(mrImage(), (b) =>
      b
        .set(Tag.SpecificCharacterSet, ['', 'ISO 2022 IR 87'], 'CS')
        .set(Tag.PatientName, bytes, 'UN')
        .set(Tag.ManufacturerModelName, bytes, 'UN'),
    );
    const outcome = accepted(original);
    expect(Buffer.from(outcome.bytes).indexOf(Uint8Array.of(0x3b, 0x33, 0x45, 0x44))).toBe(-1);
    expect(bytesHold(outcome.bytes, 'yamada')).toBe(false);
  });
});

/** The name of the test, by the table of GB 18030. */
function gb18030(name: string): Uint8Array {
  const table: Record<string, number[]> = { 王: [0xcd, 0xf5], 小: [0xd0, 0xa1], 东: [0xb6, 0xab] };
  const bytes = [...name].flatMap((c) => table[c] ?? [c.charCodeAt(0)]);
  return Uint8Array.from(bytes.length % 2 === 0 ? bytes : [...bytes, 0x20]);
}
