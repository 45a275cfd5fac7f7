import { useEffect, useRef } from 'react';
import { readingClock } from './reading-clock.ts';

export interface OpenSince {
  /** By this browser's clock. */
  readonly openedAt: Date;
  activeMs(): number;
}

const TOUCHES = ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const;

/** Runs from the opening of the study, in this page only: nothing of it is kept unless the reader said yes. */
export function useReadingClock(): OpenSince {
  const held = useRef<OpenSince & { readonly clock: ReturnType<typeof readingClock> }>(undefined);
  if (held.current === undefined) {
    const openedAt = new Date();
    const clock = readingClock(openedAt.getTime());
    held.current = { openedAt, clock, activeMs: () => Math.round(clock.activeMs(Date.now())) };
  }
  const { clock } = held.current;
  useEffect(() => {
    const touched = (): void => clock.touched(Date.now());
    const seen = (): void => clock.seen(Date.now(), document.visibilityState === 'visible');
    for (const name of TOUCHES) addEventListener(name, touched, { passive: true, capture: true });
    document.addEventListener('visibilitychange', seen);
    return () => {
      for (const name of TOUCHES) removeEventListener(name, touched, { capture: true });
      document.removeEventListener('visibilitychange', seen);
    };
  }, [clock]);
  return held.current;
}
