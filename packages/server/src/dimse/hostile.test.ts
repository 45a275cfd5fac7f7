/** Peers that lie, stall and send what is none. Reliability rows 1, 4, 6, 7, 15. */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { BlobsUnavailable, StorageFull } from '../ports/blobs/index.ts';
import { DatabaseUnavailable } from '../ports/database/index.ts';
import { PoolBusy } from '../ports/untrusted/index.ts';
import { CommandField } from './command-set.ts';
import {
  commandOf,
  dataSet,
  EXPLICIT,
  MR,
  QUICK,
  STORE,
  stillAnswers,
  storeRq,
  text,
} from './hostile.testing.ts';
import { listener, PEER } from './listener.testing.ts';
import { negotiate } from './negotiate.ts';
import { encodeAssociateRq, encodeReleaseRq, PduType } from './pdu.ts';
import { dataPdu, RawPeer, requestOf } from './raw-peer.testing.ts';
import { memoryRecords } from './records.testing.ts';
import { VERIFICATION } from './sop-classes.ts';
import { Status } from './status.ts';

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
