/** The surfaces of a reading, as they come from their worker. */
import { useEffect, useState } from 'react';
import type { OpenReading } from '../study/index.ts';
import type { LabelSurface } from './label-surface.ts';
import type { SurfaceNews } from './surface-worker.ts';

export interface Surfaces {
  readonly state: 'making' | 'done' | 'failed';
  readonly list: readonly LabelSurface[];
  readonly sliceStepMm?: number;
  readonly inPlaneMm?: number;
}

const NONE: Surfaces = { state: 'making', list: [] };

export function useSurfaces(reading: OpenReading | undefined, attempt: number): Surfaces {
  const [surfaces, setSurfaces] = useState(NONE);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is asked for by its number
  useEffect(() => {
    setSurfaces(NONE);
    if (reading === undefined) return;
    const worker = new Worker(new URL('./surface-worker.ts', import.meta.url), { type: 'module' });
    const fail = (): void => setSurfaces((was) => ({ ...was, state: 'failed' }));
    worker.addEventListener('error', fail);
    worker.addEventListener('message', ({ data: news }: MessageEvent<SurfaceNews>) => {
      if (news.kind === 'surface') setSurfaces((was) => ({ ...was, list: [...was.list, news.surface] }));
      else if (news.kind === 'failed') fail();
      else {
        const { sliceStepMm, inPlaneMm } = news;
        setSurfaces((was) => ({ ...was, state: 'done', sliceStepMm, inPlaneMm }));
      }
    });
    let isOver = false;
    reading.segmentation().then(
      (file) => {
        if (!isOver) worker.postMessage(file);
      },
      () => {
        if (!isOver) fail();
      },
    );
    return () => {
      isOver = true;
      worker.terminate();
    };
  }, [reading, attempt]);
  return surfaces;
}
