/** Associations that we ask for: towards destinations of the settings. */
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Association } from './association.ts';
import { type Context, Exchange } from './exchange.ts';
import { AssociationLost } from './faults.ts';
import { IMPLEMENTATION } from './implementation.ts';
import type { DimseLimits } from './limits.ts';
import { APPLICATION_CONTEXT, type AssociateAc, type AssociateRq } from './pdu.ts';
import type { Destination, DimseTls } from './settings.ts';

export interface Caller {
  /** Our own AE title. */
  readonly aeTitle: string;
  /** Our certificate, and who signs those of others. */
  readonly tls?: DimseTls | undefined;
  readonly limits: DimseLimits;
}

export interface Opened {
  readonly exchange: Exchange;
  /** Resolves when the peer has agreed, or the connection is no more. */
  release(): Promise<void>;
  abort(): void;
}

/** @throws AssociationLost `unreachable`, `rejected`, `timeout`, … */
export async function openAssociation(
  destination: Destination,
  proposed: readonly { readonly abstractSyntax: string; readonly transferSyntaxes: readonly string[] }[],
  { aeTitle, tls, limits }: Caller,
): Promise<Opened> {
  const contexts = proposed.map((context, i) => ({ id: 2 * i + 1, ...context }));
  const request: AssociateRq = {
    protocolVersion: 1,
    calledAeTitle: destination.aeTitle,
    callingAeTitle: aeTitle,
    applicationContext: APPLICATION_CONTEXT,
    contexts,
    user: { maxLength: limits.maxPduBytes, ...IMPLEMENTATION, roles: [] },
  };
  const { host, port } = destination;
  const socket = destination.tls
    ? connectTls({
        host,
        port,
        minVersion: 'TLSv1.2',
        ...(tls === undefined ? {} : { key: tls.key, cert: tls.cert }),
        ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
      })
    : connect({ host, port });
  return new Promise<Opened>((resolve, reject) => {
    let exchange: Exchange | undefined;
    const association: Association = new Association(
      socket,
      {
        established(ac) {
          exchange = new Exchange(association, {
            contexts: acceptedOf(ac, contexts),
            peerMaxLength: ac.user.maxLength,
            limits,
          });
          resolve({
            exchange,
            async release() {
              association.release();
              await association.closed;
            },
            abort: () => association.abort(),
          });
        },
        rejected: (rj) => reject(new AssociationLost('rejected', { cause: rj })),
        data: (pdvs) => exchange?.data(pdvs),
        releasing: () => exchange?.releasing(),
        lost(cause) {
          exchange?.lost(cause);
          reject(cause);
        },
      },
      limits,
      { request, connected: destination.tls ? 'secureConnect' : 'connect' },
    );
  });
}

/** Contexts that were proposed, accepted, and in a transfer syntax that was offered. */
function acceptedOf(
  ac: AssociateAc,
  proposed: readonly { id: number; abstractSyntax: string; transferSyntaxes: readonly string[] }[],
): Context[] {
  const accepted: Context[] = [];
  for (const { id, result, transferSyntax } of ac.contexts) {
    const asked = proposed.find((context) => context.id === id);
    if (result !== 0 || asked?.transferSyntaxes.includes(transferSyntax) !== true) continue;
    const { abstractSyntax } = asked;
    accepted.push({ id, abstractSyntax, transferSyntax, mayProvide: false, mayUse: true });
  }
  return accepted;
}
