import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, test } from 'vitest';
import { CollectorUnavailable, openCollector } from './collector.ts';
import { type Listener, listen, selfSigned } from './listener.testing.ts';

const texts = ['<85>1 one', '<85>1 zwei ü 漢', `<85>1 ${'x'.repeat(300_000)}`];
const bytes = texts.map((text) => Buffer.from(text));
let listener: Listener | undefined;
afterEach(async () => {
  await listener?.close();
  listener = undefined;
});
const at = { host: '127.0.0.1' };

test('over TCP: octet counts, in order, one connection a batch', async () => {
  listener = await listen();
  const collector = openCollector({ ...at, protocol: 'tcp', port: listener.port });
  await collector.send(bytes);
  await collector.send([Buffer.from('last')]);
  expect(listener.messages).toEqual([...texts, 'last']);
  expect(listener.connections()).toBe(2);
});

describe('over TLS', () => {
  const own = selfSigned();

  test('messages arrive at a collector whose certificate is trusted', async () => {
    listener = await listen(own);
    await openCollector({ ...at, protocol: 'tls', port: listener.port, ca: own.cert }).send(bytes);
    expect(listener.messages).toEqual(texts);
  });

  test('nothing is sent to one that is not', async () => {
    listener = await listen(own);
    for (const ca of [undefined, selfSigned().cert]) {
      const collector = openCollector({
        ...at,
        protocol: 'tls',
        port: listener.port,
        ...(ca === undefined ? {} : { ca }),
      });
      await expect(collector.send(bytes)).rejects.toThrow(CollectorUnavailable);
    }
    expect(listener.messages).toEqual([]);
  });

  test('a collector that asks who we are is told, and without an answer takes nothing', async () => {
    listener = await listen({ ...own, ca: own.cert, requestCert: true });
    const settings = { ...at, protocol: 'tls', port: listener.port, ca: own.cert } as const;
    await expect(openCollector(settings).send(bytes)).rejects.toThrow(CollectorUnavailable);
    await openCollector({ ...settings, ...own }).send(bytes);
    expect(listener.messages).toEqual(texts);
  });
});

test('a collector that is not there, hangs up in the middle, or never ends: nothing counts as sent', async () => {
  listener = await listen();
  const { port } = listener;
  const collector = openCollector({ ...at, protocol: 'tcp', port, timeoutMs: 200 });
  const large = Array.from({ length: 60 }, () => bytes[2] as Buffer);
  listener.onConnection = (socket) => socket.once('data', () => socket.destroy());
  await expect(collector.send(large)).rejects.toThrow(CollectorUnavailable);
  listener.onConnection = (socket) => socket.resetAndDestroy();
  await expect(collector.send(bytes)).rejects.toThrow(CollectorUnavailable);
  listener.onConnection = (socket) => socket.pause();
  await expect(collector.send(bytes)).rejects.toThrow(CollectorUnavailable);
  listener.onConnection = (socket) => socket.end();
  await expect(collector.send(large)).rejects.toThrow(CollectorUnavailable);
  await listener.close();
  await expect(collector.send(bytes)).rejects.toThrow(CollectorUnavailable);
});

test('over UDP: one datagram a message; too large a one is refused here', async () => {
  const socket = createSocket('udp4');
  const got: string[] = [];
  socket.on('message', (message) => got.push(message.toString('utf8')));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  try {
    const collector = openCollector({ ...at, protocol: 'udp', port: socket.address().port });
    await collector.send(bytes.slice(0, 2));
    await expect.poll(() => got).toEqual(texts.slice(0, 2));
    await expect(collector.send(bytes)).rejects.toThrow(CollectorUnavailable);
  } finally {
    socket.close();
  }
});
