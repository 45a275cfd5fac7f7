/** A wire between the server and what it stands on, that can be cut. */
import { connect, createServer, type Socket } from 'node:net';

export interface Wire {
  readonly port: number;
  /** Drops what is connected and refuses more. */
  cut(): Promise<void>;
  /** Keeps what is connected, passes nothing on, answers nothing: a network that swallows. */
  swallow(): void;
  mend(): Promise<void>;
  close(): Promise<void>;
}

export async function openWire(to: string): Promise<Wire> {
  const { hostname, port: toPort } = new URL(to);
  const open = new Set<Socket>();
  let swallowing = false;
  const server = createServer((near) => {
    const far = connect(Number(toPort), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on('data', (chunk) => {
        if (!swallowing) other.write(chunk);
      });
      one.on('error', () => {});
      one.on('close', () => {
        open.delete(one);
        if (!swallowing) other.destroy();
      });
    }
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const drop = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of open) socket.destroy();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as { port: number };
  return {
    port,
    cut: drop,
    swallow() {
      swallowing = true;
    },
    async mend() {
      if (swallowing) for (const socket of open) socket.destroy();
      swallowing = false;
      if (!server.listening) await listen(port);
    },
    close: async () => {
      if (server.listening) await drop();
    },
  };
}
