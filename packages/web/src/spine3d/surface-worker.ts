/** Makes the surfaces of a reading's segmentation, one by one, aside from the page's own thread. */
import { readNifti } from '@promontory/core/formats';
import { type LabelSurface, labelSurface, labelValues } from './label-surface.ts';

export type SurfaceNews =
  | { readonly kind: 'surface'; readonly surface: LabelSurface }
  | { readonly kind: 'done'; readonly sliceStepMm: number; readonly inPlaneMm: number }
  | { readonly kind: 'failed' };

const tell = (news: SurfaceNews, moved: Transferable[] = []): void =>
  self.postMessage(news, { transfer: moved });

self.addEventListener('message', ({ data: file }: MessageEvent<Uint8Array>) => {
  try {
    const { volume } = readNifti(file);
    for (const value of labelValues(volume)) {
      const surface = labelSurface(volume, value);
      if (surface !== undefined)
        tell({ kind: 'surface', surface }, [
          surface.positions.buffer,
          surface.normals.buffer,
          surface.triangles.buffer,
        ]);
    }
    const [x, y, z] = volume.grid.spacingMm;
    tell({ kind: 'done', sliceStepMm: z, inPlaneMm: Math.max(x, y) });
  } catch {
    tell({ kind: 'failed' });
  }
});
