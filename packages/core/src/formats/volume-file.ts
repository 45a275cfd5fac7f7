import type { Warning } from '../fault/index.ts';
import type { Volume } from '../geometry/index.ts';
import type { ElementArray } from './elements.ts';

/** A volume read from a file, in LPS mm, with what had to be tolerated. */
export interface VolumeFile {
  readonly volume: Volume<ElementArray>;
  readonly warnings: readonly Warning[];
}
