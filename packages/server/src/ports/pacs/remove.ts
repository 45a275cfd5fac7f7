/** Taking an instance away in a PACS. PS3.18 has no such transaction; many offer DELETE on the resource. */
import type { Exchange } from './exchange.ts';
import { CredentialsRefused, PacsUnavailable } from './faults.ts';
import type { PeerLimits } from './limits.ts';
import type { InstanceUids } from './peer.ts';
import { instancePath } from './uids.ts';

/** @returns whether it is gone; false where this PACS does not do that, or not for us */
export async function removeInstance(
  exchange: Exchange,
  uids: InstanceUids,
  { maxJsonBytes }: PeerLimits,
): Promise<boolean> {
  const ask = { method: 'DELETE', path: instancePath(uids), maxAnswerBytes: maxJsonBytes } as const;
  const answer = await exchange.ask(ask).catch((error) => {
    if (error instanceof CredentialsRefused && error.status === 403) return undefined;
    throw error;
  });
  if (answer === undefined) return false;
  answer.discard();
  if (answer.status >= 500 && answer.status !== 501)
    throw new PacsUnavailable(`The PACS answers a deletion with status ${answer.status}.`);
  return (answer.status >= 200 && answer.status < 300) || answer.status === 404 || answer.status === 410;
}
