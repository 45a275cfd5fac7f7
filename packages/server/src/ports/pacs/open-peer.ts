import { setTimeout as pause } from 'node:timers/promises';
import { type Exchange, exchangeWith, type PacsAddress } from './exchange.ts';
import { DEFAULT_PEER_LIMITS, type PeerLimits } from './limits.ts';
import type { PacsPeer } from './peer.ts';
import { probe } from './probe.ts';
import { removeInstance } from './remove.ts';
import { retrieveInstance } from './retrieve.ts';
import { searchInstances, searchStudies } from './search.ts';
import { storeInstance } from './store.ts';

export interface PeerOptions extends Partial<PeerLimits> {
  /** Between attempts. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** Nothing is asked yet. @throws PacsRefused where the address cannot be used */
export function openPacsPeer(address: PacsAddress, options: PeerOptions = {}): PacsPeer {
  const { wait = (ms) => pause(ms), ...own } = options;
  const limits: PeerLimits = { ...DEFAULT_PEER_LIMITS, ...own };
  const exchange: Exchange = exchangeWith(address, limits, wait);
  return {
    probe: () => probe(exchange, limits),
    studies: (match) => searchStudies(exchange, match, limits),
    instances: (studyUid) => searchInstances(exchange, studyUid, limits),
    retrieve: (uids) => retrieveInstance(exchange, uids, limits),
    store: (uids, staged) => storeInstance(exchange, uids, staged, limits),
    remove: (uids) => removeInstance(exchange, uids, limits),
    close: () => exchange.close(),
  };
}
