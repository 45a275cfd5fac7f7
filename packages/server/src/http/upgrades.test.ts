/** Requests for a WebSocket that end otherwise than in a channel that both sides close. */
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { TextChannel } from '../ports/channel/index.ts';
import { listenWith } from './listen.testing.ts';
import { route } from './route.ts';
import type { HttpServer } from './server.ts';

const LONG = 'x'.repeat(2 ** 24);

/** A server whose channels are opened when `admit` is called. */
async function serve(limits: { readonly idleMs?: number } = {}) {
  const opened: TextChannel[] = [];
  const asked: (() => void)[] = [];
  const at = { group: 'server', summary: '', may: 'open' } as const;
  const server = await listenWith(
    [
      route({ ...at, method: 'GET', path: '/health', handle: async () => ({ body: 'well' }) }),
      route({ ...at, method: 'GET', path: '/long', handle: async () => ({ body: LONG }) }),
      route({ ...at, method: 'GET', path: '/mine', may: 'signed-in', handle: async () => ({}) }),
      route({
        ...at,
        method: 'GET',
        path: '/channel',
        handle: async () => ({}),
        async open(_call, accept) {
          await new Promise<void>((resolve) => asked.push(resolve));
          opened.push(accept());
        },
      }),
    ],
    {},
    { limits },
  );
  let isClosed = false;
  const close = async () => {
    await server.close();
    isClosed = true;
  };
  onTestFinished(async () => {
    if (!isClosed) await server.close();
  });
  const admit = async () => {
    await expect.poll(() => asked.length).toBe(1);
    asked[0]!();
  };
  return { server, close, opened, asked, admit };
}

/** A client that keeps its own side open, whatever the server does. */
function ask({ port }: HttpServer, path: string): Socket & { heard(): string } {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  socket.on('error', () => {});
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
  );
  onTestFinished(() => void socket.destroy());
  return Object.assign(socket, {
    heard() {
      for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) text += chunk;
      return text;
    },
  });
}

/** Whether the server's side is gone altogether: what is written then is answered by a reset. */
const isGone = async (socket: Socket): Promise<boolean> => {
  socket.write('x');
  await wait(20);
  return socket.destroyed;
};

test('a request that is refused is answered, and its connection ended although the client keeps it', async () => {
  const { server } = await serve();
  for (const [path, status] of [
    ['/mine', '401'],
    ['/nowhere', '404'],
    ['/health', '200'],
  ]) {
    const socket = ask(server, path!);
    await expect.poll(() => socket.heard()).toContain(`HTTP/1.1 ${status}`);
    await expect.poll(() => isGone(socket)).toBe(true);
  }
});

test('an answer that is not read is given up after the time of silence', async () => {
  const { server } = await serve({ idleMs: 100 });
  const socket = ask(server, '/long');
  socket.pause();
  // Each look is a sign of life.
  await expect.poll(() => isGone(socket), { timeout: 10_000, interval: 1_000 }).toBe(true);
});

test('who has gone before the channel is opened leaves none open', async () => {
  const { server, opened, admit, asked } = await serve();
  const socket = ask(server, '/channel');
  await expect.poll(() => asked.length).toBe(1);
  socket.resetAndDestroy();
  await wait(50);
  await admit();
  await expect.poll(() => opened.length).toBe(1);
  await expect.poll(() => opened[0]!.closed.aborted).toBe(true);
});

test('the server closes while a channel is about to be opened', async () => {
  const { server, close, asked, admit, opened } = await serve();
  const socket = ask(server, '/channel');
  await expect.poll(() => asked.length).toBe(1);
  await close();
  await expect.poll(() => isGone(socket)).toBe(true);
  await admit();
  await wait(20);
  expect(opened.filter(({ closed }) => !closed.aborted)).toEqual([]);
});
