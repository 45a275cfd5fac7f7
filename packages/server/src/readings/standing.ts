import type { Identity, Standing } from '../access/index.ts';

/** Who is silent is asked about so often; each thing that is told is judged by itself. */
const EVERY_MS = 60_000;

export interface StandingWatch {
  /** Aborted when the session or token has ended. */
  readonly signal: AbortSignal;
  /** As it is now. */
  identity(): Promise<Identity | undefined>;
  end(): void;
}

/**
 * Watches over who listens: looks each minute, and as soon as this process changes who may what. A look that fails (the
 * database is away) is followed by the next.
 */
export function whileStanding(standing: Standing, everyMs = EVERY_MS): StandingWatch {
  const gone = new AbortController();
  const identity = async () => {
    const who = await standing.identity();
    if (who === undefined) gone.abort();
    return who;
  };
  const look = () => void identity().catch(() => {});
  const timer = setInterval(look, everyMs);
  timer.unref();
  const stop = standing.changed(look);
  return {
    signal: gone.signal,
    identity,
    end() {
      clearInterval(timer);
      stop();
    },
  };
}
