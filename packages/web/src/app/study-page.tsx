import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Busy } from '../look/index.ts';
import { SHORTCUTS as REVIEW, StudyPanels } from '../review/index.ts';
import { StudyProvider } from '../study/index.ts';
import { Page } from './page.tsx';
import './study-page.css';

/** The images' library is loaded with the first study, not with the worklist. */
const Viewer = lazy(async () => ({ default: (await import('../viewer/index.ts')).Viewer }));

const ROOMS = [{ room: 'review', list: REVIEW }];

/** One study: images beside the reading and the report. */
export function StudyPage({ studyInstanceUid }: { readonly studyInstanceUid: string }) {
  const { t } = useTranslation('app');
  return (
    <StudyProvider studyInstanceUid={studyInstanceUid}>
      <Page rooms={ROOMS}>
        <div className="study" id="content" tabIndex={-1}>
          <div className="study-images">
            <Suspense fallback={<Busy text={t('opening')} />}>
              <Viewer studyInstanceUid={studyInstanceUid} />
            </Suspense>
          </div>
          <StudyPanels />
        </div>
      </Page>
    </StudyProvider>
  );
}
