import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { TextChannel } from './channel.ts';
import {
  acceptWebSocket,
  keyOf,
  WEB_SOCKET_RULES,
  type WebSocketRules,
  wantsWebSocket,
} from './web-socket.ts';
import { FrameFault, FrameReader, frameOf, Opcode } from './web-socket-frames.ts';

/** As a client sends it. */
function masked(opcode: number, payload: Uint8Array, mask = Uint8Array.of(1, 2, 3, 4)): Buffer {
  const frame = frameOf(opcode, payload);
  const head = frame.subarray(0, frame.length - payload.length);
  head[1]! |= 0x80;
  return Buffer.concat([head, mask, payload.map((byte, i) => byte ^ mask[i % 4]!)]);
}

describe('frames', () => {
  const control = fc.record({
    opcode: fc.constantFrom(Opcode.ping, Opcode.pong, Opcode.close),
    payload: fc.uint8Array({ maxLength: 125 }),
    mask: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  });
  const data = fc.record({
    opcode: fc.constantFrom(0, 1, 2),
    payload: fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ minLength: 1000, maxLength: 1000 })),
    mask: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  });

  test('control frames are read whole, however the bytes come, and data are passed over', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(control, data), { maxLength: 8 }),
        fc.array(fc.nat(50)),
        (frames, cuts) => {
          const bytes = Buffer.concat(
            frames.map(({ opcode, payload, mask }) => masked(opcode, payload, mask)),
          );
          const reader = new FrameReader();
          const read: unknown[] = [];
          let at = 0;
          for (const cut of [...cuts, bytes.length]) {
            for (const { opcode, payload } of reader.read(bytes.subarray(at, at + cut)))
              read.push([opcode, [...payload]]);
            at = Math.min(bytes.length, at + cut);
          }
          expect(read).toEqual(
            frames.filter(({ opcode }) => opcode > 7).map(({ opcode, payload }) => [opcode, [...payload]]),
          );
        },
      ),
    );
  });

  test.for([
    ['not masked', frameOf(Opcode.ping, new Uint8Array(1)), false],
    ['reserved bits', masked(0x40 | Opcode.text, new Uint8Array(1)), false],
    ['an unknown opcode', masked(0x3, new Uint8Array(1)), false],
    ['an unknown control opcode', masked(0xb, new Uint8Array(1)), false],
    ['a control frame in pieces', Buffer.of(0x09, 0x80, 0, 0, 0, 0), false],
    ['a control frame that is too long', masked(Opcode.ping, new Uint8Array(126)), false],
    ['a length of 64 bits', masked(Opcode.text, new Uint8Array(70_000)), true],
  ] as const)('%s is a fault', ([, bytes, isTooBig]) => {
    const read = () => new FrameReader().read(Buffer.from(bytes));
    expect(read).toThrow(FrameFault);
    expect(read).toThrow(expect.objectContaining({ isTooBig }));
  });

  test('any bytes are frames or a fault, and never more is held than was given', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }), (chunks) => {
        const reader = new FrameReader();
        try {
          for (const chunk of chunks)
            for (const { payload } of reader.read(Buffer.from(chunk)))
              expect(payload.length).toBeLessThanOrEqual(125);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameFault);
        }
      }),
    );
  });
});

describe('a channel, with the client of this Node', () => {
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) server.close();
  });

  async function listen(rules: Partial<WebSocketRules> = {}) {
    const channels: TextChannel[] = [];
    const server = createServer((_request, response) => response.end('http'));
    server.on('upgrade', (request, socket, head) => {
      const key = keyOf(request);
      if (key === undefined || !wantsWebSocket(request)) return socket.destroy();
      channels.push(acceptWebSocket(key, socket, head, { ...WEB_SOCKET_RULES, ...rules }));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { port, channels };
  }

  async function client(port: number) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    const said: string[] = [];
    socket.addEventListener('message', ({ data }) => said.push(data));
    const closed = new Promise<number>((resolve) =>
      socket.addEventListener('close', ({ code }) => resolve(code)),
    );
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    return { socket, said, closed };
  }

  /** Without a WebSocket's manners. */
  async function bare(port: number, allowHalfOpen = false): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen });
    sockets.push(socket);
    socket.on('error', () => {});
    socket.write(
      'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
        `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
    );
    await new Promise((resolve) => socket.once('data', resolve));
    return socket;
  }

  test('texts of every length arrive whole and in their order', async () => {
    const { port, channels } = await listen();
    const { said, socket, closed } = await client(port);
    const texts = ['', 'ä€𝄞', 'x'.repeat(125), 'y'.repeat(126), 'z'.repeat(65_535), 'w'.repeat(70_000)];
    for (const text of texts) channels[0]!.send(text);
    socket.send('nobody listens to this');
    await expect.poll(() => said.length).toBe(texts.length);
    expect(said).toEqual(texts);
    socket.close(1000);
    expect(await closed).toBe(1000);
    await expect.poll(() => channels[0]!.closed.aborted).toBe(true);
    channels[0]!.send('too late');
  });

  test('the server ends it with its reason', async () => {
    const { port, channels } = await listen();
    const { closed } = await client(port);
    channels[0]!.close(1008);
    channels[0]!.close(1001);
    expect(await closed).toBe(1008);
    await expect.poll(() => channels[0]!.closed.aborted).toBe(true);
  });

  test('a client that does not read is dropped, and little is held for it', async () => {
    const { port, channels } = await listen({ mostPendingBytes: 2 ** 16 });
    const socket = await bare(port);
    socket.pause();
    const text = 'x'.repeat(2 ** 15);
    for (let i = 0; i < 2_000 && !channels[0]!.closed.aborted; i++) {
      channels[0]!.send(text);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(channels[0]!.closed.aborted).toBe(true);
  });

  test('a client that has gone without a word is noticed', async () => {
    const { port, channels } = await listen({ pingMs: 20 });
    await bare(port);
    await expect.poll(() => channels[0]!.closed.aborted, { timeout: 5_000 }).toBe(true);
  });

  test('a client that answers stays, and its pings are answered', async () => {
    const { port, channels } = await listen({ pingMs: 20 });
    const { said } = await client(port);
    await new Promise((resolve) => setTimeout(resolve, 200));
    channels[0]!.send('still here');
    await expect.poll(() => said).toEqual(['still here']);
    const socket = await bare(port);
    const heard: Buffer[] = [];
    socket.on('data', (chunk) => heard.push(chunk));
    socket.write(masked(Opcode.ping, Buffer.from('hello')));
    await expect
      .poll(() => Buffer.concat(heard).includes(frameOf(Opcode.pong, Buffer.from('hello'))))
      .toBe(true);
  });

  test.for([
    ['says why', Buffer.of(0x0f, 0xa0, 0x61), 4000],
    ['says nothing', Buffer.alloc(0), 1000],
    ['says half a code', Buffer.of(3), 1002],
    ['says a code that is never sent', Buffer.of(0x03, 0xed), 1002],
    ['says a code that nobody has', Buffer.of(0x13, 0x88), 1002],
  ] as const)('a client that %s when it closes is answered, and let go of', async ([, payload, code]) => {
    const { port, channels } = await listen({ closeMs: 50 });
    const socket = await bare(port, true);
    const heard: Buffer[] = [];
    socket.on('data', (chunk) => heard.push(chunk));
    socket.write(masked(Opcode.close, payload));
    await expect.poll(() => channels[0]!.closed.aborted).toBe(true);
    expect(Buffer.concat(heard)).toEqual(Buffer.of(0x88, 2, code >> 8, code & 0xff));
  });

  test('what is no frame ends it', async () => {
    const { port, channels } = await listen({ closeMs: 50 });
    const socket = await bare(port);
    const heard: Buffer[] = [];
    socket.on('data', (chunk) => heard.push(chunk));
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await expect.poll(() => channels[0]!.closed.aborted).toBe(true);
    // 1002, protocol error.
    expect(Buffer.concat(heard).includes(Buffer.of(0x88, 2, 0x03, 0xea))).toBe(true);
  });
});

test('a handshake of another version, or without a key of 16 bytes, has no key', () => {
  const key = Buffer.alloc(16, 7).toString('base64');
  const headers = { 'sec-websocket-version': '13', 'sec-websocket-key': key };
  expect(keyOf({ headers })).toBe(key);
  for (const wrong of [
    { ...headers, 'sec-websocket-version': '8' },
    { ...headers, 'sec-websocket-key': 'short' },
    { 'sec-websocket-version': '13' },
  ])
    expect(keyOf({ headers: wrong })).toBeUndefined();
  expect(wantsWebSocket({ method: 'GET', headers: { upgrade: 'WebSocket' } })).toBe(true);
  expect(wantsWebSocket({ method: 'POST', headers: { upgrade: 'h2c' } })).toBe(false);
});
