/** A PACS as the place where the archive's instances lie. */
export { boundedBlobs } from './bounded-blobs.ts';
export { type Compared, type ComparePorts, comparePacs, markStudy } from './compare.ts';
export { type Noticed, type PacsBlobs, type PacsBlobsPorts, pacsBlobs } from './pacs-blobs.ts';
export { hasPlaces, placedAmong } from './place-rows.ts';
