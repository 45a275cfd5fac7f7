import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Busy } from '../look/index.ts';
import './alone-page.css';
import { capabilitiesOf } from './capabilities.ts';
import { FailedView } from './failed-view.tsx';
import { useOffline } from './offline/use-offline.ts';
import { PageFoot } from './page-foot.tsx';
import { ProgressView } from './progress-view.tsx';
import { StartView } from './start-view.tsx';
import { useReading } from './use-reading.ts';

const CAPABILITIES = capabilitiesOf(globalThis as Parameters<typeof capabilitiesOf>[0]);

/** Words and norms of findings come with the first result. */
const ResultView = lazy(async () => ({
  default: (await import('./result/result-view.tsx')).ResultView,
}));

/** The page that reads a study in the browser, without a server. */
export function AlonePage() {
  const { t } = useTranslation('alone');
  const { session, state } = useReading();
  const offline = useOffline();
  return (
    <div className="alone">
      <a className="alone-skip" href="#content">
        {t('skip')}
      </a>
      <header className="alone-head">
        <img src="./icon.svg" alt="" width="32" height="32" />
        <span>{t('page')}</span>
      </header>
      {offline.update && (
        <p className="notice alone-update" role="status">
          <span>{t('update.text')}</span>
          <button type="button" className="button" onClick={offline.updateNow}>
            {t('update.now')}
          </button>
        </p>
      )}
      <main id="content" tabIndex={-1}>
        {state.phase === 'idle' && <StartView capabilities={CAPABILITIES} session={session} />}
        {state.phase === 'reading' && <ProgressView state={state} cancel={session.cancel} />}
        {state.phase === 'failed' && <FailedView failure={state.failure} session={session} />}
        {state.phase === 'done' && (
          <Suspense fallback={<Busy text={t('stage.pictures')} />}>
            <ResultView result={state.result} session={session} />
          </Suspense>
        )}
      </main>
      <PageFoot offline={offline} />
    </div>
  );
}
