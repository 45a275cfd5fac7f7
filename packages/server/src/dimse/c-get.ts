/** C-GET as provider: PS3.4 C.4.3. The sub-operations go over the association that asked. */
import { CommandField } from './command-set.ts';
import type { DimseMessage } from './dimse-message.ts';
import type { Context } from './exchange.ts';
import { askedInstances, type RetrievePorts, responder } from './retrieve.ts';
import type { SentFormPorts } from './sent-form.ts';
import { storeInstance } from './store-user.ts';
import { Suboperations } from './suboperations.ts';

export async function serveGet(
  message: DimseMessage,
  context: Context,
  signal: AbortSignal,
  ports: RetrievePorts,
): Promise<void> {
  const { exchange, records, limits, transcode } = ports;
  const respond = responder(exchange, context, message.command, CommandField.getRsp);
  const instances = await askedInstances(message, context, 'retrieve', ports);
  if (typeof instances === 'number') return respond({ status: instances });
  const suboperations = new Suboperations(instances.length);
  const form: SentFormPorts = {
    open: (instance) => records.open(instance),
    ...(transcode === undefined ? {} : { transcode }),
    maxTranscodeBytes: limits.maxTranscodeBytes,
  };
  for (const instance of instances) {
    if (signal.aborted) break;
    suboperations.add(await storeInstance(exchange, instance, form));
    await respond(suboperations.pending());
  }
  const { command, identifier } = suboperations.final(signal.aborted);
  return respond(command, identifier);
}
