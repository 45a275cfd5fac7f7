import { cache } from '@cornerstonejs/core';

export function Viewer({ studyInstanceUid }: { readonly studyInstanceUid: string }) {
  return <main>{studyInstanceUid + cache.getMaxCacheSize()}</main>;
}
