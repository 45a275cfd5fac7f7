export interface Rounds {
  /** The first at once. */
  begin(): void;
  /** One after the pause, where none is due or under way and one is wanted. */
  next(): void;
  /** No more; resolves when what is under way has ended. */
  stop(): Promise<void>;
}

/**
 * Work done again and again, each time so long after it has ended; what fails is done the next time.
 * @param wanted asked before each pause
 */
export function rounds(
  work: () => Promise<unknown>,
  everyMs: number,
  wanted: () => boolean = () => true,
): Rounds {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let busy: Promise<void> = Promise.resolve();
  const round = () => {
    busy = work()
      .catch(() => {})
      .then(() => {
        timer = undefined;
        next();
      });
  };
  function next(): void {
    if (timer === undefined && !stopped && wanted()) timer = setTimeout(round, everyMs);
  }
  return {
    begin: round,
    next,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await busy;
    },
  };
}
