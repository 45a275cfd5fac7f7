/** Files that are out to harm their reader, made here byte by byte; each is a failure that some trusted reader had. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createDeflateRaw } from 'node:zlib';
import { element, header, mrFile, newUid, us } from './instances.ts';

export interface Hostile {
  readonly name: string;
  readonly bytes: Buffer;
}

const MIB = 2 ** 20;
const DEFLATED = '1.2.840.10008.1.2.1.99';
const JPEG = '1.2.840.10008.1.2.4.50';
const UNDEFINED = 0xffffffff;

/** Items and delimiters: PS3.5 section 7.5. */
function item(number: number, length: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(0xfffe, 0);
  head.writeUInt16LE(number, 2);
  head.writeUInt32LE(length, 4);
  return head;
}
const ITEM = 0xe000;
const SEQUENCE_END = 0xe0dd;
const ITEM_END = 0xe00d;

interface Identity {
  readonly sop?: string | Buffer;
  readonly study?: string | Buffer;
  readonly series?: string | Buffer;
  readonly name?: string | Buffer;
  readonly patientId?: string;
  readonly modality?: string;
  readonly characterSet?: string;
}

/** The head of an image's data set, then whatever follows. */
const image = (rest: readonly Buffer[], of: Identity = {}): Buffer =>
  Buffer.concat([
    element(0x0008, 0x0005, 'CS', of.characterSet ?? 'ISO_IR 192'),
    element(0x0008, 0x0016, 'UI', '1.2.840.10008.5.1.4.1.1.4'),
    element(0x0008, 0x0018, 'UI', of.sop ?? newUid()),
    element(0x0008, 0x0060, 'CS', of.modality ?? 'MR'),
    element(0x0010, 0x0010, 'PN', of.name ?? 'Hostile^File'),
    element(0x0010, 0x0020, 'LO', of.patientId ?? 'HOSTILE'),
    element(0x0020, 0x000d, 'UI', of.study ?? newUid()),
    element(0x0020, 0x000e, 'UI', of.series ?? newUid()),
    ...rest,
  ]);

const pixels = (rows: number, columns: number, frames: string, bytes: Buffer): Buffer[] => [
  element(0x0028, 0x0002, 'US', us(1)),
  element(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
  element(0x0028, 0x0008, 'IS', frames),
  element(0x0028, 0x0010, 'US', us(rows)),
  element(0x0028, 0x0011, 'US', us(columns)),
  element(0x0028, 0x0100, 'US', us(16)),
  element(0x0028, 0x0101, 'US', us(16)),
  element(0x0028, 0x0102, 'US', us(15)),
  element(0x0028, 0x0103, 'US', us(0)),
  bytes,
];

const file = (name: string, dataSet: Buffer, transferSyntax?: string): Hostile => ({
  name,
  bytes: mrFile({ dataSet, ...(transferSyntax === undefined ? {} : { transferSyntax }) }).bytes,
});

/** Half a megabyte that inflates to 512 (Orthanc CVE-2026-5438). */
async function deflateBomb(): Promise<Hostile> {
  const deflate = createDeflateRaw({ level: 9 });
  const parts: Buffer[] = [];
  deflate.on('data', (part) => parts.push(part));
  deflate.write(image([...pixels(16_384, 16_384, '1', header(0x7fe0, 0x0010, 'OW', 512 * MIB))]));
  const zeros = Buffer.alloc(4 * MIB);
  for (let i = 0; i < 128; i++) if (!deflate.write(zeros)) await once(deflate, 'drain');
  deflate.end();
  await once(deflate, 'end');
  return file('deflate bomb', Buffer.concat(parts), DEFLATED);
}

function nested(depth: number, length: 'defined' | 'undefined'): Hostile {
  const open: Buffer[] = [];
  for (let level = depth; level > 0; level--) {
    // An item holds the next level: its header, its item's header and all that is in there.
    const inner = (level - 1) * 20;
    if (length === 'defined') open.push(header(0x0008, 0x1140, 'SQ', inner + 8), item(ITEM, inner));
    else open.push(header(0x0008, 0x1140, 'SQ', UNDEFINED), item(ITEM, UNDEFINED));
  }
  return file(`nested ${depth} deep, ${length} lengths`, image(open));
}

const manyTimes = (count: number, bytes: Buffer): Buffer => Buffer.alloc(count * bytes.length, bytes);

const uids = (): Hostile[] =>
  [
    ['path', '../../../../tmp/promontory-was-here'],
    ['absolute path', '/etc/passwd'],
    ['backslashes', '..\\..\\windows\\system32'],
    ['NUL within', Buffer.from('1.2.3\x004.5.6/../x')],
    ['65 characters', `1.2.${'3'.repeat(61)}`],
    ['leading zero', '1.2.003.4'],
    ['letters', '1.2.abc'],
    ['empty', ''],
    ['two values', '1.2.3\\1.2.4'],
    ['newline', '1.2.3\r\nSet-Cookie: x=y'],
    ['SQL', "1.2'; drop table instance; --"],
    ['64 kB', '1.'.repeat(30_000)],
  ].flatMap(([name, uid]) => [
    file(`SOP instance UID: ${name}`, image([], { sop: uid as string })),
    file(`study UID: ${name}`, image([], { study: uid as string })),
    file(`series UID: ${name}`, image([], { series: uid as string })),
  ]);

const lies = (): Hostile[] => [
  file('element longer than the file', image([header(0x0009, 0x0010, 'OB', 0x7ffffff0), Buffer.alloc(100)])),
  file('element of 4 GB - 2', image([header(0x7fe0, 0x0010, 'OW', 0xfffffffe), Buffer.alloc(100)])),
  file('item longer than its sequence', image([header(0x0008, 0x1140, 'SQ', 16), item(ITEM, 0x00ffffff)])),
  file('sequence longer than the file', image([header(0x0008, 0x1140, 'SQ', 0x7fffffff), item(ITEM, 8)])),
  file('text of 4 GB', image([header(0x0040, 0xa160, 'UT', 0xfffffff0)])),
  file('delimiters without a sequence', image([item(SEQUENCE_END, 0), item(ITEM_END, 0), item(ITEM, 4)])),
  file(
    'pixels far beyond the value',
    image(pixels(65_535, 65_535, '99999999', element(0x7fe0, 0x0010, 'OW', Buffer.alloc(8)))),
  ),
  file('no rows', image(pixels(0, 0, '0', element(0x7fe0, 0x0010, 'OW', '')))),
  file(
    'frames that are no number',
    image(pixels(8, 8, '1e9\\-1', element(0x7fe0, 0x0010, 'OW', Buffer.alloc(128)))),
  ),
];

const endless = (): Hostile[] => [
  file(
    'a million empty fragments',
    image([
      ...pixels(8, 8, '1', header(0x7fe0, 0x0010, 'OB', UNDEFINED)),
      manyTimes(1_000_000, item(ITEM, 0)),
    ]),
    JPEG,
  ),
  file(
    'fragments that never end',
    image([...pixels(8, 8, '1', header(0x7fe0, 0x0010, 'OB', UNDEFINED)), item(ITEM, 0), item(ITEM, 4)]),
    JPEG,
  ),
  file(
    'a million empty items',
    image([header(0x0008, 0x1140, 'SQ', UNDEFINED), manyTimes(1_000_000, item(ITEM, 0))]),
  ),
  file('a million elements', image([manyTimes(1_000_000, element(0x0009, 0x1001, 'CS', ''))])),
];

/** No index of a database makes it smaller. */
const incompressible = (length: number): string => randomBytes(length).toString('base64').slice(0, length);

const texts = (): Hostile[] => [
  file('NUL in a name', image([], { name: Buffer.from('Doe\0^Jane\0') })),
  file(
    'escapes of every kind in a name',
    image([], {
      characterSet: '\\ISO 2022 IR 87\\ISO 2022 IR 149',
      name: Buffer.from('\x1b$B\x1b(J\x1b$)C\x1b\x1b$@='),
    }),
  ),
  file('lone surrogates', image([], { name: Buffer.from([0xed, 0xa0, 0x80, 0x5e, 0xff, 0xfe, 0xc0, 0x80]) })),
  file('a character set of nobody', image([], { characterSet: `X${'Y'.repeat(15)}` })),
  file('60,000 values', image([element(0x0008, 0x1030, 'LO', 'x\\'.repeat(30_000))])),
  file(
    'a text of 16 MB',
    image([header(0x0040, 0xa160, 'UT', 16 * MIB), Buffer.from(incompressible(16 * MIB))]),
  ),
  file('a script in a name', image([], { name: '<img src=x onerror=alert(1)>' })),
  file(
    'numbers that are none',
    image([element(0x0020, 0x0013, 'IS', '1e400\\NaN'), element(0x0018, 0x0050, 'DS', '--1')]),
  ),
  ...['99999999999', '-1', '1.5', 'NaN', '2147483648'].map((frames) =>
    file(`${frames} frames`, image(pixels(8, 8, frames, element(0x7fe0, 0x0010, 'OW', Buffer.alloc(128))))),
  ),
  file('rows of 32 bits', image([element(0x0028, 0x0010, 'UL', Buffer.from([255, 255, 255, 255]))])),
  file('a patient ID of 30 kB', image([], { patientId: incompressible(30_000) })),
  file('an accession number of 30 kB', image([element(0x0008, 0x0050, 'SH', incompressible(30_000))])),
  file('a name of 30 kB', image([], { name: incompressible(30_000) })),
  file('a name of 15,000 words', image([], { name: 'a '.repeat(15_000) })),
  file('a modality of 30 kB', image([], { modality: incompressible(30_000) })),
  file('NUL in an instance number', image([element(0x0020, 0x0013, 'IS', Buffer.from('1\x002'))])),
  file('a date of 30 kB', image([element(0x0008, 0x0020, 'DA', incompressible(30_000))])),
  file('a date before time', image([element(0x0008, 0x0020, 'DA', '99999999')])),
];

const formless = (): Hostile[] => {
  const whole = mrFile({ pixels: 64 }).bytes;
  const meta = Buffer.from(whole);
  meta.writeUInt32LE(0xfffffff0, 140);
  return [
    { name: 'nothing', bytes: Buffer.alloc(0) },
    { name: 'zeros', bytes: Buffer.alloc(MIB) },
    { name: 'DICM and no more', bytes: whole.subarray(0, 132) },
    { name: 'half', bytes: whole.subarray(0, whole.length / 2) },
    { name: 'meta information longer than the file', bytes: meta },
    { name: 'HTML', bytes: Buffer.from('<html><script>alert(1)</script></html>'.padEnd(200)) },
    { name: 'a ZIP', bytes: Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(400)]) },
    file('a transfer syntax of nobody', image([]), '1.2.3.4.5.6'),
    file('deflated, but it is not', image([]), DEFLATED),
    file('big endian, but it is not', image([]), '1.2.840.10008.1.2.2'),
    file('nothing in the data set', Buffer.alloc(0)),
  ];
};

export const hostileFiles = async (): Promise<Hostile[]> => [
  await deflateBomb(),
  nested(65, 'undefined'),
  nested(3_000, 'undefined'),
  nested(3_000, 'defined'),
  nested(100_000, 'undefined'),
  ...lies(),
  ...endless(),
  ...texts(),
  ...uids(),
  ...formless(),
];

/** Bits turned, bytes changed, cut and doubled. */
export function mutated(bytes: Buffer, random: () => number): Buffer {
  const below = (n: number) => Math.floor(random() * n);
  let out = Buffer.from(bytes);
  for (let changes = 1 + below(4); changes > 0; changes--) {
    // Past the prefix: what comes before it is judged at once.
    const at = 132 + below(Math.max(1, Math.min(out.length, 2_000) - 132));
    switch (below(5)) {
      case 0:
        out[at] = (out[at] ?? 0) ^ (1 << below(8));
        break;
      case 1:
        if (at + 4 <= out.length)
          out.writeUInt32LE([0, 1, 0xffff, 0x7fffffff, UNDEFINED][below(5)] as number, at);
        break;
      case 2:
        out = out.subarray(0, at);
        break;
      case 3:
        out = Buffer.concat([out.subarray(0, at), out.subarray(Math.max(132, at - below(200)))]);
        break;
      default:
        out.fill(below(256), at, Math.min(out.length, at + below(64)));
    }
  }
  return out;
}
