import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Route, Router, Switch } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { Busy, Empty } from '../look/index.ts';
import { WorklistPage } from '../worklist/index.ts';
import { StudyPage } from './study-page.tsx';

const queries = new QueryClient();

/** Which page stands after `#`: addresses of studies never leave the browser. */
export function App() {
  const { t } = useTranslation('app');
  return (
    <QueryClientProvider client={queries}>
      <Router hook={useHashLocation}>
        <Suspense fallback={<Busy text={t('opening')} />}>
          <Switch>
            <Route path="/">
              <WorklistPage />
            </Route>
            <Route path="/study/:study">
              {({ study }) => <StudyPage key={study} studyInstanceUid={study} />}
            </Route>
            <Route>
              <Empty title={t('no-study.title')} />
            </Route>
          </Switch>
        </Suspense>
      </Router>
    </QueryClientProvider>
  );
}
