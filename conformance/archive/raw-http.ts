/** Requests below what a well-behaved client can send. */
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Target } from './peers/target.ts';

const PATIENCE_MS = 60_000;

export function openSocket(origin: string): Promise<Socket> {
  const { port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Until the other side closes it; the milliseconds that took. */
export function closed(socket: Socket): Promise<number> {
  const start = performance.now();
  socket.on('error', () => {});
  socket.resume();
  if (socket.closed) return Promise.resolve(0);
  return new Promise((resolve) => socket.once('close', () => resolve(performance.now() - start)));
}

/** Sends the bytes as they are, and ends. @returns the status lines that came back before the end */
export async function sendRaw(origin: string, bytes: string | Uint8Array, ends = true): Promise<number[]> {
  const socket = await openSocket(origin);
  const { host } = new URL(origin);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  const done = closed(socket);
  const timer = setTimeout(() => socket.destroy(), PATIENCE_MS);
  const given = typeof bytes === 'string' ? bytes.replaceAll('{host}', host) : bytes;
  if (ends) socket.end(given);
  else socket.write(given);
  await done;
  clearTimeout(timer);
  return [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
}

export interface Upload {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Sends a body chunk by chunk, as fast as it is taken. @returns status 0 where the connection broke before an answer */
export function upload(
  target: Pick<Target, 'root' | 'headers'>,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<Upload> {
  return new Promise((resolve) => {
    const out = request(`${target.root}${path}`, {
      method: 'POST',
      headers: { ...target.headers, ...headers },
    });
    let over = false;
    const end = (upload: Upload) => {
      over = true;
      resolve(upload);
    };
    out.on('response', (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (chunk) => parts.push(chunk));
      const done = () =>
        end({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: Buffer.concat(parts).toString('utf8'),
        });
      answer.on('end', done);
      answer.on('error', done);
    });
    out.on('error', () => end({ status: 0, headers: {}, body: '' }));
    void (async () => {
      for await (const chunk of body) {
        if (over) break;
        if (!out.write(chunk)) {
          await new Promise<void>((go) => {
            const next = () => {
              out.off('drain', next);
              out.off('close', next);
              go();
            };
            out.on('drain', next);
            out.on('close', next);
          });
        }
        if (out.destroyed) return;
      }
      out.end();
    })();
  });
}
