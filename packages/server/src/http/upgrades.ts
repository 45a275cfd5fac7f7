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
  readonly socket: Duplex;
  /** Read already, beyond the request. */
  readonly head: Buffer;
}

export interface Upgrades {
  /** Whether the request asks for a WebSocket. */
  has(request: IncomingMessage): boolean;
  /** What makes the channel; nothing where none is asked for. It throws HttpRefusal where the handshake is wrong. */
  acceptor(request: FastifyRequest, reply: FastifyReply): (() => TextChannel) | undefined;
  /** Ends what was taken over and is still open, without waiting for the other side. */
  close(): void;
}

/**
 * Requests that ask for a WebSocket (RFC 6455 4.1) go through the routes like all others, so that they are judged and
 * refused like all others; a route that opens channels takes the connection over, every other answers over HTTP.
 */
export function upgradesOf(app: FastifyInstance): Upgrades {
  const asked = new WeakMap<IncomingMessage, Asked>();
  const taken = new Map<Duplex, TextChannel>();
  // Other upgrades (HTTP/2 in the clear) are not taken up, and such a request is answered as any. Node 24.9 and later.
  Object.assign(app.server, { shouldUpgradeCallback: wantsWebSocket });
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    asked.set(request, { socket, head });
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
    response.on('finish', () => {
      if (!taken.has(socket)) socket.end();
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
        reply.raw.detachSocket(socket as Parameters<ServerResponse['detachSocket']>[0]);
        const channel = acceptWebSocket(key, socket, head);
        taken.set(socket, channel);
        socket.on('close', () => taken.delete(socket));
        return channel;
      };
    },
    close() {
      for (const [socket, channel] of taken) {
        channel.close(CloseCode.goingAway);
        (socket as Socket).destroySoon();
      }
    },
  };
}
