/** Opens the segmentation of a reading and cuts it, aside from the page's own thread. */
import { readNifti, type VolumeFile } from '@promontory/core/formats';
import { cutLabels } from './cut-labels.ts';
import type { CutAnswer, CutRequest } from './cut-messages.ts';

let volume: VolumeFile['volume'] | undefined;

self.addEventListener('message', ({ data }: MessageEvent<CutRequest>) => {
  const answer = (message: CutAnswer) => self.postMessage(message);
  try {
    if (data.file !== undefined) volume = readNifti(data.file).volume;
    if (volume === undefined) throw new Error('No segmentation was opened');
    answer({ id: data.id, cuts: data.plane === undefined ? [] : cutLabels(volume, data.plane) });
  } catch (cause) {
    answer({ id: data.id, failed: cause instanceof Error ? cause.message : 'unknown' });
  }
});
