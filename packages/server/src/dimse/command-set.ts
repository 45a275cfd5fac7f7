/** Command sets: PS3.7 section 6.3 and annex E. Always implicit VR little endian, without sequences. */
import { DimseMalformed } from './faults.ts';

/** PS3.7 table E.1-1, column "Command Field". A response is its request with the highest bit set. */
export const CommandField = {
  storeRq: 0x0001,
  storeRsp: 0x8001,
  getRq: 0x0010,
  getRsp: 0x8010,
  findRq: 0x0020,
  findRsp: 0x8020,
  moveRq: 0x0021,
  moveRsp: 0x8021,
  echoRq: 0x0030,
  echoRsp: 0x8030,
  cancelRq: 0x0fff,
} as const;

export const isResponse = (field: number): boolean => (field & 0x8000) !== 0;

/** (0000,0800): no data set follows; any other value: one does. */
const NO_DATA_SET = 0x0101;
const DATA_SET = 0x0001;

/** Elements that we read and write, by keyword, in the order of their tags. */
const ELEMENTS = {
  affectedSopClass: [0x0002, 'UI'],
  requestedSopClass: [0x0003, 'UI'],
  commandField: [0x0100, 'US'],
  messageId: [0x0110, 'US'],
  respondedTo: [0x0120, 'US'],
  moveDestination: [0x0600, 'AE'],
  priority: [0x0700, 'US'],
  dataSetType: [0x0800, 'US'],
  status: [0x0900, 'US'],
  errorComment: [0x0902, 'LO'],
  affectedSopInstance: [0x1000, 'UI'],
  remaining: [0x1020, 'US'],
  completed: [0x1021, 'US'],
  failed: [0x1022, 'US'],
  warning: [0x1023, 'US'],
  originatorAeTitle: [0x1030, 'AE'],
  originatorMessageId: [0x1031, 'US'],
} as const satisfies Record<string, readonly [number, 'UI' | 'US' | 'AE' | 'LO']>;

type Name = keyof typeof ELEMENTS;
type Value<N extends Name> = (typeof ELEMENTS)[N][1] extends 'US' ? number : string;

export type CommandSet = {
  readonly commandField: number;
} & { readonly [N in Exclude<Name, 'commandField' | 'dataSetType'>]?: Value<N> };

const BY_ELEMENT = new Map(
  Object.entries(ELEMENTS).map(([name, [element, vr]]) => [element as number, { name, vr }]),
);

function encodeValue(value: string | number, vr: string): Buffer {
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16LE(value & 0xffff);
    return bytes;
  }
  const text = value.length % 2 === 0 ? value : value + (vr === 'UI' ? '\0' : ' ');
  return Buffer.from(text, 'latin1');
}

function element(number: number, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(number, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

export function encodeCommand(command: CommandSet, hasDataSet: boolean): Buffer {
  const values: Partial<Record<string, string | number>> = {
    ...command,
    dataSetType: hasDataSet ? DATA_SET : NO_DATA_SET,
  };
  const parts: Buffer[] = [];
  for (const [name, [number, vr]] of Object.entries(ELEMENTS)) {
    const value = values[name];
    if (value !== undefined) parts.push(element(number, encodeValue(value, vr)));
  }
  const length = Buffer.alloc(4);
  length.writeUInt32LE(parts.reduce((sum, part) => sum + part.length, 0));
  return Buffer.concat([element(0x0000, length), ...parts]);
}

/**
 * Elements of other messages (attribute identifier lists and such) are passed over.
 * @throws DimseMalformed where a length does not fit, a number is none, or the field or its message id is absent
 */
export function decodeCommand(bytes: Buffer): { readonly command: CommandSet; readonly hasDataSet: boolean } {
  const values: Record<string, string | number> = {};
  for (let at = 0; at < bytes.length; ) {
    if (at + 8 > bytes.length) throw new DimseMalformed('a command element is cut off');
    if (bytes.readUInt16LE(at) !== 0) throw new DimseMalformed('a command set holds group 0000 only');
    const number = bytes.readUInt16LE(at + 2);
    const end = at + 8 + bytes.readUInt32LE(at + 4);
    if (end > bytes.length) throw new DimseMalformed('a command element is longer than its command set');
    const known = BY_ELEMENT.get(number);
    if (known !== undefined) values[known.name] = decodeValue(bytes.subarray(at + 8, end), known.vr);
    at = end;
  }
  const { dataSetType, ...command } = values;
  const field = command.commandField;
  if (typeof field !== 'number' || dataSetType === undefined)
    throw new DimseMalformed('a command set lacks its command field or data set type');
  const named = isResponse(field) || field === CommandField.cancelRq ? 'respondedTo' : 'messageId';
  if (command[named] === undefined) throw new DimseMalformed('a command set lacks its message id');
  return { command: command as unknown as CommandSet, hasDataSet: dataSetType !== NO_DATA_SET };
}

function decodeValue(bytes: Buffer, vr: string): string | number {
  if (vr === 'US') {
    if (bytes.length !== 2) throw new DimseMalformed('a number of a command set is none');
    return bytes.readUInt16LE(0);
  }
  return bytes.toString('latin1').replace(/\0+$/, '').trim();
}
