/** MR instances made here, byte by byte: nothing of the server's own writer. */
import type { Target } from './peers/target.ts';

let counter = 0;
export const newUid = (): string => `2.25.${Date.now()}${String(counter++).padStart(6, '0')}`;

export interface MrFile {
  readonly bytes: Buffer;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sopUid: string;
}

export interface MrValues {
  readonly studyUid?: string;
  readonly seriesUid?: string;
  readonly sopUid?: string;
  readonly patientId?: string;
  readonly patientName?: string;
  readonly studyDate?: string;
  readonly accession?: string;
  /** Rows and columns. */
  readonly pixels?: number;
  readonly fill?: number;
  /** Further elements, or others in place of those that stand in every file. */
  readonly more?: readonly Given[];
  /** In place of all the elements above. */
  readonly dataSet?: Buffer;
  readonly transferSyntax?: string;
  /** The first of the 128 bytes before the prefix. */
  readonly preamble?: Uint8Array;
}

/** Tag, VR, value as it stands in the file. */
export type Given = readonly [tag: number, vr: string, value: Buffer | string];

const LONG = new Set(['OB', 'OW', 'SQ', 'UN', 'UT']);

export function element(group: number, number: number, vr: string, value: Buffer | string): Buffer {
  let bytes = Buffer.from(value as string, 'utf8');
  if (bytes.length % 2 === 1)
    bytes = Buffer.concat([bytes, Buffer.from(vr === 'UI' || vr === 'OB' ? '\0' : ' ')]);
  return Buffer.concat([header(group, number, vr, bytes.length), bytes]);
}

/** Of an element of explicit VR little endian, whatever the length says (PS3.5 section 7.1.2). */
export function header(group: number, number: number, vr: string, length: number): Buffer {
  const head = Buffer.alloc(LONG.has(vr) ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, 'latin1');
  if (LONG.has(vr)) head.writeUInt32LE(length, 8);
  else head.writeUInt16LE(length, 6);
  return head;
}

/** A value of US. */
export const us = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};

/** Explicit VR little endian, PS3.10. */
export function mrFile(values: MrValues = {}): MrFile {
  const { studyUid = newUid(), seriesUid = newUid(), sopUid = newUid(), pixels = 8 } = values;
  const data = Buffer.alloc(pixels * pixels * 2, values.fill ?? counter & 0xff);
  const given: Given[] = [
    [0x00080005, 'CS', 'ISO_IR 192'],
    [0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.4'],
    [0x00080018, 'UI', sopUid],
    [0x00080020, 'DA', values.studyDate ?? '20260102'],
    [0x00080030, 'TM', '101500'],
    [0x00080050, 'SH', values.accession ?? 'ACC1'],
    [0x00080060, 'CS', 'MR'],
    [0x00100010, 'PN', values.patientName ?? 'Doe^Jane'],
    [0x00100020, 'LO', values.patientId ?? 'P-1'],
    [0x0020000d, 'UI', studyUid],
    [0x0020000e, 'UI', seriesUid],
    [0x00200011, 'IS', '1'],
    [0x00200013, 'IS', '1'],
    [0x00280002, 'US', us(1)],
    [0x00280004, 'CS', 'MONOCHROME2'],
    [0x00280010, 'US', us(pixels)],
    [0x00280011, 'US', us(pixels)],
    [0x00280100, 'US', us(16)],
    [0x00280101, 'US', us(12)],
    [0x00280102, 'US', us(11)],
    [0x00280103, 'US', us(0)],
    [0x7fe00010, 'OW', data],
    ...(values.more ?? []),
  ];
  const byTag = new Map(given.map((each) => [each[0], each]));
  const dataSet =
    values.dataSet ??
    Buffer.concat(
      [...byTag.values()]
        .sort(([a], [b]) => a - b)
        .map(([tag, vr, value]) => element(tag >>> 16, tag & 0xffff, vr, value)),
    );
  const meta = Buffer.concat([
    element(0x0002, 0x0001, 'OB', Buffer.from([0, 1])),
    element(0x0002, 0x0002, 'UI', '1.2.840.10008.5.1.4.1.1.4'),
    element(0x0002, 0x0003, 'UI', sopUid),
    element(0x0002, 0x0010, 'UI', values.transferSyntax ?? '1.2.840.10008.1.2.1'),
    element(0x0002, 0x0012, 'UI', '1.2.3.4'),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  const preamble = Buffer.alloc(128);
  preamble.set(values.preamble ?? []);
  const bytes = Buffer.concat([
    preamble,
    Buffer.from('DICM'),
    element(0x0002, 0x0000, 'UL', length),
    meta,
    dataSet,
  ]);
  return { bytes, studyUid, seriesUid, sopUid };
}

const BOUNDARY = 'conformance-boundary';

export const multipart = (files: readonly Uint8Array[]): { body: Buffer; type: string } => ({
  body: Buffer.concat([
    ...files.flatMap((file) => [
      Buffer.from(`--${BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n`),
      file,
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]),
  type: `multipart/related; type="application/dicom"; boundary=${BOUNDARY}`,
});

export interface Stowed {
  readonly status: number;
  readonly stored: readonly string[];
  /** SOP instance UID → failure reason. */
  readonly failed: ReadonlyMap<string, number>;
}

type Row = Record<string, { Value?: unknown[] } | undefined>;

export async function stowFiles(
  target: Pick<Target, 'root' | 'headers'>,
  files: readonly Uint8Array[],
  path = '/studies',
): Promise<Stowed> {
  const { body, type } = multipart(files);
  const response = await fetch(`${target.root}${path}`, {
    method: 'POST',
    headers: { ...target.headers, 'content-type': type, accept: 'application/dicom+json' },
    body: new Uint8Array(body),
  });
  const answer = (await response.json().catch(() => ({}))) as Row;
  const items = (tag: string) => (answer[tag]?.Value ?? []) as Row[];
  const uid = (item: Row) => String(item['00081155']?.Value?.[0] ?? '');
  return {
    status: response.status,
    stored: items('00081199').map(uid),
    failed: new Map(items('00081198').map((item) => [uid(item), Number(item['00081197']?.Value?.[0])])),
  };
}

/** The parts of a multipart answer. */
export function partsOf(body: Buffer, contentType: string): Buffer[] {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1] ?? '';
  const mark = Buffer.from(`--${boundary}`);
  const parts: Buffer[] = [];
  let at = body.indexOf(mark);
  while (at >= 0) {
    const head = body.indexOf('\r\n\r\n', at);
    const next = body.indexOf(mark, at + mark.length);
    if (head < 0 || next < 0) break;
    parts.push(body.subarray(head + 4, next - 2));
    at = next;
  }
  return parts;
}

export async function retrieve(
  target: Pick<Target, 'root' | 'headers'>,
  path: string,
  accept: string,
): Promise<{ status: number; parts: Buffer[] }> {
  const response = await fetch(`${target.root}${path}`, { headers: { ...target.headers, accept } });
  const body = Buffer.from(await response.arrayBuffer());
  return { status: response.status, parts: partsOf(body, response.headers.get('content-type') ?? '') };
}

export const AS_KEPT = 'multipart/related; type="application/dicom"; transfer-syntax=*';
