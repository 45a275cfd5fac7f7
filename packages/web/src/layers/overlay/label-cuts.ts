/** Cuts of a reading's segmentation, made in a worker and remembered by plane. */
import type { OpenReading } from '../../study/index.ts';
import type { CutPlane, LabelCut } from './cut-labels.ts';
import type { CutAnswer, CutRequest } from './cut-messages.ts';

/** Planes remembered: all slices of a study's usual series. */
const REMEMBERED = 240;

export interface LabelCuts {
  /** @throws where the segmentation cannot be had or read */
  at(plane: CutPlane): Promise<readonly LabelCut[]>;
  close(): void;
}

/** The same for the same plane, by whichever of its points it is given. */
export const planeKey = ({ pointMm, normal }: CutPlane): string => {
  const offset = pointMm[0] * normal[0] + pointMm[1] * normal[1] + pointMm[2] * normal[2];
  return [...normal.map((n) => n.toFixed(4)), offset.toFixed(2)].join(' ');
};

export function openLabelCuts(reading: Pick<OpenReading, 'segmentation'>): LabelCuts {
  const worker = new Worker(new URL('./label-worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, (answer: CutAnswer) => void>();
  const remembered = new Map<string, Promise<readonly LabelCut[]>>();
  let count = 0;
  worker.addEventListener('message', ({ data }: MessageEvent<CutAnswer>) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  });
  worker.addEventListener('error', () => {
    for (const [id, tell] of waiting) tell({ id, failed: 'worker' });
    waiting.clear();
  });
  const ask = (request: Omit<CutRequest, 'id'>): Promise<readonly LabelCut[]> =>
    new Promise((resolve, reject) => {
      const id = ++count;
      waiting.set(id, (answer) => {
        if ('failed' in answer) reject(new Error(answer.failed));
        else resolve(answer.cuts);
      });
      worker.postMessage({ id, ...request });
    });
  let opened: Promise<unknown> | undefined;
  const open = (): Promise<unknown> => {
    opened ??= reading
      .segmentation()
      .then((file) => ask({ file }))
      .catch((cause: unknown) => {
        // The network may come back: the next plane asks again.
        opened = undefined;
        throw cause;
      });
    return opened;
  };
  return {
    at(plane) {
      const key = planeKey(plane);
      const known = remembered.get(key);
      if (known !== undefined) return known;
      const cuts = open().then(() => ask({ plane }));
      remembered.set(key, cuts);
      cuts.catch(() => remembered.delete(key));
      const oldest = remembered.keys().next().value;
      if (remembered.size > REMEMBERED && oldest !== undefined) remembered.delete(oldest);
      return cuts;
    },
    close() {
      worker.terminate();
      for (const [id, tell] of waiting) tell({ id, failed: 'closed' });
      waiting.clear();
    },
  };
}
