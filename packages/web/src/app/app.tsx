import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { I18nProvider } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Route, Router, Switch } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { Busy, Empty } from '../look/index.ts';
import { SHORTCUTS as WORKLIST, WorklistPage } from '../worklist/index.ts';
import { Failure } from './failure.tsx';
import { Page } from './page.tsx';
import { SignedIn } from './signed-in.tsx';

/** Images, overlays and review are loaded with the first study, not with the worklist. */
const StudyPage = lazy(async () => ({ default: (await import('./study-page.tsx')).StudyPage }));

const queries = new QueryClient();

/** PS3.5 section 9.1. */
const isUid = (text: string): boolean => /^[0-9.]{1,64}$/.test(text);

/** The list, with what is asked of it behind a question mark. */
const LIST = /^\/(\?.*)?$/;

/** Which page stands after `#`: addresses of studies never leave the browser. */
export function App() {
  const { t, i18n } = useTranslation('app');
  return (
    <I18nProvider locale={i18n.language}>
      <QueryClientProvider client={queries}>
        <Failure>
          <Router hook={useHashLocation}>
            <SignedIn>
              <Switch>
                <Route path={LIST}>
                  <Page rooms={[{ room: 'worklist', list: WORKLIST }]}>
                    <WorklistPage />
                  </Page>
                </Route>
                <Route path="/study/:study">
                  {({ study }) =>
                    isUid(study) ? (
                      <Suspense fallback={<Busy text={t('opening')} />}>
                        <StudyPage key={study} studyInstanceUid={study} />
                      </Suspense>
                    ) : (
                      <NoPage />
                    )
                  }
                </Route>
                <Route>
                  <NoPage />
                </Route>
              </Switch>
            </SignedIn>
          </Router>
        </Failure>
      </QueryClientProvider>
    </I18nProvider>
  );
}

function NoPage() {
  const { t } = useTranslation('app');
  return (
    <Page rooms={[]}>
      <main id="content" tabIndex={-1}>
        <h1 className="visually-hidden">{t('title')}</h1>
        <Empty title={t('no-page.title')}>
          <a className="button" href="#/">
            {t('nav.worklist')}
          </a>
        </Empty>
      </main>
    </Page>
  );
}
