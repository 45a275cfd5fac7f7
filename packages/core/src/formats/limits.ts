import { Fault } from '../fault/index.ts';
import { DEFAULT_INFLATE_LIMITS, type InflateLimits } from './inflate.ts';

/** What a volume or picture from an untrusted file may cost. */
export interface VolumeLimits extends InflateLimits {
  /** Most voxels in one volume, or pixels in one picture. */
  readonly maxVoxels: number;
}

/** 512³ voxels: the largest lumbar MRI known to us has a fifth of it. */
export const DEFAULT_VOLUME_LIMITS: VolumeLimits = { ...DEFAULT_INFLATE_LIMITS, maxVoxels: 2 ** 27 };

/** The product of the sizes, refused before anything is allocated. */
export function countVoxels(sizes: readonly number[], limits: VolumeLimits): number {
  if (sizes.length === 0 || !sizes.every((n) => Number.isInteger(n) && n > 0)) {
    throw new Fault('MALFORMED', 'a volume needs a whole, positive number of voxels along every axis');
  }
  const count = sizes.reduce((product, n) => product * n, 1);
  if (count > limits.maxVoxels) {
    throw new Fault(
      'LIMIT_EXCEEDED',
      `the file declares ${count} voxels; at most ${limits.maxVoxels} are read`,
    );
  }
  return count;
}
