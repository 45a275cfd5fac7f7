import { lazy } from 'react';

/** The images' library is loaded with the first study, not with the worklist. */
const Viewer = lazy(async () => ({ default: (await import('../viewer/index.ts')).Viewer }));

/** One study: images beside the reading and the report. */
export function StudyPage({ studyInstanceUid }: { readonly studyInstanceUid: string }) {
  return <Viewer studyInstanceUid={studyInstanceUid} />;
}
