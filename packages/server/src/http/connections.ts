/** The caps and times of connections, put on a server: nobody keeps others out by opening many, or by saying little. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { BlockList, isIP, type Socket } from 'node:net';
import { networkOf } from '../access/index.ts';
import type { Log } from '../ports/log/index.ts';
import { type Caller, type ConnectionCaps, ConnectionGate } from './connection-gate.ts';

export interface ConnectionLimits extends ConnectionCaps {
  /** From the beginning of a connection or request to the end of its headers, and for TLS to be agreed on. */
  readonly headerMs: number;
  /** Of silence. */
  readonly idleMs: number;
  /** A body brings `bodyBytes` in each such stretch while it is being read; it may take as long as it takes. */
  readonly bodyMs: number;
  readonly bodyBytes: number;
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  most: 512,
  perAddress: 64,
  headerMs: 15_000,
  idleMs: 120_000,
  bodyMs: 60_000,
  bodyBytes: 2 ** 14,
};

const LOOK_MS = 5_000;
/** Longer than the proxies before it keep theirs, as a rule: who closes first must not be us. */
const KEPT_ALIVE_MS = 65_000;
/** A flood is told once in this time. */
const TOLD_EVERY_MS = 60_000;

/** With these every server is made, that of TLS as well. */
export function timesOf({ headerMs }: ConnectionLimits) {
  return {
    headersTimeout: headerMs,
    handshakeTimeout: headerMs,
    // Node looks at the times of headers no more often than this.
    connectionsCheckingInterval: Math.min(LOOK_MS, headerMs),
    // Uploads of a whole study take as long as they take; silence, and too little of a body, is what ends them.
    requestTimeout: 0,
  };
}

/**
 * @param trusted addresses and networks of proxies, behind which many are
 * @returns puts the limits, which they share, on servers
 */
export function connectionLimiter(
  limits: ConnectionLimits,
  trusted: readonly string[],
  log: Log,
): <S extends Server>(server: S) => S {
  const gate = new ConnectionGate(limits);
  const proxies = blockListOf(trusted);
  /** By address and port: under TLS a request's socket is not the one that the connection came with. */
  const callers = new Map<string, Caller>();
  const told = tally((count) => log({ event: 'http.connections-refused', level: 'warning', count }));

  const connection = (socket: Socket) => {
    const { remoteAddress: address = '' } = socket;
    const isLocal = LOOPBACK.check(address, familyOf(address));
    const isCounted = !isLocal && !proxies.check(address, familyOf(address));
    const caller: Caller = {
      network: isCounted ? networkOf(address) : undefined,
      isLocal,
      end: () => void socket.destroy(),
    };
    if (!gate.admit(caller)) {
      told();
      socket.destroy();
      return;
    }
    const name = nameOf(socket);
    callers.set(name, caller);
    socket.once('close', () => {
      gate.leave(caller);
      if (callers.get(name) === caller) callers.delete(name);
    });
  };
  const request = (request: IncomingMessage, response: ServerResponse) => {
    const caller = callers.get(nameOf(request.socket));
    if (caller === undefined) return;
    gate.requestBegins(caller);
    const stop = endIfItDrips(request, limits);
    response.once('close', () => {
      stop();
      gate.requestEnds(caller);
    });
  };
  // What became a channel is used until it closes.
  const upgrade = ({ socket }: IncomingMessage) => {
    const caller = callers.get(nameOf(socket));
    if (caller !== undefined) gate.requestBegins(caller);
  };
  return (server) => {
    server.once('listening', () => {
      // A listener makes Node hand connections over: only where there is one who takes them.
      if (server.listenerCount('upgrade') > 0) server.on('upgrade', upgrade);
    });
    server.setTimeout(limits.idleMs);
    server.keepAliveTimeout = Math.min(KEPT_ALIVE_MS, limits.idleMs);
    return server.on('connection', connection).on('request', request);
  };
}

/** Ends a request of which too little comes in a stretch; where something waits for us to read it, it is not the sender. */
function endIfItDrips(request: IncomingMessage, { bodyMs, bodyBytes }: ConnectionLimits): () => void {
  const { socket } = request;
  let before = socket.bytesRead;
  let wasDry = true;
  const timer = setInterval(() => {
    if (request.complete || request.destroyed) return clearInterval(timer);
    const isDry = request.readableLength === 0;
    if (wasDry && isDry && socket.bytesRead - before < bodyBytes) request.destroy();
    before = socket.bytesRead;
    wasDry = isDry;
  }, bodyMs);
  timer.unref();
  return () => clearInterval(timer);
}

function tally(tell: (count: number) => void): () => void {
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    count += 1;
    if (performance.now() - last < TOLD_EVERY_MS) return;
    tell(count);
    count = 0;
    last = performance.now();
  };
}

const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = familyOf(address);
    list.addSubnet(address, prefix === undefined ? (family === 'ipv4' ? 32 : 128) : Number(prefix), family);
  }
  return list;
}

const LOOPBACK = blockListOf(['127.0.0.0/8', '::1']);
