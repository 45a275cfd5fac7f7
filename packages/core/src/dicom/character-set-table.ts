/** Tables C.12-2 to C.12-5 of PS3.3: the sets, their places in ISO/IEC 2022 and their escape sequences. */
import { decodeAs, decodeLatin1 } from './text-decoder.ts';

export interface CodeElement {
  readonly bytesPerCharacter: 1 | 2;
  decode(bytes: Uint8Array): string;
}

export interface CodeElements {
  readonly g0: CodeElement;
  readonly g1: CodeElement | undefined;
}

/** Multi-byte sets without code extensions, with their WHATWG labels. */
export const WHOLE_STRING_SETS: ReadonlyMap<string, string> = new Map([
  ['ISO_IR 192', 'utf-8'],
  ['GB18030', 'gb18030'],
  ['GBK', 'gbk'],
]);

const highBit = (bytes: Uint8Array) => bytes.map((byte) => byte | 0x80);

const single = (label: string): CodeElement => ({
  bytesPerCharacter: 1,
  decode: (bytes) => decodeAs(label, bytes),
});

const double = (label: string, transform = highBit): CodeElement => ({
  bytesPerCharacter: 2,
  decode: (bytes) => decodeAs(label, transform(bytes)),
});

/** JIS X 0212 is the third set of EUC-JP: a prefix 8FH before every character. */
function asSupplementary(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const out: number[] = [];
  for (let i = 0; i < bytes.length; i += 2) out.push(0x8f, bytes[i]! | 0x80, (bytes[i + 1] ?? 0) | 0x80);
  return Uint8Array.from(out);
}

/** Half-width katakana of JIS X 0201: A1H–DFH are U+FF61–U+FF9F. */
function decodeKatakana(bytes: Uint8Array): string {
  let out = '';
  for (const byte of bytes) {
    out += byte >= 0xa1 && byte <= 0xdf ? String.fromCharCode(0xff61 + byte - 0xa1) : '\ufffd';
  }
  return out;
}

const ascii: CodeElement = { bytesPerCharacter: 1, decode: decodeLatin1 };
const latin1: CodeElement = { bytesPerCharacter: 1, decode: decodeLatin1 };
const katakana: CodeElement = { bytesPerCharacter: 1, decode: decodeKatakana };
// JIS X 0201 romaji shows a yen sign for 5CH and an overline for 7EH; as separator and in names written on
// Western keyboards they are meant as ASCII, and readers agree on that.
const romaji: CodeElement = { bytesPerCharacter: 1, decode: decodeLatin1 };
const jisX0208 = double('euc-jp');
const jisX0212 = double('euc-jp', asSupplementary);
const ksX1001 = double('euc-kr');
const gb2312 = double('gb18030');

const SINGLE_BYTE: readonly [registration: string, escapeG1: number, set: CodeElement][] = [
  ['100', 0x41, latin1],
  ['101', 0x42, single('iso-8859-2')],
  ['109', 0x43, single('iso-8859-3')],
  ['110', 0x44, single('iso-8859-4')],
  ['144', 0x4c, single('iso-8859-5')],
  ['127', 0x47, single('iso-8859-6')],
  ['126', 0x46, single('iso-8859-7')],
  ['138', 0x48, single('iso-8859-8')],
  ['148', 0x4d, single('iso-8859-9')],
  ['203', 0x62, single('iso-8859-15')],
  ['166', 0x54, single('tis-620')],
];

/** Initial G0 and G1 of a term, by its ISO registration number. */
export const CODE_ELEMENTS: ReadonlyMap<string, CodeElements> = new Map<string, CodeElements>([
  ['', { g0: ascii, g1: undefined }],
  ['6', { g0: ascii, g1: undefined }],
  ...SINGLE_BYTE.map(([registration, , set]): [string, CodeElements] => [
    registration,
    { g0: ascii, g1: set },
  ]),
  ['13', { g0: romaji, g1: katakana }],
  ['87', { g0: ascii, g1: undefined }],
  ['159', { g0: ascii, g1: undefined }],
  ['149', { g0: ascii, g1: ksX1001 }],
  ['58', { g0: ascii, g1: gb2312 }],
]);

export interface Escape {
  /** Bytes after ESC. */
  readonly sequence: readonly number[];
  readonly target: 'g0' | 'g1';
  readonly set: CodeElement;
}

export const ESCAPES: readonly Escape[] = [
  { sequence: [0x28, 0x42], target: 'g0', set: ascii },
  { sequence: [0x28, 0x4a], target: 'g0', set: romaji },
  { sequence: [0x29, 0x49], target: 'g1', set: katakana },
  { sequence: [0x24, 0x42], target: 'g0', set: jisX0208 },
  { sequence: [0x24, 0x28, 0x44], target: 'g0', set: jisX0212 },
  { sequence: [0x24, 0x29, 0x43], target: 'g1', set: ksX1001 },
  { sequence: [0x24, 0x29, 0x41], target: 'g1', set: gb2312 },
  ...SINGLE_BYTE.map(([, final, set]): Escape => ({ sequence: [0x2d, final], target: 'g1', set })),
];
