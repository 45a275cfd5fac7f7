/** How long a study is before a reader's eyes: the page is seen, and somebody moves or types. All times in ms. */

/** Reading an image without touching anything takes a while; after this nobody is there. */
export const IDLE_AFTER_MS = 60_000;

export interface ReadingClock {
  /** Somebody moved, typed or scrolled. */
  touched(at: number): void;
  seen(at: number, isVisible: boolean): void;
  /** Up to `at`. */
  activeMs(at: number): number;
}

export function readingClock(openedAt: number): ReadingClock {
  let active = 0;
  let last = openedAt;
  let isVisible = true;
  /** A pause counts for as long as somebody may still be looking. */
  const since = (at: number): number => Math.max(0, Math.min(at - last, IDLE_AFTER_MS));
  const advance = (at: number): void => {
    if (isVisible) active += since(at);
    last = Math.max(last, at);
  };
  return {
    touched: advance,
    seen(at, visible) {
      advance(at);
      isVisible = visible;
    },
    activeMs: (at) => active + (isVisible ? since(at) : 0),
  };
}
