/** What a peer may ask over its association, by the command field: PS3.7 section 9.3. */
import type { Records } from '../archive/index.ts';
import type { AuditEvent } from '../audit/index.ts';
import { type Log, placeOf } from '../ports/log/index.ts';
import { serveEcho } from './c-echo.ts';
import { serveFind } from './c-find.ts';
import { serveGet } from './c-get.ts';
import { serveMove } from './c-move.ts';
import { serveStore } from './c-store.ts';
import { CommandField } from './command-set.ts';
import type { Exchange, RequestHandler } from './exchange.ts';
import { AssociationLost, isForWantOf } from './faults.ts';
import type { DimseLimits } from './limits.ts';
import type { Peer } from './peers.ts';
import type { Transcode } from './sent-form.ts';
import type { DimseSettings } from './settings.ts';
import { QUERY_CLASSES, type QueryVerb } from './sop-classes.ts';
import { Status } from './status.ts';

export interface ProviderPorts {
  readonly records: Records;
  readonly settings: DimseSettings;
  readonly limits: DimseLimits;
  readonly peer: Peer;
  readonly address: string;
  readonly audit: (event: AuditEvent) => Promise<void>;
  readonly log: Log;
  readonly transcode?: Transcode;
}

const QUERY_FIELDS: ReadonlyMap<number, QueryVerb> = new Map([
  [CommandField.findRq, 'find'],
  [CommandField.moveRq, 'move'],
  [CommandField.getRq, 'get'],
]);

/** Answers the requests of one association. */
export function providerOf(ports: ProviderPorts): RequestHandler {
  const { records, settings, limits, peer, log } = ports;
  return async (exchange, message, context, signal) => {
    const { commandField, messageId } = message.command;
    const verb = QUERY_FIELDS.get(commandField);
    try {
      const query = QUERY_CLASSES.get(context.abstractSyntax);
      if (commandField === CommandField.echoRq) return await serveEcho(message, context, exchange);
      if (commandField === CommandField.storeRq && query === undefined)
        return await serveStore(message, context, { exchange, records, source: peer.aeTitle, log });
      // The context was accepted for one verb: another one in it was not.
      if (verb !== undefined && query?.verb === verb) {
        if (verb === 'find')
          return await serveFind(message, context, signal, {
            exchange,
            records,
            aeTitle: settings.aeTitle,
            limits,
          });
        if (verb === 'get') return await serveGet(message, context, signal, { ...ports, exchange });
        return await serveMove(message, context, signal, { ...ports, exchange });
      }
      await message.dataSet?.discard();
      await refuse(exchange, context.id, message.command, Status.unrecognisedOperation);
    } catch (error) {
      if (error instanceof AssociationLost) throw error;
      log({ event: 'dimse.failed', level: 'error', ...placeOf(error) });
      const retrieves = verb === 'get' || verb === 'move';
      const wanting = retrieves ? Status.unableToCountMatches : Status.outOfResources;
      const status = isForWantOf(error) ? wanting : Status.cannotUnderstand;
      await message.dataSet?.discard();
      await refuse(exchange, context.id, { commandField, messageId: messageId as number }, status);
    }
  };
}

const refuse = (
  exchange: Exchange,
  contextId: number,
  { commandField, messageId }: { readonly commandField: number; readonly messageId?: number },
  status: number,
): Promise<void> =>
  exchange.send(contextId, {
    commandField: commandField | 0x8000,
    respondedTo: messageId as number,
    status,
  });
