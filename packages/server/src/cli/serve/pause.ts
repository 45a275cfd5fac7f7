import { setTimeout as wait } from 'node:timers/promises';

/** Ends early, and without an error, where the signal does. */
export const pause = async (ms: number, signal: AbortSignal): Promise<void> =>
  void (await wait(ms, undefined, { signal }).catch(() => {}));
