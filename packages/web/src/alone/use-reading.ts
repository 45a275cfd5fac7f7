import { useEffect, useState, useSyncExternalStore } from 'react';
import { type Reading, ReadingSession, type Thread } from './reading-session.ts';

const spawn = (): Thread => {
  const worker = new Worker(new URL('./reading/reading-worker.ts', import.meta.url), {
    type: 'module',
    name: 'reading',
  });
  // It is ours: what it posts is what messages.ts says.
  return worker as unknown as Thread;
};

export function useReading(): { readonly session: ReadingSession; readonly state: Reading } {
  const [session] = useState(
    () => new ReadingSession({ spawn, base: document.baseURI, now: () => performance.now() }),
  );
  return { session, state: useSyncExternalStore(session.subscribe, session.state) };
}

/** Seconds since a moment of `performance.now()`, anew each second. */
export function useSecondsSince(startedAt: number): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.floor((now - startedAt) / 1000));
}
