/** Peers that lie, stall, flood and break off. Reliability rows 1, 4, 6, 7, 15. */
import { setTimeout as wait } from 'node:timers/promises';
import { parseDicom } from '@promontory/core/dicom';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { BlobsUnavailable, StorageFull } from '../ports/blobs/index.ts';
import { DatabaseUnavailable } from '../ports/database/index.ts';
import { PoolBusy } from '../ports/untrusted/index.ts';
import { CommandField } from './command-set.ts';
import { listener, PEER } from './listener.testing.ts';
import { negotiate } from './negotiate.ts';
import { encodeAssociateRq, encodeReleaseRq, PduType } from './pdu.ts';
import { dataPdu, RawPeer, requestOf } from './raw-peer.testing.ts';
import { memoryRecords } from './records.testing.ts';
import { VERIFICATION } from './sop-classes.ts';
import { Status } from './status.ts';

const MR = '1.2.840.10008.5.1.4.1.1.4';
const EXPLICIT = '1.2.840.10008.1.2.1';
const QUICK = { artimMs: 250, pduMs: 250, idleMs: 400, closeMs: 150 };
const STORE = { contexts: [{ id: 1, abstractSyntax: MR, transferSyntaxes: [EXPLICIT] }] };

const text = (vr: string, tag: string, value: string) => {
  const padded = value.length % 2 === 0 ? value : `${value}\0`;
  const header = Buffer.from(`${tag}0000`, 'hex');
  return Buffer.concat([
    header.subarray(0, 4),
    Buffer.from(vr),
    length16(padded.length),
    Buffer.from(padded),
  ]);
};
function length16(length: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(length);
  return bytes;
}
/** SOP Class and Instance, and bytes that are not looked at. */
const dataSet = (sopUid: string, more = 0) =>
  Buffer.concat([
    text('UI', '08001600', MR),
    text('UI', '08001800', sopUid),
    Buffer.from('09001000', 'hex'),
    Buffer.from('LO'),
    length16(4),
    Buffer.from('ACME'),
    ...(more === 0
      ? []
      : [Buffer.from('09000110', 'hex'), Buffer.from('OB\0\0'), length32(more), Buffer.alloc(more, 0x5a)]),
  ]);
function length32(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(length);
  return bytes;
}
const storeRq = (affectedSopInstance: string, messageId = 1) => ({
  commandField: CommandField.storeRq,
  messageId,
  affectedSopClass: MR,
  affectedSopInstance,
  priority: 0,
});
test.each([
  [new StorageFull(''), Status.outOfResources],
  [new BlobsUnavailable(''), Status.outOfResources],
  [new DatabaseUnavailable(''), Status.outOfResources],
  [new PoolBusy(''), Status.outOfResources],
  [new Error(''), Status.processingFailure],
])('C-STORE where the archive fails by %s', async (error, status) => {
  const { port } = await listener({}, () => memoryRecords({ store: () => Promise.reject(error) }));
  const peer = new RawPeer(port);
  await peer.associate(STORE);
  peer.ask(1, storeRq('2.25.1'), dataSet('2.25.1'));
  expect((await peer.answer())?.status).toBe(status);
});

test.each([
  ['notUnderstood', 0xc000],
  ['transferSyntax', 0xc122],
  ['mismatch', 0xa900],
  ['conflict', 0x0110],
  ['processing', 0x0110],
  ['outOfResources', 0xa700],
  ['tooLarge', 0xa710],
  ['notAuthorised', 0x0124],
] as const)('an instance that failed (%s) is answered %i (PS3.4 table B.2-1)', async (failure, status) => {
  const failed = { status: 'failed', failure, message: 'so', warnings: [] } as const;
  const { port } = await listener({}, () => memoryRecords({ store: async () => [failed] }));
  const peer = new RawPeer(port);
  await peer.associate(STORE);
  peer.ask(1, storeRq('2.25.1'), dataSet('2.25.1'));
  expect(await peer.answer()).toMatchObject({ status, errorComment: 'so' });
});

const MPEG4 = '1.2.840.10008.1.2.4.102';
test.each([
  ['what is not decoded is taken', [MPEG4], MPEG4],
  ['what is decoded goes before it', [MPEG4, EXPLICIT], EXPLICIT],
  ['what is private is not taken', ['1.2.840.113619.5.2'], undefined],
])('transfer syntaxes: %s', (_, transferSyntaxes, expected) => {
  const rq = requestOf({ contexts: [{ id: 1, abstractSyntax: MR, transferSyntaxes }] });
  const own = { aeTitle: 'PROMONTORY', maxPduBytes: 16_384, privateStorageClasses: [] };
  const negotiated = negotiate(rq, PEER, own);
  if (typeof negotiated === 'string') throw new Error(negotiated);
  expect(negotiated.contexts[0]?.transferSyntax).toBe(expected);
});

const echoRq = { commandField: CommandField.echoRq, messageId: 5, affectedSopClass: VERIFICATION };

/** The listener still answers a peer that behaves. */
async function stillAnswers(port: number): Promise<void> {
  const peer = new RawPeer(port);
  expect((await peer.associate())?.type).toBe(PduType.associateAc);
  peer.ask(1, echoRq);
  expect((await peer.answer())?.status).toBe(Status.success);
  peer.say(encodeReleaseRq());
  expect((await peer.hear())?.type).toBe(PduType.releaseRp);
  peer.socket.end();
}

test.each([
  ['an unknown title', { callingAeTitle: 'STRANGER' }, PEER, 3],
  ['a known title from an address that is not its own', {}, { ...PEER, addresses: ['10.0.0.0/8'] }, 3],
  ['a wrong called title', { calledAeTitle: 'OTHER' }, PEER, 7],
  ['another application context', { applicationContext: '1.2.3' }, PEER, 2],
])('%s is rejected, C-ECHO included, and audited', async (_, given, peer, reason) => {
  const { port, audited, identities } = await listener({ peers: [peer] });
  const answer = await new RawPeer(port).associate(given);
  expect(answer?.type).toBe(PduType.associateRj);
  expect([...(answer?.body ?? [])]).toEqual([0, 1, 1, reason]);
  expect(audited).toMatchObject([{ action: 'association', outcome: 'refused', address: '127.0.0.1' }]);
  expect(identities).toEqual([]);
});

test('a title of odd bytes reaches the audit as question marks', async () => {
  const { port, audited } = await listener();
  await new RawPeer(port).associate({ callingAeTitle: 'A\n\u0000"\u00e9' });
  expect(audited[0]?.actor).toBe('peer:A??"?');
});

test('verbs that a peer has not are refused context by context', async () => {
  const { port, identities } = await listener({ peers: [{ ...PEER, verbs: ['echo', 'find'] }] });
  const peer = new RawPeer(port);
  const answer = await peer.associate({
    contexts: [VERIFICATION, MR, '1.2.840.10008.5.1.4.1.2.2.1', '1.2.840.10008.5.1.4.1.2.2.2', '1.2.3'].map(
      (abstractSyntax, i) => ({ id: 2 * i + 1, abstractSyntax, transferSyntaxes: [EXPLICIT] }),
    ),
  });
  const results = [...(answer?.body.toString('latin1').matchAll(/!\0..(.)\0(.)\0@/gs) ?? [])].map(
    ([, id, result]) => [id?.charCodeAt(0), result?.charCodeAt(0)],
  );
  expect(results).toEqual([
    [1, 0],
    [3, 1],
    [5, 0],
    [7, 1],
    [9, 3],
  ]);
  expect(identities).toMatchObject([
    { kind: 'peer', actor: 'peer:TESTER', scopes: ['search'], storesInto: 'spine' },
  ]);
});

test('one byte a second is ended by the timer, whole PDUs or none', async () => {
  const { port } = await listener({ limits: QUICK });
  const slow = new RawPeer(port);
  const drip = setInterval(() => slow.socket.write(Buffer.of(1)), 50);
  const started = performance.now();
  await slow.hearAll();
  expect(performance.now() - started).toBeLessThan(1_500);
  clearInterval(drip);

  const associated = new RawPeer(port);
  await associated.associate();
  const body = dataPdu(1, true, true, Buffer.alloc(1_000));
  let at = 0;
  const dripBody = setInterval(() => associated.socket.write(body.subarray(at, ++at)), 30);
  expect(await associated.hearAll()).toEqual([PduType.abort]);
  clearInterval(dripBody);
  await stillAnswers(port);
});

test('a peer that says nothing more is aborted', async () => {
  const { port, logged } = await listener({ limits: QUICK });
  const peer = new RawPeer(port);
  await peer.associate();
  expect(await peer.hearAll()).toEqual([PduType.abort]);
  await vi.waitFor(() => expect(logged).toContainEqual(expect.objectContaining({ code: 'timeout' })));
});

test('a peer that reads nothing is cut off', async () => {
  const rows = Array.from({ length: 200 }, (_, i) => ({
    '0020000D': { vr: 'UI', Value: [`1.2.${i}`] },
    '00081030': { vr: 'LO', Value: ['x'.repeat(2_000)] },
  }));
  const records = memoryRecords({ search: async () => ({ rows, ignored: [], more: true }) });
  const { port, logged } = await listener({ limits: { ...QUICK, maxMatches: 1e9 } }, () => records);
  const peer = new RawPeer(port);
  const model = '1.2.840.10008.5.1.4.1.2.2.1';
  await peer.associate({ contexts: [{ id: 1, abstractSyntax: model, transferSyntaxes: [EXPLICIT] }] });
  peer.socket.pause();
  peer.ask(
    1,
    { commandField: CommandField.findRq, messageId: 1, affectedSopClass: model, priority: 0 },
    Buffer.concat([text('CS', '08005200', 'STUDY '), text('LO', '08003010', '')]),
  );
  await vi.waitFor(() => expect(logged).toContainEqual(expect.objectContaining({ code: 'timeout' })), 8_000);
});

test('a connection that is half closed ends', async () => {
  const { port } = await listener({ limits: QUICK });
  const peer = new RawPeer(port);
  await peer.associate();
  peer.socket.end();
  expect(await peer.hearAll()).toEqual([]);
  await stillAnswers(port);
});

test.each([
  ['garbage', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ['zeros', Buffer.alloc(4_096)],
  ['a P-DATA-TF of 4 GiB', Buffer.from('0400ffffffff', 'hex')],
  ['an A-ASSOCIATE-RQ of 4 GiB', Buffer.from('0100ffffffff', 'hex')],
  ['data before the association', dataPdu(1, true, true, Buffer.alloc(4))],
  ['a release before the association', encodeReleaseRq()],
])('%s is answered with an abort and nothing is held', async (_, bytes) => {
  const { port } = await listener({ limits: QUICK });
  const before = process.memoryUsage().rss;
  const peer = new RawPeer(port);
  peer.say(bytes);
  expect(await peer.hearAll()).toEqual([PduType.abort]);
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 25);
  await stillAnswers(port);
});

test('ten thousand contexts are refused', async () => {
  const { port } = await listener({ limits: QUICK });
  const peer = new RawPeer(port);
  const contexts = Array.from({ length: 10_000 }, (_, i) => ({
    id: (2 * i + 1) & 0xff,
    abstractSyntax: VERIFICATION,
    transferSyntaxes: [EXPLICIT],
  }));
  peer.say(encodeAssociateRq(requestOf({ contexts })));
  expect(await peer.hearAll()).toEqual([PduType.abort]);
  await stillAnswers(port);
});

test.each<[string, readonly Buffer[]]>([
  ['a PDV longer than its PDU', [Buffer.from('04000000000c0000ffff0103aaaaaaaaaaaa', 'hex')]],
  ['a PDV of length 0', [Buffer.from('040000000006000000000103', 'hex')]],
  ['an unknown context', [dataPdu(99, true, true, Buffer.alloc(4))]],
  ['a command element of 4 GiB', [dataPdu(1, true, true, Buffer.from('00000001ffffffff', 'hex'))]],
  ['a command of garbage', [dataPdu(1, true, true, Buffer.alloc(200, 0xee))]],
  ['a command without end', Array.from({ length: 40 }, () => dataPdu(1, true, false, Buffer.alloc(1_000)))],
  ['a data set without a command', [dataPdu(1, false, true, Buffer.alloc(10))]],
  ['a second request for an association', [encodeAssociateRq(requestOf())]],
])('%s aborts the association', async (_, pdus) => {
  const { port } = await listener({ limits: QUICK });
  const peer = new RawPeer(port);
  await peer.associate();
  peer.say(...pdus);
  expect(await peer.hearAll()).toEqual([PduType.abort]);
  await stillAnswers(port);
});

test.each([
  ['path characters', '../../etc/x'],
  ['a NUL', '1.2\u0000/3'],
  ['65 characters', '1'.repeat(65)],
  ['nothing', ''],
])('a SOP Instance UID of %s is refused with 0117H and reaches no archive', async (_, uid) => {
  const records = memoryRecords();
  const { port } = await listener({}, () => records);
  const peer = new RawPeer(port);
  await peer.associate(STORE);
  peer.ask(1, storeRq(uid), dataSet('2.25.1'));
  const answer = await peer.answer();
  expect(answer?.status).toBe(Status.invalidSopInstance);
  expect(answer?.affectedSopInstance).toBeUndefined();
  expect(records.begun()).toBe(0);
});

test('a command that names another instance or class than the data set is refused before it is stored', async () => {
  const records = memoryRecords();
  const { port } = await listener({}, () => records);
  const peer = new RawPeer(port);
  await peer.associate(STORE);
  peer.ask(1, storeRq('2.25.1'), dataSet('2.25.2'));
  expect((await peer.answer())?.status).toBe(Status.mismatch);
  peer.ask(1, { ...storeRq('2.25.1'), affectedSopClass: '1.2.840.10008.5.1.4.1.1.2' }, dataSet('2.25.1'));
  expect((await peer.answer())?.status).toBe(Status.sopClassNotSupported);
  expect(records.begun()).toBe(0);
  // The association goes on.
  peer.ask(1, storeRq('2.25.1'), dataSet('2.25.1'));
  expect((await peer.answer())?.status).toBe(Status.success);
});

test('an operation that its context was not accepted for is not recognised', async () => {
  const { port } = await listener();
  const peer = new RawPeer(port);
  await peer.associate();
  peer.ask(1, {
    commandField: CommandField.moveRq,
    messageId: 1,
    affectedSopClass: VERIFICATION,
    moveDestination: 'X',
  });
  expect(await peer.answer()).toMatchObject({
    commandField: CommandField.moveRsp,
    status: Status.unrecognisedOperation,
  });
  peer.ask(1, { commandField: 0x0140, messageId: 2 });
  expect(await peer.answer()).toMatchObject({ commandField: 0x8140, respondedTo: 2 });
});

test('an abort in the middle of a C-STORE keeps nothing', async () => {
  const records = memoryRecords();
  const { port } = await listener({ limits: QUICK }, () => records);
  for (const end of ['abort', 'reset'] as const) {
    const peer = new RawPeer(port);
    await peer.associate(STORE);
    peer.say(
      // Command whole, data set without its last fragment.
      dataPdu(1, true, true, commandOf('2.25.1')),
      dataPdu(1, false, false, dataSet('2.25.1', 20_000).subarray(0, 10_000)),
    );
    await vi.waitFor(() => expect(records.begun()).toBeGreaterThan(0));
    if (end === 'abort') peer.say(Buffer.from('07000000000400000000', 'hex'));
    else peer.socket.resetAndDestroy();
    await peer.hearAll();
    await wait(30);
    expect(records.files).toEqual([]);
  }
  await stillAnswers(port);
});

function commandOf(sopUid: string): Buffer {
  const pdu: Buffer[] = [];
  const peer = { say: (...bytes: Buffer[]) => void pdu.push(...bytes) };
  RawPeer.prototype.ask.call(peer as unknown as RawPeer, 1, storeRq(sopUid), Buffer.alloc(0));
  return (pdu[0] as Buffer).subarray(12);
}

test('an archive that fails is answered with a failure, and the association goes on', async () => {
  const records = memoryRecords({
    async store() {
      throw new Error('a patient name might stand here: CANARY^NAME');
    },
  });
  const { port, logged } = await listener({}, () => records);
  const peer = new RawPeer(port);
  await peer.associate(STORE);
  peer.ask(1, storeRq('2.25.1'), dataSet('2.25.1', 300_000));
  expect((await peer.answer())?.status).toBe(Status.processingFailure);
  peer.ask(1, storeRq('2.25.1', 2), dataSet('2.25.1'));
  expect((await peer.answer())?.status).toBe(Status.processingFailure);
  expect(JSON.stringify(logged)).not.toContain('CANARY');
});

test('an instance larger than the window streams through, and slows its sender while the archive is slow', async () => {
  let most = 0;
  let received = 0;
  const records = memoryRecords({
    async store(parts) {
      for await (const part of parts) {
        for await (const chunk of part) {
          received += chunk.length;
          most = Math.max(most, peer.socket.bytesWritten - received);
          if (received < 2 ** 22) await wait(2);
        }
      }
      return [{ status: 'stored', sopUid: '2.25.1', warnings: [] }];
    },
  });
  const { port } = await listener({ limits: { receiveWindowBytes: 2 ** 18 } }, () => records);
  const peer: RawPeer = new RawPeer(port);
  await peer.associate(STORE);
  const size = 32 * 2 ** 20;
  const bytes = dataSet('2.25.1', size);
  peer.say(dataPdu(1, true, true, commandOf('2.25.1')));
  for (let at = 0; at < bytes.length; at += 60_000) {
    const last = at + 60_000 >= bytes.length;
    if (!peer.socket.write(dataPdu(1, false, last, bytes.subarray(at, at + 60_000))))
      await new Promise((resolve) => peer.socket.once('drain', resolve));
  }
  expect((await peer.answer())?.status).toBe(Status.success);
  expect(received).toBeGreaterThan(size);
  // Kernel buffers of both sides and the window: far less than the instance.
  expect(most).toBeLessThan(16 * 2 ** 20);
});

test('what a peer sends is stored after a zero preamble and our meta information, byte for byte', async () => {
  const records = memoryRecords();
  const { port } = await listener({}, () => records);
  const peer = new RawPeer(port);
  await peer.associate(STORE);
  const bytes = dataSet('2.25.7', 5_000);
  peer.ask(1, storeRq('2.25.7'), bytes);
  expect((await peer.answer())?.status).toBe(Status.success);
  const [file] = records.files;
  expect(Buffer.from(file!.subarray(-bytes.length))).toEqual(bytes);
  expect(file!.subarray(0, 128).every((byte) => byte === 0)).toBe(true);
  const parsed = parseDicom(file!);
  expect(parsed.transferSyntaxUid).toBe(EXPLICIT);
  expect(parsed.meta.text(0x00020003)).toBe('2.25.7');
  expect(parsed.meta.text(0x00020016)).toBe('TESTER');
  expect(parsed.warnings).toEqual([]);
});

test('a hundred connections: peers beyond the cap are told, strangers cannot take their places', async () => {
  const { port } = await listener({ limits: { maxAssociations: 10, artimMs: 2_000 } });
  const peers = Array.from({ length: 100 }, () => new RawPeer(port));
  const answers = await Promise.all(peers.map(async (peer) => (await peer.associate())?.type));
  const count = (type: number | undefined) => answers.filter((answer) => answer === type).length;
  expect(count(PduType.associateAc)).toBe(10);
  expect(count(PduType.associateAc) + count(PduType.associateRj) + count(undefined)).toBe(100);
  for (const peer of peers) peer.socket.destroy();
  await wait(50);
  await stillAnswers(port);
});

test('strangers are capped, and a flood of them does not fill the audit', async () => {
  const { port, audited, close } = await listener({ peers: [{ ...PEER, addresses: ['10.9.9.9'] }] });
  for (let round = 0; round < 20; round++) {
    const peers = Array.from({ length: 12 }, () => new RawPeer(port));
    const answers = await Promise.all(peers.map(async (peer) => (await peer.associate())?.type));
    expect(answers.filter((type) => type === PduType.associateRj).length).toBeLessThanOrEqual(8);
    for (const peer of peers) peer.socket.destroy();
    await wait(5);
  }
  await close();
  expect(audited.length).toBeLessThanOrEqual(61);
  const flood = audited.at(-1);
  expect(flood?.detail?.reason).toBe('flood');
  expect(flood?.detail?.count).toBeGreaterThan(20);
});

test('an association that cannot be audited is not accepted', async () => {
  const { port } = await listener({}, undefined, {
    async audit() {
      throw new Error('the database is away');
    },
  });
  const answer = await new RawPeer(port).associate();
  expect([...(answer?.body ?? [])]).toEqual([0, 2, 3, 1]);
});

test('closing ends associations and waits for what they were storing', async () => {
  let settled = false;
  const records = memoryRecords({
    async store(parts) {
      try {
        for await (const part of parts) for await (const _ of part);
      } finally {
        await wait(100);
        settled = true;
      }
      return [];
    },
  });
  const { port, close } = await listener({}, () => records);
  const peer = new RawPeer(port);
  await peer.associate(STORE);
  peer.say(
    dataPdu(1, true, true, commandOf('2.25.1')),
    dataPdu(1, false, false, dataSet('2.25.1', 20_000).subarray(0, 10_000)),
  );
  await wait(50);
  await close();
  expect(settled).toBe(true);
  expect(await peer.hearAll()).toEqual([PduType.abort]);
});

test('spoiled streams of PDUs end the association or are answered; the listener goes on', async () => {
  const { port, logged } = await listener({ limits: QUICK });
  const contexts = [VERIFICATION, MR, '1.2.840.10008.5.1.4.1.2.2.1'].map((abstractSyntax, i) => ({
    id: 2 * i + 1,
    abstractSyntax,
    transferSyntaxes: [EXPLICIT],
  }));
  const good = [
    encodeAssociateRq(requestOf({ contexts })),
    dataPdu(3, true, true, commandOf('2.25.1')),
    dataPdu(3, false, true, dataSet('2.25.1', 400)),
    dataPdu(1, true, true, Buffer.alloc(30)),
    encodeReleaseRq(),
  ];
  const stream = fc
    .tuple(
      fc.array(fc.nat(good.length - 1), { maxLength: 6 }),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      fc.nat(),
    )
    .map(([order, changes, end]) => {
      const bytes = Buffer.concat([good[0] as Buffer, ...order.map((i) => good[i] as Buffer)]);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return end % 3 === 0 ? bytes.subarray(0, end % bytes.length) : bytes;
    });
  await fc.assert(
    fc.asyncProperty(fc.array(stream, { minLength: 4, maxLength: 4 }), async (streams) => {
      await Promise.all(
        streams.map(async (bytes) => {
          const peer = new RawPeer(port);
          peer.say(bytes);
          peer.socket.end();
          await peer.hearAll();
        }),
      );
    }),
    { numRuns: 25 },
  );
  expect(logged.filter(({ event }) => event === 'dimse.failed')).toEqual([]);
  await stillAnswers(port);
});
