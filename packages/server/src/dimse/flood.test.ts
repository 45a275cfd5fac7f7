/** Peers that break off while they store, fill the archive, or come by the hundred. Reliability rows 4, 6, 7, 15. */
import { setTimeout as wait } from 'node:timers/promises';
import { parseDicom } from '@promontory/core/dicom';
import { expect, test, vi } from 'vitest';
import { commandOf, dataSet, EXPLICIT, QUICK, STORE, stillAnswers, storeRq } from './hostile.testing.ts';
import { listener, PEER } from './listener.testing.ts';
import { PduType } from './pdu.ts';
import { dataPdu, RawPeer } from './raw-peer.testing.ts';
import { memoryRecords } from './records.testing.ts';
import { Status } from './status.ts';

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
