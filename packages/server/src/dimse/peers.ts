/** Who may open an association, from where, and what for: the allow-list. */
import { BlockList, isIP } from 'node:net';
import type { Deed, Identity } from '../access/index.ts';

export const VERBS = ['echo', 'store', 'find', 'move', 'get'] as const;
export type Verb = (typeof VERBS)[number];

export interface Peer {
  readonly aeTitle: string;
  /** IP addresses or networks (`10.1.2.0/24`). */
  readonly addresses: readonly string[];
  readonly verbs: readonly Verb[];
  /** What it stores goes into this project; what it finds and fetches comes from it. */
  readonly project: string;
  /** Destinations that its C-MOVE may name; absent: all that there are. */
  readonly movesTo?: readonly string[];
}

/** ::ffff:10.0.0.1 → 10.0.0.1 */
export const plainAddress = (address: string): string =>
  address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6');

/** `undefined` where the text is neither an address nor a network. */
export function parseNetwork(
  text: string,
): { readonly address: string; readonly prefix: number } | undefined {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bits = { 0: undefined, 4: 32, 6: 128 }[isIP(address)];
  if (bits === undefined) return undefined;
  const length = prefix === undefined ? bits : Number(prefix);
  return length <= bits ? { address, prefix: length } : undefined;
}

function networkOf(addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of addresses) {
    const network = parseNetwork(text);
    if (network === undefined) throw new TypeError('no address and no network');
    list.addSubnet(network.address, network.prefix, familyOf(network.address));
  }
  return list;
}

export class AllowList {
  readonly #peers: readonly { readonly peer: Peer; readonly network: BlockList }[];

  constructor(peers: readonly Peer[]) {
    this.#peers = peers.map((peer) => ({ peer, network: networkOf(peer.addresses) }));
  }

  knowsAddress(address: string): boolean {
    return this.#peers.some(({ network }) =>
      network.check(plainAddress(address), familyOf(plainAddress(address))),
    );
  }

  /** `undefined`: the title is unknown, or comes from an address that is not its own. */
  find(aeTitle: string, address: string): Peer | undefined {
    const plain = plainAddress(address);
    return this.#peers.find(
      ({ peer, network }) => peer.aeTitle === aeTitle && network.check(plain, familyOf(plain)),
    )?.peer;
  }
}

/** Fetching names what it fetches, which for a patient's studies is a search. */
const DEEDS_OF_VERB: Readonly<Record<Verb, readonly Deed[]>> = {
  echo: [],
  store: ['store'],
  find: ['search'],
  move: ['search', 'read'],
  get: ['search', 'read'],
};

export const actorOf = (aeTitle: string): string => `peer:${aeTitle}`;

/** What the gate is told: a technician's role in the peer's project, limited to its verbs. */
export const identityOf = (peer: Peer, address: string): Identity => ({
  kind: 'peer',
  actor: actorOf(peer.aeTitle),
  address: plainAddress(address),
  projects: [{ role: 'technician', projectId: peer.project }],
  patients: [],
  brokenGlass: [],
  scopes: [...new Set(peer.verbs.flatMap((verb) => DEEDS_OF_VERB[verb]))],
  storesInto: peer.project,
});
