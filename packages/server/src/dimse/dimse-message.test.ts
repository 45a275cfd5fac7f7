import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CommandField, encodeCommand } from './command-set.ts';
import { type DimseMessage, MessageAssembler, sendMessage } from './dimse-message.ts';
import { DimseMalformed } from './faults.ts';
import type { Pdv } from './pdu.ts';

const COMMAND = {
  commandField: CommandField.storeRq,
  messageId: 1,
  affectedSopClass: '1.2',
  affectedSopInstance: '2.25.9',
};

async function pdvsOf(chunks: readonly Uint8Array[], maxLength: number): Promise<Pdv[]> {
  const sent: Pdv[] = [];
  const association = { send: async (pdv: Pdv) => void sent.push(pdv) };
  await sendMessage(association, maxLength, { contextId: 1, command: COMMAND }, chunks);
  return sent;
}

function assembler() {
  const messages: DimseMessage[] = [];
  let held = 0;
  let most = 0;
  const sink = {
    message: (message: DimseMessage) => void messages.push(message),
    held(change: number) {
      held += change;
      most = Math.max(most, held);
    },
  };
  return { messages, assembler: new MessageAssembler(new Set([1, 3]), sink, 1000), most: () => most };
}

test('a message comes out as it went in, in fragments that fit and are even', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 6 }),
      fc.integer({ min: 256, max: 600 }),
      async (chunks, maxLength) => {
        const pdvs = await pdvsOf(chunks, maxLength);
        for (const { fragment, isLast } of pdvs) {
          expect(fragment.length + 6).toBeLessThanOrEqual(maxLength);
          if (!isLast) expect(fragment.length % 2).toBe(0);
        }
        const { messages, assembler: receiver } = assembler();
        for (const pdv of pdvs) receiver.push(pdv);
        expect(messages).toHaveLength(1);
        const received: Buffer[] = [];
        for await (const fragment of messages[0]!.dataSet!) received.push(fragment);
        expect(Buffer.concat(received)).toEqual(Buffer.concat(chunks));
      },
    ),
    { numRuns: 60 },
  );
});

const command = (isLast = true): Pdv => ({
  contextId: 1,
  isCommand: true,
  isLast,
  fragment: encodeCommand(COMMAND, true),
});
const data = (fragment: Buffer, isLast = false, contextId = 1): Pdv => ({
  contextId,
  isCommand: false,
  isLast,
  fragment,
});

test.each<[string, readonly Pdv[]]>([
  ['an unknown context', [{ ...command(), contextId: 5 }]],
  ['a data set without a command', [data(Buffer.alloc(2))]],
  ['a command within a data set', [command(), data(Buffer.alloc(2)), command()]],
  ['a data set in another context', [command(), data(Buffer.alloc(2), false, 3)]],
  ['a command of more than the cap', Array.from({ length: 30 }, () => command(false))],
])('refuses %s', (_, pdvs) => {
  const { assembler: receiver } = assembler();
  expect(() => {
    for (const pdv of pdvs) receiver.push(pdv);
  }).toThrow(DimseMalformed);
});

test('fragments of nothing are not held, those of one byte count for what holds them', () => {
  const { assembler: receiver, most } = assembler();
  receiver.push(command());
  for (let i = 0; i < 1000; i++) receiver.push(data(Buffer.alloc(0)));
  expect(most()).toBe(0);
  for (let i = 0; i < 1000; i++) receiver.push(data(Buffer.alloc(1)));
  expect(most()).toBeGreaterThan(100_000);
});

test('a data set that breaks off fails, with what came of it dropped', async () => {
  const { assembler: receiver, messages } = assembler();
  receiver.push(command());
  receiver.push(data(Buffer.alloc(10)));
  receiver.fail(new Error('gone'));
  await expect(messages[0]!.dataSet!.next()).rejects.toThrow('gone');
  await expect(messages[0]!.dataSet!.complete).rejects.toThrow('gone');
});
