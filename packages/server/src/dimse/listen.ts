/** The listener: who connects is read to be known, and refused unless the allow-list has it. PS3.8 section 7.1. */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Identity } from '../access/index.ts';
import type { Records } from '../archive/index.ts';
import type { AuditEvent } from '../audit/index.ts';
import { type Log, placeOf } from '../ports/log/index.ts';
import { Association } from './association.ts';
import { Exchange } from './exchange.ts';
import type { AssociationLost } from './faults.ts';
import { DEFAULT_DIMSE_LIMITS, type DimseLimits } from './limits.ts';
import { negotiate, REJECT } from './negotiate.ts';
import type { AssociateRq } from './pdu.ts';
import { AllowList, actorOf, identityOf, plainAddress } from './peers.ts';
import { providerOf } from './provider.ts';
import { RefusalAudit } from './refusal-audit.ts';
import type { Transcode } from './sent-form.ts';
import { assertClosedEnough, bindAddress, type DimseSettings } from './settings.ts';

export interface DimsePorts {
  /** The gate for one peer. */
  readonly recordsFor: (identity: Identity) => Records;
  readonly audit: (event: AuditEvent) => Promise<void>;
  readonly log: Log;
  /** Absent: compressed instances go only to peers that take them as they are kept. */
  readonly transcode?: Transcode;
}

export interface DimseListener {
  readonly port: number;
  /** Ends all associations; resolves when what they were storing is settled. */
  close(): Promise<void>;
}

/** Peers beyond the cap that are told so (A-ASSOCIATE-RJ, local limit exceeded); more are cut off. */
const TO_BE_REJECTED = 8;
const HANG_UP_MS = 300;

/** @throws DimseRefused, before anything listens; and what the system says where the port is taken */
export async function listenDimse(settings: DimseSettings, ports: DimsePorts): Promise<DimseListener> {
  assertClosedEnough(settings);
  const limits: DimseLimits = { ...DEFAULT_DIMSE_LIMITS, ...settings.limits };
  const peers = new AllowList(settings.peers);
  const refusals = new RefusalAudit(ports.audit, (error) =>
    ports.log({ event: 'dimse.audit-failed', level: 'error', ...placeOf(error) }),
  );
  const open = new Set<Served>();
  const sockets = new Map<Socket, boolean>();
  const count = (known: boolean) => [...sockets.values()].filter((other) => other === known).length;

  const server = createListener(settings, limits, (socket) => {
    const address = plainAddress(socket.remoteAddress ?? '');
    const known = peers.knowsAddress(address);
    const full = known && count(true) > limits.maxAssociations;
    const served = serve(socket, { address, known, full }, { settings, limits, peers, refusals, ports });
    open.add(served);
    void served.ended.then(() => open.delete(served));
  });
  // Before any TLS handshake: strangers cannot take the places of peers.
  server.prependListener('connection', (socket: Socket) => {
    const known = peers.knowsAddress(plainAddress(socket.remoteAddress ?? ''));
    if (count(known) >= (known ? limits.maxAssociations + TO_BE_REJECTED : limits.maxStrangers)) {
      socket.destroy();
      return;
    }
    sockets.set(socket, known);
    socket.once('close', () => sockets.delete(socket));
  });
  const port = await listening(server, bindAddress(settings.host), settings.port);
  ports.log({ event: 'dimse.listening', port });
  return {
    port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const { association } of open) association.abort();
      // Long enough for the abort to be heard; who does not hang up then is cut off.
      const cut = setTimeout(() => {
        for (const socket of sockets.keys()) socket.destroy();
      }, HANG_UP_MS);
      await Promise.all([closed, ...[...open].map(({ ended }) => ended)]);
      clearTimeout(cut);
      await refusals.flush();
    },
  };
}

function createListener(
  { tls }: DimseSettings,
  limits: DimseLimits,
  accept: (socket: Socket) => void,
): Server {
  if (tls === undefined) return createServer({ noDelay: true }, accept);
  const mutual = tls.requireClientCertificate === true;
  return createTlsServer(
    {
      key: tls.key,
      cert: tls.cert,
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
      // BCP 195 (PS3.15 B.9): no version below 1.2; Node's cipher list has none without forward secrecy for 1.3.
      minVersion: 'TLSv1.2',
      ciphers: BCP_195,
      requestCert: mutual,
      rejectUnauthorized: mutual,
      handshakeTimeout: limits.artimMs,
    },
    accept,
  ).on('tlsClientError', (_error, socket) => socket.destroy());
}

/** Authenticated encryption with forward secrecy only (RFC 9325 section 4.2). */
const BCP_195 = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':');

function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      server.on('error', () => {});
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
    });
  });
}

interface Served {
  readonly association: Association;
  /** Resolves when the connection is closed and what it asked for is settled. */
  readonly ended: Promise<void>;
}

interface Listening {
  readonly settings: DimseSettings;
  readonly limits: DimseLimits;
  readonly peers: AllowList;
  readonly refusals: RefusalAudit;
  readonly ports: DimsePorts;
}

interface From {
  readonly address: string;
  /** The address is one of the allow-list. */
  readonly known: boolean;
  readonly full: boolean;
}

function serve(socket: Socket, from: From, listening: Listening): Served {
  const { limits, ports } = listening;
  let exchange: Exchange | undefined;
  let lost: AssociationLost | undefined;
  let answering: Promise<void> | undefined;
  const association: Association = new Association(
    socket,
    {
      associate(rq) {
        answering = answer(rq, from, association, listening, (accepted) => {
          exchange = accepted;
          if (lost !== undefined) exchange.lost(lost);
        }).catch((error) => {
          ports.log({ event: 'dimse.failed', level: 'error', ...placeOf(error) });
          association.abort();
        });
      },
      data: (pdvs) => exchange?.data(pdvs),
      releasing: () => exchange?.releasing(),
      lost(cause) {
        lost = cause;
        exchange?.lost(cause);
        // What strangers do fills no log.
        if (from.known) ports.log({ event: 'dimse.lost', level: 'warning', code: cause.code });
      },
    },
    limits,
  );
  const ended = association.closed.then(async () => {
    await answering;
    await exchange?.ended;
  });
  return { association, ended };
}

/** Audited before it is answered: an association that cannot be audited is not accepted. */
async function answer(
  rq: AssociateRq,
  { address, full }: From,
  association: Association,
  { settings, limits, peers, refusals, ports }: Listening,
  accepted: (exchange: Exchange) => void,
): Promise<void> {
  const peer = peers.find(rq.callingAeTitle, address);
  const judged = negotiate(rq, peer, {
    aeTitle: settings.aeTitle,
    maxPduBytes: limits.maxPduBytes,
    privateStorageClasses: settings.privateStorageClasses ?? [],
  });
  const negotiated = full && typeof judged !== 'string' ? 'localLimit' : judged;
  const { callingAeTitle, calledAeTitle } = rq;
  try {
    if (typeof negotiated === 'string') {
      await refusals.note({ callingAeTitle, calledAeTitle, address, reason: negotiated });
      return association.reject(REJECT[negotiated]);
    }
    await ports.audit({
      action: 'association',
      outcome: 'success',
      actor: actorOf(callingAeTitle),
      address,
      detail: { contexts: negotiated.contexts.length, tls: settings.tls !== undefined },
    });
  } catch (error) {
    ports.log({ event: 'dimse.audit-failed', level: 'error', ...placeOf(error) });
    return association.reject(REJECT.congestion);
  }
  if (peer === undefined) return;
  const exchange = new Exchange(association, {
    contexts: negotiated.contexts,
    peerMaxLength: rq.user.maxLength,
    limits,
    handle: providerOf({
      records: ports.recordsFor(identityOf(peer, address)),
      settings,
      limits,
      peer,
      address,
      audit: ports.audit,
      log: ports.log,
      ...(ports.transcode === undefined ? {} : { transcode: ports.transcode }),
    }),
  });
  accepted(exchange);
  association.accept(negotiated.answer);
}
