import { SHORTCUTS as LAYERS } from '../layers/index.ts';
import { SHORTCUTS as REVIEW, StudyPanels } from '../review/index.ts';
import { StudyProvider } from '../study/index.ts';
import { SHORTCUTS as VIEWER, Viewer } from '../viewer/index.ts';
import { Page } from './page.tsx';
import './study-page.css';

const ROOMS = [
  { room: 'viewer', list: VIEWER },
  { room: 'layers', list: LAYERS },
  { room: 'review', list: REVIEW },
];

/** One study: images beside the reading and the report. */
export function StudyPage({ studyInstanceUid }: { readonly studyInstanceUid: string }) {
  return (
    <StudyProvider studyInstanceUid={studyInstanceUid}>
      <Page rooms={ROOMS}>
        <div className="study">
          <main className="study-images" id="content" tabIndex={-1}>
            <Viewer studyInstanceUid={studyInstanceUid} />
          </main>
          <StudyPanels />
        </div>
      </Page>
    </StudyProvider>
  );
}
