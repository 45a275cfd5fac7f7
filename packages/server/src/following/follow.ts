import { type Log, placeOf } from '../ports/log/index.ts';
import { CredentialsRefused, PacsUnavailable } from '../ports/pacs/index.ts';
import type { FollowFilter } from './filter.ts';
import type { FollowPorts } from './ports.ts';
import { followRound, type RoundOutcome } from './round.ts';

export interface FollowOptions extends FollowFilter {
  readonly everyMs: number;
  readonly log: Log;
  /** Ends early where the signal does. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A PACS that is away is asked less and less often, down to this. */
const LONGEST_PAUSE_MS = 300_000;

/** Follows the PACS, round after round; a round that fails is followed by the next. @returns what ends it */
export function follow(ports: FollowPorts, options: FollowOptions): { stop(): Promise<void> } {
  const { everyMs, log, wait } = options;
  const ending = new AbortController();
  const { signal } = ending;

  const rounds = async () => {
    let away = 0;
    while (!signal.aborted) {
      try {
        const outcome = await followRound(ports, options, signal);
        if (away > 0) log({ event: 'following.back' });
        away = 0;
        tell(log, outcome);
      } catch (error) {
        if (signal.aborted) return;
        const gone = error instanceof PacsUnavailable;
        if (!gone || away === 0)
          log({
            event: gone ? 'following.unavailable' : 'following.failed',
            level: gone ? 'warning' : 'error',
            ...placeOf(error),
            ...(error instanceof CredentialsRefused ? { code: 'CredentialsRefused' } : {}),
          });
        away += 1;
      }
      await wait(Math.max(everyMs, Math.min(everyMs * 2 ** Math.min(away, 10), LONGEST_PAUSE_MS)), signal);
    }
  };
  const busy = rounds();
  return {
    async stop() {
      ending.abort();
      ports.peer.close();
      await busy;
    },
  };
}

/** Counts only, and only where there is something to tell. */
function tell(log: Log, { brought, failed, unreadable, missing, back }: RoundOutcome): void {
  if (brought > 0) log({ event: 'following.brought', count: brought });
  if (failed > 0) log({ event: 'following.not-brought', level: 'warning', count: failed });
  if (unreadable > 0) log({ event: 'following.unreadable', level: 'warning', count: unreadable });
  if (missing > 0) log({ event: 'following.missing-there', level: 'warning', count: missing });
  if (back > 0) log({ event: 'following.there-again', count: back });
}
