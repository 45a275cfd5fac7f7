/** What C-MOVE and C-GET have in common: the question, the instances, and the responses. */
import type { DataSet } from '@promontory/core/dicom';
import { isFault } from '@promontory/core/fault';
import type { InstanceRecord, Records } from '../archive/index.ts';
import type { CommandSet } from './command-set.ts';
import type { DimseMessage } from './dimse-message.ts';
import type { Context, Exchange } from './exchange.ts';
import { collect, readIdentifier, writeIdentifier } from './identifier.ts';
import type { DimseLimits } from './limits.ts';
import { instancesOf, retrieveRequestOf } from './retrieve-request.ts';
import type { Transcode } from './sent-form.ts';
import { QUERY_CLASSES } from './sop-classes.ts';
import { Status } from './status.ts';

export interface RetrievePorts {
  readonly exchange: Exchange;
  readonly records: Records;
  readonly limits: DimseLimits;
  readonly transcode?: Transcode;
}

/** @returns the instances, or the status that refuses the request */
export async function askedInstances(
  { command, dataSet }: DimseMessage,
  context: Context,
  purpose: 'retrieve' | 'move',
  { records, limits }: RetrievePorts,
): Promise<readonly InstanceRecord[] | number> {
  const model = QUERY_CLASSES.get(context.abstractSyntax)?.model;
  if (model === undefined || command.affectedSopClass !== context.abstractSyntax)
    return Status.noSuchSopClass;
  if (dataSet === undefined) return Status.mismatch;
  const bytes = await collect(dataSet, limits.maxIdentifierBytes);
  if (bytes === undefined) return Status.unableToCountMatches;
  let request: ReturnType<typeof retrieveRequestOf>;
  try {
    request = retrieveRequestOf(readIdentifier(bytes, context.transferSyntax), model);
  } catch (error) {
    if (isFault(error)) return Status.cannotUnderstand;
    throw error;
  }
  if (request === undefined) return Status.mismatch;
  return (
    (await instancesOf(request, records, purpose, limits.maxSuboperations)) ?? Status.unableToCountMatches
  );
}

/** Sends a response of the request's kind. */
export const responder =
  (exchange: Exchange, context: Context, request: CommandSet, commandField: number) =>
  (given: Omit<CommandSet, 'commandField'>, identifier?: DataSet): Promise<void> =>
    exchange.send(
      context.id,
      {
        commandField,
        affectedSopClass: context.abstractSyntax,
        respondedTo: request.messageId as number,
        ...given,
      },
      identifier && [writeIdentifier(identifier, context.transferSyntax)],
    );
