/** C-MOVE as provider: PS3.4 C.4.2. Only to destinations of the settings, and of those only where the peer may send. */
import type { InstanceRecord } from '../archive/index.ts';
import type { AuditEvent } from '../audit/index.ts';
import { CommandField } from './command-set.ts';
import type { DimseMessage } from './dimse-message.ts';
import type { Context } from './exchange.ts';
import { actorOf, type Peer } from './peers.ts';
import { askedInstances, type RetrievePorts, responder } from './retrieve.ts';
import { sendInstances } from './send.ts';
import type { Destination, DimseSettings } from './settings.ts';
import { Status } from './status.ts';
import { Suboperations } from './suboperations.ts';

export interface MovePorts extends RetrievePorts {
  readonly settings: DimseSettings;
  readonly peer: Peer;
  readonly address: string;
  readonly audit: (event: AuditEvent) => Promise<void>;
}

export async function serveMove(
  message: DimseMessage,
  context: Context,
  signal: AbortSignal,
  ports: MovePorts,
): Promise<void> {
  const { settings, peer, records, transcode, exchange, limits } = ports;
  const respond = responder(exchange, context, message.command, CommandField.moveRsp);
  const destination = destinationOf(message.command.moveDestination, ports);
  if (destination === undefined) {
    await message.dataSet?.discard();
    await ports.audit(refusalOf(message.command.moveDestination, ports));
    return respond({ status: Status.moveDestinationUnknown });
  }
  const instances = await askedInstances(message, context, 'move', ports);
  if (typeof instances === 'number') return respond({ status: instances });
  // Before the first is sent: nothing leaves that the audit does not know of.
  for (const [studyUid, count] of countsByStudy(instances))
    await ports.audit(exportOf(studyUid, destination, count, ports));
  const suboperations = new Suboperations(instances.length);
  await sendInstances(destination, instances, {
    aeTitle: settings.aeTitle,
    tls: settings.tls,
    limits,
    open: (instance) => records.open(instance),
    ...(transcode === undefined ? {} : { transcode }),
    originator: { aeTitle: peer.aeTitle, messageId: message.command.messageId as number },
    signal,
    async onOutcome(outcome) {
      suboperations.add(outcome);
      await respond(suboperations.pending());
    },
  });
  const { command, identifier } = suboperations.final(signal.aborted);
  return respond(command, identifier);
}

function destinationOf(aeTitle: string | undefined, { settings, peer }: MovePorts): Destination | undefined {
  if (aeTitle === undefined || peer.movesTo?.includes(aeTitle) === false) return undefined;
  return settings.destinations.find((destination) => destination.aeTitle === aeTitle);
}

function countsByStudy(instances: readonly InstanceRecord[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { studyUid } of instances) counts.set(studyUid, (counts.get(studyUid) ?? 0) + 1);
  return counts;
}

const exportOf = (
  studyUid: string,
  destination: Destination,
  instances: number,
  { peer, address }: MovePorts,
): AuditEvent => ({
  action: 'export',
  outcome: 'success',
  actor: actorOf(peer.aeTitle),
  address,
  studyUid,
  detail: { destination: destination.aeTitle, host: destination.host, instances },
});

const refusalOf = (aeTitle: string | undefined, { peer, address }: MovePorts): AuditEvent => ({
  action: 'refusal',
  outcome: 'refused',
  actor: actorOf(peer.aeTitle),
  address,
  detail: { deed: 'move', destination: (aeTitle ?? '').replace(/[^ -~]/g, '?').slice(0, 16) },
});
