/** C-GET and C-MOVE where peers cancel, refuse and vanish. PS3.4 C.4.2, C.4.3. */
import { parseDicom, Tag } from '@promontory/core/dicom';
import { expect, test, vi } from 'vitest';
import { mrFile } from '../archive/archive.testing.ts';
import type { InstanceRecord, Records } from '../archive/index.ts';
import { CommandField, type CommandSet } from './command-set.ts';
import { dataSetOfJson, writeIdentifier } from './identifier.ts';
import { listener, PEER } from './listener.testing.ts';
import { encodeReleaseRq, PduType } from './pdu.ts';
import { RawPeer } from './raw-peer.testing.ts';
import { memoryRecords } from './records.testing.ts';
import { Status } from './status.ts';

const GET = '1.2.840.10008.5.1.4.1.2.2.3';
const MOVE = '1.2.840.10008.5.1.4.1.2.2.2';
const MR = '1.2.840.10008.5.1.4.1.1.4';
const EXPLICIT = '1.2.840.10008.1.2.1';

/** A gate with instances of one study; the `broken` one cannot be opened. */
function recordsOf(count: number, given: { broken?: number } & Partial<Records> = {}): Records {
  const files = Array.from({ length: count }, () => mrFile({ StudyInstanceUID: '2.25.1' }));
  const instances = files.map(
    (file): InstanceRecord => ({
      studyUid: '2.25.1',
      seriesUid: '2.25.2',
      sopUid: parseDicom(file).dataSet.text(Tag.SOPInstanceUID) as string,
      sopClass: MR,
      transferSyntax: EXPLICIT,
      sha256: '',
      sizeBytes: file.length,
      frames: 1,
    }),
  );
  return memoryRecords({
    instances: async ({ studyUid }) => (studyUid === '2.25.1' ? instances : []),
    async open(instance) {
      const at = instances.indexOf(instance);
      if (at === given.broken) throw new Error('not where the index says');
      return (async function* () {
        yield files[at] as Uint8Array;
      })();
    },
    ...given,
  });
}

const STUDY = Buffer.from(
  writeIdentifier(
    dataSetOfJson({
      '00080052': { vr: 'CS', Value: ['STUDY'] },
      '0020000D': { vr: 'UI', Value: ['2.25.1'] },
    }),
    EXPLICIT,
  ),
);
const ask = (commandField: number, affectedSopClass: string, more: Partial<CommandSet> = {}): CommandSet => ({
  commandField,
  messageId: 7,
  affectedSopClass,
  priority: 0,
  ...more,
});

async function getter(records: Records): Promise<RawPeer> {
  const { port } = await listener({}, () => records);
  const peer = new RawPeer(port);
  await peer.associate({
    contexts: [
      { id: 1, abstractSyntax: GET, transferSyntaxes: [EXPLICIT] },
      { id: 3, abstractSyntax: MR, transferSyntaxes: [EXPLICIT] },
    ],
    user: {
      maxLength: 16_384,
      implementationClassUid: '1.2.3',
      roles: [{ sopClass: MR, scu: false, scp: true }],
    },
  });
  return peer;
}

/** Answers sub-operations until the last response. */
async function conclude(peer: RawPeer, statusOf: (nth: number) => number | 'cancel'): Promise<CommandSet[]> {
  const responses: CommandSet[] = [];
  for (let nth = 0; ; ) {
    const command = await peer.answer();
    if (command === undefined) throw new Error('the association ended');
    if (command.commandField === CommandField.storeRq) {
      const status = statusOf(nth++);
      if (status === 'cancel') peer.ask(1, { commandField: CommandField.cancelRq, respondedTo: 7 });
      peer.ask(3, {
        commandField: CommandField.storeRsp,
        respondedTo: command.messageId as number,
        status: status === 'cancel' ? 0 : status,
      });
    } else {
      responses.push(command);
      if (command.status !== Status.pending) return responses;
    }
  }
}

test('C-GET counts what came, what was taken with a warning and what was refused', async () => {
  const peer = await getter(recordsOf(4));
  peer.ask(1, ask(CommandField.getRq, GET), STUDY);
  const responses = await conclude(peer, (nth) => [0, 0xb000, 0xa700, 0][nth] as number);
  expect(responses.map(({ status, remaining }) => [status, remaining])).toEqual([
    [Status.pending, 3],
    [Status.pending, 2],
    [Status.pending, 1],
    [Status.pending, 0],
    [Status.suboperationsFailed, undefined],
  ]);
  expect(responses.at(-1)).toMatchObject({ completed: 2, warning: 1, failed: 1 });
});

test('C-GET goes on past an instance that cannot be read', async () => {
  const peer = await getter(recordsOf(3, { broken: 1 }));
  peer.ask(1, ask(CommandField.getRq, GET), STUDY);
  const last = (await conclude(peer, () => 0)).at(-1);
  expect(last).toMatchObject({ status: Status.suboperationsFailed, completed: 2, failed: 1 });
});

test('an instance whose bytes break off while they are sent ends the association: half of it is no instance', async () => {
  const peer = await getter(
    recordsOf(2, {
      async open() {
        return (async function* () {
          yield mrFile();
          throw new Error('the blob is damaged');
        })();
      },
    }),
  );
  peer.ask(1, ask(CommandField.getRq, GET), STUDY);
  expect((await peer.hearAll()).at(-1)).toBe(PduType.abort);
});

test('C-GET obeys C-CANCEL', async () => {
  const peer = await getter(recordsOf(50));
  peer.ask(1, ask(CommandField.getRq, GET), STUDY);
  const last = (await conclude(peer, (nth) => (nth === 2 ? 'cancel' : 0))).at(-1);
  expect(last?.status).toBe(Status.cancelled);
  expect(last?.completed).toBeGreaterThanOrEqual(3);
  expect((last?.completed ?? 0) + (last?.remaining ?? 0)).toBe(50);
  peer.say(encodeReleaseRq());
  expect((await peer.hear())?.type).toBe(PduType.releaseRp);
});

test('C-GET where the peer takes no such class fails instance by instance', async () => {
  const { port } = await listener({}, () => recordsOf(2));
  const peer = new RawPeer(port);
  await peer.associate({ contexts: [{ id: 1, abstractSyntax: GET, transferSyntaxes: [EXPLICIT] }] });
  peer.ask(1, ask(CommandField.getRq, GET), STUDY);
  const last = (await conclude(peer, () => 0)).at(-1);
  expect(last).toMatchObject({ status: Status.unableToPerformSuboperations, failed: 2, completed: 0 });
});

test('a peer that never answers a sub-operation is aborted', async () => {
  const records = recordsOf(2);
  const { port, logged } = await listener({ limits: { idleMs: 200, closeMs: 100 } }, () => records);
  const peer = new RawPeer(port);
  await peer.associate({
    contexts: [
      { id: 1, abstractSyntax: GET, transferSyntaxes: [EXPLICIT] },
      { id: 3, abstractSyntax: MR, transferSyntaxes: [EXPLICIT] },
    ],
    user: {
      maxLength: 0,
      implementationClassUid: '1.2.3',
      roles: [{ sopClass: MR, scu: false, scp: true }],
    },
  });
  peer.ask(1, ask(CommandField.getRq, GET), STUDY);
  expect((await peer.hearAll()).at(-1)).toBe(PduType.abort);
  await vi.waitFor(() => expect(logged).toContainEqual(expect.objectContaining({ code: 'timeout' })));
});

test('C-MOVE to our own listener stores there, and C-CANCEL leaves the rest', async () => {
  let mover: RawPeer | undefined;
  const received: string[] = [];
  const target = memoryRecords({
    async store(parts) {
      for await (const part of parts) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of part) chunks.push(chunk);
        received.push(parseDicom(Buffer.concat(chunks)).dataSet.text(Tag.SOPInstanceUID) as string);
      }
      if (received.length === 2) {
        mover?.ask(1, { commandField: CommandField.cancelRq, respondedTo: 7 });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return [{ status: 'stored', warnings: [] }];
    },
  });
  const destination = await listener(
    { aeTitle: 'TARGET', peers: [{ ...PEER, aeTitle: 'PROMONTORY' }] },
    () => target,
  );
  const { port } = await listener(
    { destinations: [{ aeTitle: 'TARGET', host: '127.0.0.1', port: destination.port, tls: false }] },
    () => recordsOf(20),
  );
  mover = new RawPeer(port);
  await mover.associate({ contexts: [{ id: 1, abstractSyntax: MOVE, transferSyntaxes: [EXPLICIT] }] });
  mover.ask(1, ask(CommandField.moveRq, MOVE, { moveDestination: 'TARGET' }), STUDY);
  const last = (await conclude(mover, () => 0)).at(-1);
  expect(last?.status).toBe(Status.cancelled);
  expect(last?.completed).toBe(received.length);
  expect((last?.completed ?? 0) + (last?.remaining ?? 0)).toBe(20);
  expect(received.length).toBeLessThan(20);
});

test.each([
  ['no level', { '0020000D': { vr: 'UI', Value: ['2.25.1'] } }],
  ['no study', { '00080052': { vr: 'CS', Value: ['STUDY'] } }],
  [
    'a level of another model',
    { '00080052': { vr: 'CS', Value: ['PATIENT'] }, '00100020': { vr: 'LO', Value: ['1'] } },
  ],
  [
    'a UID with path characters',
    { '00080052': { vr: 'CS', Value: ['STUDY'] }, '0020000D': { vr: 'UI', Value: ['../1'] } },
  ],
  [
    'a series of two studies',
    {
      '00080052': { vr: 'CS', Value: ['SERIES'] },
      '0020000D': { vr: 'UI', Value: ['2.25.1', '2.25.2'] },
      '0020000E': { vr: 'UI', Value: ['2.25.3'] },
    },
  ],
])('an identifier with %s is refused with A900H', async (_, json) => {
  const peer = await getter(recordsOf(1));
  const bytes = Buffer.from(writeIdentifier(dataSetOfJson(json), EXPLICIT));
  peer.ask(1, ask(CommandField.getRq, GET), bytes);
  expect((await peer.answer())?.status).toBe(Status.mismatch);
});

test('an identifier of garbage, or beyond the cap, is refused and the association goes on', async () => {
  const peer = await getter(recordsOf(1));
  peer.ask(1, ask(CommandField.getRq, GET), Buffer.alloc(400, 0xff));
  expect((await peer.answer())?.status).toBeGreaterThanOrEqual(0xa900);
  peer.ask(1, ask(CommandField.getRq, GET), Buffer.alloc(2 ** 20));
  expect((await peer.answer())?.status).toBe(Status.unableToCountMatches);
  peer.ask(1, ask(CommandField.getRq, GET), STUDY);
  expect((await conclude(peer, () => 0)).at(-1)?.status).toBe(Status.success);
});
