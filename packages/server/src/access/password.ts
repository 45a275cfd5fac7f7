import { hash, parseOptions, verify } from '@node-rs/argon2';
import { TooManyAttempts } from './faults.ts';
import { normalPassword } from './password-rules.ts';
import { newSecret, type Random } from './secret.ts';

/** argon2id as the OWASP Password Storage Cheat Sheet asks: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
/** `Algorithm.Argon2id` of the package, whose enum is for its compiler only. */
const ARGON2ID = 2;

/** Hashings at once: each holds a thread of the pool that files are read with, too. */
const AT_ONCE = 2;
/** Beyond these, a flood is refused instead of queued. */
const WAITING = 64;

export interface Passwords {
  hash(password: string): Promise<string>;
  /**
   * Takes as long for an account without a password, or none at all, as for one with.
   * @throws TooManyAttempts when too many wait already
   */
  verify(hashed: string | undefined, password: string): Promise<boolean>;
  /** Whether a hash was made with other parameters than today's. */
  outdated(hashed: string): boolean;
}

export function argon2idPasswords(random: Random): Passwords {
  let running = 0;
  const queue: (() => void)[] = [];
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= AT_ONCE) {
      if (queue.length >= WAITING) throw new TooManyAttempts(1);
      await new Promise<void>((go) => queue.push(go));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
  const hashed = (password: string): Promise<string> =>
    inTurn(() =>
      hash(normalPassword(password), {
        memoryCost: MEMORY_KIB,
        timeCost: PASSES,
        parallelism: LANES,
        salt: random(16),
      }),
    );
  let nobody: Promise<string> | undefined;
  return {
    hash: hashed,
    async verify(known, password) {
      nobody ??= hashed(newSecret(random)).catch((error: unknown) => {
        nobody = undefined;
        throw error;
      });
      const against = known ?? (await nobody);
      const right = await inTurn(() => verify(against, normalPassword(password)));
      return right && known !== undefined;
    },
    outdated(known) {
      const made = parseOptions(known);
      return (
        (made.algorithm as number) !== ARGON2ID ||
        made.memoryCost !== MEMORY_KIB ||
        made.timeCost !== PASSES ||
        made.parallelism !== LANES
      );
    },
  };
}
