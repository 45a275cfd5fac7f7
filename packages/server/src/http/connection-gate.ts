/**
 * How many connections there may be, in all and from one address (CWE-770). Who comes where there is no room takes the
 * place of the oldest connection that never asked anything, else of the one that has been without a request for longest:
 * a flood of silent ones pushes out itself, and whoever has something to ask is heard.
 */

export interface ConnectionCaps {
  readonly most: number;
  /** Of one address, an IPv6 /64 counting as one; this computer and the proxies of the settings are not counted so. */
  readonly perAddress: number;
}

export interface Caller {
  /** What the connections of one caller have in common; absent for those who are not counted by it. */
  readonly network: string | undefined;
  /** May use the places that are held back for this computer: a watcher of the server's health. */
  readonly isLocal: boolean;
  end(): void;
}

/** Beyond `most`, for this computer alone. */
const HELD_BACK = 16;

interface Held {
  /** Under way. */
  requests: number;
  hasAsked: boolean;
}

export class ConnectionGate {
  readonly #caps: ConnectionCaps;
  /** In the order in which they came, or had their last request. */
  readonly #open = new Map<Caller, Held>();

  constructor(caps: ConnectionCaps) {
    this.#caps = caps;
  }

  get size(): number {
    return this.#open.size;
  }

  /** @returns whether there is room; another may have been ended for it */
  admit(caller: Caller): boolean {
    const { most, perAddress } = this.#caps;
    const { network, isLocal } = caller;
    if (network !== undefined) {
      const own = [...this.#open].filter(([other]) => other.network === network);
      if (own.length >= perAddress && !this.#endOneOf(own)) return false;
    }
    const places = isLocal ? most + HELD_BACK : most;
    if (this.#open.size >= places && !this.#endOneOf(this.#open)) return false;
    this.#open.set(caller, { requests: 0, hasAsked: false });
    return true;
  }

  requestBegins(caller: Caller): void {
    const held = this.#open.get(caller);
    if (held === undefined) return;
    held.requests += 1;
    held.hasAsked = true;
  }

  requestEnds(caller: Caller): void {
    const held = this.#open.get(caller);
    if (held === undefined) return;
    held.requests -= 1;
    this.#open.delete(caller);
    this.#open.set(caller, held);
  }

  leave(caller: Caller): void {
    this.#open.delete(caller);
  }

  #endOneOf(among: Iterable<readonly [Caller, Held]>): boolean {
    let idle: Caller | undefined;
    for (const [caller, { requests, hasAsked }] of among) {
      if (requests > 0) continue;
      idle ??= caller;
      if (hasAsked) continue;
      idle = caller;
      break;
    }
    if (idle === undefined) return false;
    this.#open.delete(idle);
    idle.end();
    return true;
  }
}
