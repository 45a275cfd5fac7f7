/** Sending to a syslog collector: over TLS (RFC 5425), TCP (RFC 6587, octet counting) or UDP (RFC 5426). */
import { createSocket } from 'node:dgram';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface CollectorSettings {
  readonly protocol: 'tls' | 'tcp' | 'udp';
  readonly host: string;
  readonly port: number;
  /** PEM: whose certificates are believed; those of the system where absent. */
  readonly ca?: string;
  /** PEM: who we are, where the collector asks. */
  readonly cert?: string;
  readonly key?: string;
  /** A collector that says nothing for so long is not there. Default 10 s. */
  readonly timeoutMs?: number;
}

export interface Collector {
  /**
   * Sends messages in order. Over TLS and TCP it resolves when the collector has taken the whole stream: syslog knows
   * no acknowledgement, so each batch has a connection of its own, which the collector ends after we have.
   * @throws CollectorUnavailable; some of the messages may have arrived
   */
  send(messages: readonly Uint8Array[]): Promise<void>;
}

/** Not reached, not trusted, or gone before all was taken. A retry helps once it is back. */
export class CollectorUnavailable extends Error {
  override readonly name = 'CollectorUnavailable';
}

export function openCollector(settings: CollectorSettings): Collector {
  return { send: (messages) => (settings.protocol === 'udp' ? asDatagrams : asStream)(settings, messages) };
}

/** `MSG-LEN SP SYSLOG-MSG`, RFC 5425 4.3. */
const framed = (message: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`${message.length} `), message]);

const TIMEOUT_MS = 10_000;

function connected(settings: CollectorSettings, ready: () => void): Socket {
  const { host, port, ca, cert, key } = settings;
  if (settings.protocol === 'tcp') return connectTcp({ host, port }, ready);
  return connectTls(
    {
      host,
      port,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    },
    ready,
  );
}

function asStream(settings: CollectorSettings, messages: readonly Uint8Array[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let flushed = false;
    let ended = false;
    const fail = (cause?: Error) =>
      reject(new CollectorUnavailable('The audit collector did not take the messages.', { cause }));
    const socket = connected(settings, () => {
      // All at once: a batch is bounded by its sender.
      socket.write(Buffer.concat(messages.map(framed)));
      socket.end();
    });
    socket.on('finish', () => {
      flushed = true;
    });
    socket.on('end', () => {
      ended = flushed;
    });
    socket.on('error', fail);
    socket.on('close', () => (ended ? resolve() : fail()));
    socket.setTimeout(settings.timeoutMs ?? TIMEOUT_MS, () => socket.destroy());
    // A collector has nothing to say; what it says all the same must not stop the stream.
    socket.resume();
  });
}

/** Nobody learns whether a datagram arrived; one that is too large for UDP is refused here. */
async function asDatagrams(
  { host, port }: CollectorSettings,
  messages: readonly Uint8Array[],
): Promise<void> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    for (const message of messages)
      await new Promise<void>((resolve, reject) =>
        socket.send(message, port, host, (cause) =>
          cause === null
            ? resolve()
            : reject(new CollectorUnavailable('The audit collector cannot be sent to.', { cause })),
        ),
      );
  } finally {
    socket.close();
  }
}
