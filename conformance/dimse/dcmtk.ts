/** DCMTK's tools as peers, each run in the background: the listener answers from this process. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** Runs to its end, or is stopped when the test is over. */
export function run(command: string, args: readonly string[], cwd?: string): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'promontory-dimse-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export const filesIn = (path: string): Buffer[] =>
  readdirSync(path)
    .sort()
    .map((name) => readFileSync(join(path, name)));

/** A port that was free a moment ago: DCMTK cannot be told to take any. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/**
 * Starts storescp and waits until it listens. Objects are written as they come (+B).
 * @param at a port that is known before it starts
 */
export async function storescp(
  options: readonly string[] = [],
  at?: number,
): Promise<{ port: number; received: string }> {
  const received = folder();
  const port = at ?? (await freePort());
  const child = spawn('storescp', ['+B', '-od', received, ...options, String(port)], { stdio: 'ignore' });
  const exited = new Promise((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  for (let tries = 0; tries < 100; tries++) {
    if (await reachable(port)) return { port, received };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('storescp does not listen');
}

function reachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Stands between a peer and the listener and keeps what the peer said. */
export async function wiretap(target: number): Promise<{ port: number; said: Buffer[] }> {
  const said: Buffer[] = [];
  const server = createServer((client) => {
    const onward = connect({ host: '127.0.0.1', port: target });
    client.on('data', (chunk) => said.push(chunk));
    client.pipe(onward);
    onward.pipe(client);
    client.on('error', () => onward.destroy());
    onward.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.address() as { port: number }).port, said };
}

/** Data sets of a stream of PDUs, read anew and apart from the code that is tested: PS3.8 9.3.5, annex E. */
export function dataSetsOf(stream: Buffer): Buffer[] {
  const dataSets: Buffer[] = [];
  let parts: Buffer[] = [];
  for (let at = 0; at + 6 <= stream.length; ) {
    const end = at + 6 + stream.readUInt32BE(at + 2);
    if (stream[at] === 0x04) {
      for (let pdv = at + 6; pdv < end; pdv += 4 + stream.readUInt32BE(pdv)) {
        const control = stream[pdv + 5] as number;
        if ((control & 1) !== 0) continue;
        parts.push(stream.subarray(pdv + 6, pdv + 4 + stream.readUInt32BE(pdv)));
        if ((control & 2) === 0) continue;
        dataSets.push(Buffer.concat(parts));
        parts = [];
      }
    }
    at = end;
  }
  return dataSets;
}
