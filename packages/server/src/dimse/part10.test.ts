import { deflateRawSync } from 'node:zlib';
import { isDeflated, parseDicom, Tag, TransferSyntax, writeDicom } from '@promontory/core/dicom';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mrFile } from '../archive/archive.testing.ts';
import { readAll } from '../ports/blobs/index.ts';
import { dataSetOf, fileHead } from './part10.ts';
import { peekUids } from './peek-uids.ts';
import { STORED_SYNTAXES } from './sop-classes.ts';

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const GIVEN = { sopClass: '1.2.840.10008.5.1.4.1.1.4', sopInstance: '2.25.123', source: 'SCANNER' };

test.each(STORED_SYNTAXES)('a head for %s parses without a warning', (transferSyntax) => {
  const head = fileHead({ ...GIVEN, transferSyntax });
  const plain = Buffer.concat([
    Buffer.from('08001800', 'hex'),
    Buffer.from('UI\x12\0'),
    Buffer.from('2.25.1234567890123'),
  ]);
  const dataSet = isDeflated(transferSyntax) ? deflateRawSync(plain) : plain;
  const { meta, warnings } = parseDicom(Buffer.concat([head, dataSet]));
  expect(meta.text(Tag.TransferSyntaxUID)).toBe(transferSyntax);
  expect(meta.text(Tag.MediaStorageSOPInstanceUID)).toBe('2.25.123');
  expect(meta.text(Tag.SourceApplicationEntityTitle)).toBe('SCANNER');
  expect(warnings.filter(({ code }) => code === 'LENGTH_MISMATCH' || code === 'PREAMBLE_MISSING')).toEqual(
    [],
  );
});

test('the data set comes off whatever the chunks are', async () => {
  const body = Buffer.from(Array.from({ length: 3_000 }, (_, i) => i & 0xff));
  body.writeUInt16LE(0x0008, 0);
  const file = Buffer.concat([
    fileHead({ ...GIVEN, transferSyntax: TransferSyntax.ExplicitVRLittleEndian }),
    body,
  ]);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4_000 }), async (size) => {
      expect(body.equals(await readAll(dataSetOf(cut(file, size))))).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('a file without preamble or with a wrong group length gives its data set all the same', async () => {
  const file = mrFile();
  const whole = Buffer.from(await readAll(dataSetOf(cut(file, 500))));
  const wrong = Buffer.from(file);
  wrong.writeUInt32LE(7, 140);
  const forms = {
    'no preamble': file.subarray(128),
    'no meta information': writeDicom({
      ...parseDicom(file),
      meta: parseDicom(whole).meta,
      hasPrefix: false,
      preamble: undefined,
    }),
    'a wrong group length': wrong,
  };
  for (const [name, form] of Object.entries(forms)) {
    const dataSet = Buffer.from(await readAll(dataSetOf(cut(form, 500))));
    expect(dataSet.equals(whole), name).toBe(true);
  }
});

test('the UIDs are seen in every encoding, and any bytes are looked at without harm', async () => {
  const file = mrFile({ SOPInstanceUID: '2.25.77' });
  for (const transferSyntax of [
    TransferSyntax.ExplicitVRLittleEndian,
    TransferSyntax.ImplicitVRLittleEndian,
    TransferSyntax.ExplicitVRBigEndian,
  ]) {
    const form = writeDicom(parseDicom(file), { transferSyntaxUid: transferSyntax });
    const dataSet = Buffer.from(await readAll(dataSetOf(cut(form, 9_999))));
    expect(peekUids(dataSet, transferSyntax)).toEqual({ sopClass: GIVEN.sopClass, sopInstance: '2.25.77' });
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...STORED_SYNTAXES), (bytes, syntax) => {
      expect(() => peekUids(Buffer.from(bytes), syntax)).not.toThrow();
    }),
  );
});
