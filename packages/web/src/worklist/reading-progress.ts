/** Which studies are being read, and how far: `GET /api/readings/events`. */
import { useEffect, useSyncExternalStore } from 'react';

export interface Progress {
  readonly state: 'scheduled' | 'in-progress' | 'completed' | 'cancelled' | 'failed';
  /** In words, as the reading says it. */
  readonly stage?: string;
  /** 0 to 1, of the stage. */
  readonly part?: number;
}

const STATES = ['scheduled', 'in-progress', 'completed', 'cancelled', 'failed'] as const;

/** One event's data. @returns nothing for what is not understood */
export function progressIn(
  data: string,
): { readonly study: string; readonly progress: Progress } | undefined {
  let item: unknown;
  try {
    item = JSON.parse(data);
  } catch {
    return undefined;
  }
  const { studyUid, state: given, stage, done, total } = (item ?? {}) as Record<string, unknown>;
  const state = STATES.find((each) => each === given);
  if (typeof studyUid !== 'string' || state === undefined) return undefined;
  const isPart = typeof done === 'number' && typeof total === 'number' && total > 0;
  return {
    study: studyUid,
    progress: {
      state,
      ...(typeof stage === 'string' && { stage }),
      ...(isPart && { part: Math.max(0, Math.min(1, done / total)) }),
    },
  };
}

const now = new Map<string, Progress>();
const listeners = new Set<() => void>();
function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => void listeners.delete(tell);
}

/** Of one study, while it waits or is read. */
export const useProgress = (study: string | undefined): Progress | undefined =>
  useSyncExternalStore(subscribe, () => (study === undefined ? undefined : now.get(study)));

/** @param changed a reading began or ended, or the stream broke and something may have been missed */
export function useReadingEvents(changed: (study: string | undefined) => void): void {
  useEffect(() => {
    const source = new EventSource('/api/readings/events');
    source.addEventListener('job', ({ data }: MessageEvent<string>) => {
      const told = progressIn(data);
      if (told === undefined) return;
      const { study, progress } = told;
      const isNew = now.get(study)?.state !== progress.state;
      if (progress.state === 'scheduled' || progress.state === 'in-progress') now.set(study, progress);
      else now.delete(study);
      for (const tell of listeners) tell();
      if (isNew) changed(study);
    });
    source.addEventListener('error', () => {
      if (now.size === 0) return;
      now.clear();
      for (const tell of listeners) tell();
      changed(undefined);
    });
    return () => source.close();
  }, [changed]);
}
