import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, type TextChannel } from './channel.ts';
import { closeCodeOf, FrameFault, FrameReader, frameOf, Opcode } from './web-socket-frames.ts';

export interface WebSocketRules {
  /** Unsent bytes with which a client is dropped. */
  readonly mostPendingBytes: number;
  /** How often it is asked whether it is still there; without an answer until the next time it is not. */
  readonly pingMs: number;
  /** For its own end of the closing. */
  readonly closeMs: number;
}

export const WEB_SOCKET_RULES: WebSocketRules = {
  mostPendingBytes: 2 ** 18,
  pingMs: 30_000,
  closeMs: 5_000,
};

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Whether a request wants to become a WebSocket at all. */
export const wantsWebSocket = ({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';

/** RFC 6455 4.2.1: what it must say. @returns the key, or nothing where it cannot be accepted */
export function keyOf({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const key = headers['sec-websocket-key'];
  const isGood = headers['sec-websocket-version'] === '13' && /^[A-Za-z0-9+/]{22}==$/.test(key ?? '');
  return isGood ? key : undefined;
}

/**
 * Takes over the connection of a request that `keyOf` has a key for. No extensions, no subprotocols.
 * @param head what of the connection was read already beyond the request
 */
export function acceptWebSocket(
  key: string,
  socket: Duplex & { setTimeout?(ms: number): unknown; setNoDelay?(): unknown },
  head: Buffer,
  rules: WebSocketRules = WEB_SOCKET_RULES,
): TextChannel {
  const closed = new AbortController();
  const reader = new FrameReader();
  let isClosing = false;
  let isThere = true;
  socket.setTimeout?.(0);
  socket.setNoDelay?.();
  const proof = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${proof}\r\n\r\n`,
  );

  const write = (opcode: number, payload: Uint8Array): void => {
    if (closed.signal.aborted) return;
    // What lies here unsent is a client that does not read.
    if (socket.writableLength > rules.mostPendingBytes) socket.destroy();
    else socket.write(frameOf(opcode, payload));
  };
  const close = (code: number): void => {
    if (isClosing || closed.signal.aborted) return;
    isClosing = true;
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    write(Opcode.close, payload);
    setTimeout(() => socket.destroy(), rules.closeMs).unref();
  };
  /** Nothing is listened to any more; who keeps its half of the connection open loses it when `closeMs` are over. */
  const leave = (code: number): void => {
    close(code);
    socket.end();
    socket.off('data', take);
    socket.resume();
  };
  const take = (chunk: Buffer): void => {
    isThere = true;
    try {
      for (const { opcode, payload } of reader.read(chunk)) {
        if (opcode === Opcode.ping) write(Opcode.pong, payload);
        if (opcode !== Opcode.close) continue;
        leave(closeCodeOf(payload));
        return;
      }
    } catch (error) {
      if (!(error instanceof FrameFault)) throw error;
      leave(error.isTooBig ? CloseCode.tooBig : CloseCode.protocolError);
    }
  };
  const pings = setInterval(() => {
    if (!isThere) socket.destroy();
    isThere = false;
    write(Opcode.ping, new Uint8Array(0));
  }, rules.pingMs);
  pings.unref();
  socket.on('data', take);
  // A connection that breaks says so by its close, too.
  socket.on('error', () => {});
  socket.on('end', () => socket.end());
  const end = () => {
    clearInterval(pings);
    closed.abort();
  };
  socket.on('close', end);
  // The client may have gone already, and that is said once.
  if (socket.destroyed) end();
  if (head.length > 0) take(head);
  return {
    closed: closed.signal,
    send: (text) => {
      if (!isClosing) write(Opcode.text, Buffer.from(text, 'utf8'));
    },
    close,
  };
}
