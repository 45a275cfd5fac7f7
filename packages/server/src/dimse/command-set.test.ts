import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CommandField, type CommandSet, decodeCommand, encodeCommand } from './command-set.ts';
import { DimseMalformed } from './faults.ts';

const STORE: CommandSet = {
  commandField: CommandField.storeRq,
  messageId: 7,
  affectedSopClass: '1.2.840.10008.5.1.4.1.1.4',
  affectedSopInstance: '2.25.1',
  priority: 0,
  originatorAeTitle: 'ASKER',
  originatorMessageId: 3,
};

test('a command set comes out as it went in', () => {
  expect(decodeCommand(encodeCommand(STORE, true))).toEqual({ command: STORE, hasDataSet: true });
  const response: CommandSet = {
    commandField: CommandField.moveRsp,
    respondedTo: 9,
    status: 0xb000,
    remaining: 0,
    completed: 12,
    failed: 1,
    warning: 0,
    errorComment: 'odd',
  };
  expect(decodeCommand(encodeCommand(response, false))).toEqual({ command: response, hasDataSet: false });
});

test('is written as PS3.7 has it: group length first, tags ascending, UIDs padded with NUL', () => {
  const bytes = encodeCommand(
    { commandField: CommandField.echoRq, messageId: 1, affectedSopClass: '1.2' },
    false,
  );
  expect(bytes.toString('hex')).toBe(
    [
      '00000000' + '04000000' + '2a000000',
      '00000200' + '04000000' + '312e3200',
      '00000001' + '02000000' + '3000',
      '00001001' + '02000000' + '0100',
      '00000008' + '02000000' + '0101',
    ].join(''),
  );
});

test('any bytes give a command set or DimseMalformed', () => {
  const good = encodeCommand(STORE, true);
  const spoiled = fc
    .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
    .map((changes) => {
      const bytes = Buffer.from(good);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    });
  fc.assert(
    fc.property(
      fc.oneof(
        spoiled,
        fc.uint8Array().map((b) => Buffer.from(b)),
      ),
      (bytes) => {
        try {
          decodeCommand(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DimseMalformed);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a length of 4 GiB', Buffer.from('00000001ffffffff0000', 'hex')],
  ['a number of four bytes', Buffer.from('00000001040000003000', 'hex')],
  ['another group', Buffer.from('08001600020000003000', 'hex')],
  ['no message id', Buffer.from('00000001' + '02000000' + '3000' + '00000008' + '02000000' + '0101', 'hex')],
])('refuses %s', (_, bytes) => {
  expect(() => decodeCommand(bytes)).toThrow(DimseMalformed);
});
