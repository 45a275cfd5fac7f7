/** Token buckets by address (memory only): what a flood costs its sender, not the others. */
import { isIPv6 } from 'node:net';
import { TooManyAttempts } from './faults.ts';

export interface AttemptLimit {
  /** Attempts that may come at once. */
  readonly burst: number;
  readonly perMinute: number;
}

export interface Attempts {
  /** @throws TooManyAttempts */
  take(address: string, now: Date): void;
  /** An attempt that succeeded costs nothing: a hospital behind one address signs in all day. */
  giveBack(address: string): void;
}

/** Addresses remembered: about 1 MB. Beyond, the one that was quiet longest is forgotten. */
const MOST_ADDRESSES = 10_000;

export function attemptsBy({ burst, perMinute }: AttemptLimit, most = MOST_ADDRESSES): Attempts {
  const buckets = new Map<string, { left: number; at: number; refused: boolean }>();
  const perMs = perMinute / 60_000;
  return {
    take(address, now) {
      const key = network(address);
      const at = now.getTime();
      const known = buckets.get(key);
      const left =
        known === undefined ? burst : Math.min(burst, known.left + Math.max(0, at - known.at) * perMs);
      const refused = left < 1;
      buckets.delete(key);
      buckets.set(key, { left: refused ? left : left - 1, at, refused });
      if (buckets.size > most) buckets.delete(buckets.keys().next().value!);
      if (refused) throw new TooManyAttempts(Math.ceil((1 - left) / perMs / 1000), known?.refused !== true);
    },
    giveBack(address) {
      const bucket = buckets.get(network(address));
      if (bucket !== undefined) bucket.left = Math.min(burst, bucket.left + 1);
    },
  };
}

/** One subscriber has a whole IPv6 /64 to send from (RFC 6177), so that counts as one. */
export function network(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped !== null) return mapped[1];
  const bare = address.split('%')[0];
  if (!isIPv6(bare)) return address;
  const [head, tail] = bare.toLowerCase().split('::');
  const front = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const back = tail === '' ? [] : tail.split(':');
    front.push(...Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back);
  }
  return `${front
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
