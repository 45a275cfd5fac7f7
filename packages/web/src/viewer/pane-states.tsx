/** What a pane says where there is nothing to see yet, nothing at all, or something went wrong. */

import { isFault } from '@promontory/core/fault';
import { useTranslation } from 'react-i18next';
import { ServerRefusal, ServerUnreachable } from '../server/index.ts';
import type { Source } from './state.ts';
import type { LoadedPane } from './use-frame.ts';

export function PaneStates({
  source,
  loading,
}: {
  readonly source: Source | undefined;
  readonly loading: LoadedPane;
}) {
  const { t } = useTranslation('viewer');
  if (source === undefined) return <p className="pane-state">{t('pane.choose')}</p>;
  if (loading.error !== undefined)
    return (
      <div className="pane-state problem" role="alert">
        <p>{t(`failed.${whyFailed(loading.error)}`)}</p>
        <button type="button" className="button" onClick={loading.retry}>
          {t('try-again')}
        </button>
      </div>
    );
  if (loading.shown === undefined)
    return (
      <p className="pane-state">
        <span className="state-turning" aria-hidden="true" />
        {t('loading')}
      </p>
    );
  return (
    <>
      {loading.isLoading && <span className="pane-busy state-turning" aria-hidden="true" />}
      {loading.loadedShare < 1 && (
        <progress className="pane-progress" aria-label={t('loading-series')} value={loading.loadedShare} />
      )}
    </>
  );
}

function whyFailed(error: unknown): 'unreachable' | 'gone' | 'damaged' | 'other' {
  if (error instanceof ServerUnreachable) return 'unreachable';
  if (isFault(error)) return 'damaged';
  if (error instanceof ServerRefusal)
    return error.status === 404 || error.status === 403 ? 'gone' : error.status === 422 ? 'damaged' : 'other';
  return 'other';
}
