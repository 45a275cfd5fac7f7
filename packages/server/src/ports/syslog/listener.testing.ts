/** A syslog collector for tests: takes connections as RFC 5425 and RFC 6587 say, and can be switched off. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTls } from 'node:tls';

/** A certificate of its own making, by OpenSSL, for 127.0.0.1. */
export function selfSigned(): { cert: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  try {
    execFileSync(
      'openssl',
      `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=collector -addext subjectAltName=IP:127.0.0.1 -keyout ${folder}/key.pem -out ${folder}/cert.pem`.split(
        ' ',
      ),
      { stdio: 'ignore' },
    );
    return {
      cert: readFileSync(join(folder, 'cert.pem'), 'utf8'),
      key: readFileSync(join(folder, 'key.pem'), 'utf8'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface Listener {
  readonly port: number;
  readonly messages: string[];
  readonly connections: () => number;
  /** Told of each connection; may break it. */
  onConnection: (socket: Socket) => void;
  close(): Promise<void>;
}

export async function listen(
  tls?: { cert: string; key: string; ca?: string; requestCert?: boolean },
  port = 0,
): Promise<Listener> {
  const open = new Set<Socket>();
  const messages: string[] = [];
  let connections = 0;
  const take = (socket: Socket) => {
    connections += 1;
    open.add(socket);
    let bytes = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (;;) {
        const blank = bytes.indexOf(0x20);
        if (blank < 0) return;
        const length = Number(bytes.subarray(0, blank).toString('ascii'));
        if (!Number.isInteger(length)) throw new Error('no octet count');
        if (bytes.length < blank + 1 + length) return;
        messages.push(bytes.subarray(blank + 1, blank + 1 + length).toString('utf8'));
        bytes = bytes.subarray(blank + 1 + length);
      }
    });
    listener.onConnection(socket);
  };
  const server: Server = tls === undefined ? createTcp(take) : createTls(tls, take);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const listener: Listener = {
    port: (server.address() as AddressInfo).port,
    messages,
    connections: () => connections,
    onConnection: () => {},
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
  return listener;
}
