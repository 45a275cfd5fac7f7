import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  acceptWebSocket,
  CloseCode,
  keyOf,
  type TextChannel,
  wantsWebSocket,
} from '../ports/channel/index.ts';
import { HttpRefusal } from './route.ts';

interface Asked {
  readonly socket: Socket;
  /** Read already, beyond the request. */
  readonly head: Buffer;
}

export interface Upgrades {
  /** Whether the request asks for a WebSocket. */
  has(request: IncomingMessage): boolean;
  /** What makes the channel; nothing where none is asked for. It throws HttpRefusal where the handshake is wrong. */
  acceptor(request: FastifyRequest, reply: FastifyReply): (() => TextChannel) | undefined;
  /** Ends what has asked for a WebSocket and is still open, without waiting for the other side. */
  close(): void;
}

/**
 * Requests that ask for a WebSocket (RFC 6455 4.1) go through the routes like all others, so that they are judged and
 * refused like all others; a route that opens channels takes the connection over, every other answers over HTTP.
 */
export function upgradesOf(app: FastifyInstance): Upgrades {
  const asked = new WeakMap<IncomingMessage, Asked>();
  /** Connections that the server let go of, and what became of them: their times and their end are ours. */
  const held = new Map<Socket, TextChannel | undefined>();
  let isClosed = false;
  // Other upgrades (HTTP/2 in the clear) are not taken up, and such a request is answered as any. Node 24.9 and later.
  Object.assign(app.server, { shouldUpgradeCallback: wantsWebSocket });
  app.server.on('upgrade', (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    const socket = duplex as Socket;
    if (isClosed) {
      socket.destroy();
      return;
    }
    asked.set(request, { socket, head });
    held.set(socket, undefined);
    socket.on('close', () => held.delete(socket));
    for (const end of ['error', 'timeout']) socket.on(end, () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.on('finish', () => {
      // Whole, not our half of it: who keeps the other half open would keep the connection's place.
      if (held.get(socket) === undefined) socket.destroySoon();
    });
    app.routing(request, response);
  });
  return {
    has: (request) => asked.has(request),
    acceptor(request, reply) {
      const asks = asked.get(request.raw);
      if (asks === undefined) return undefined;
      const { socket, head } = asks;
      return () => {
        const key = keyOf(request.raw);
        if (key === undefined)
          throw new HttpRefusal(400, 'BAD_HANDSHAKE', 'The WebSocket handshake is not of version 13.', {
            'sec-websocket-version': '13',
          });
        reply.hijack();
        reply.raw.detachSocket(socket);
        const channel = acceptWebSocket(key, socket, head);
        if (held.has(socket)) held.set(socket, channel);
        return channel;
      };
    },
    close() {
      isClosed = true;
      for (const [socket, channel] of held)
        if (channel === undefined) socket.destroy();
        else {
          channel.close(CloseCode.goingAway);
          socket.destroySoon();
        }
    },
  };
}
