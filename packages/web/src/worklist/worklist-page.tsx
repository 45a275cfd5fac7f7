import type { TFunction } from 'i18next';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty, Problem } from '../look/index.ts';
import { ServerRefusal, ServerUnreachable } from '../server/index.ts';
import { AddImages, DropTarget, UploadPanel, useUploadDone } from '../upload/index.ts';
import { useMe } from './assign.tsx';
import { Filters } from './filters.tsx';
import { Grid } from './grid.tsx';
import { keptPlace } from './list-memory.ts';
import { EVERYTHING, filtersSet, isEverything, serverQuery } from './list-query.ts';
import { SavedViews } from './saved-views.tsx';
import { SearchField } from './search-field.tsx';
import { StatusChips } from './status-chips.tsx';
import { type List, useList } from './use-list.ts';
import { putSearch, useListQuery } from './use-list-query.ts';
import './worklist.css';
import './row.css';

/** All studies within reach, in the order in which they are to be looked at. */
export function WorklistPage() {
  const { t } = useTranslation('worklist');
  useReturn();
  const [query, search, ask] = useListQuery();
  const list = useList(serverQuery(query, new Date()).toString());
  const mayStore = useMe()?.deeds.includes('store') === true;
  const [isUnfolded, setUnfolded] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const { renew } = list;
  useUploadDone(list.look);
  const find = useCallback((text: string) => ask({ ...query, text }), [ask, query]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { target, key } = event;
      const isTyping = target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
      const isInDialog = target instanceof HTMLElement && target.closest('[role=dialog]') !== null;
      if (isTyping || isInDialog || event.ctrlKey || event.metaKey || event.altKey) return;
      const acts: Record<string, (() => void) | undefined> = {
        '/': () => field.current?.focus(),
        f: () => {
          setUnfolded(true);
          requestAnimationFrame(() => document.querySelector<HTMLElement>('.filters select')?.focus());
        },
        n: renew,
        u: () => document.querySelector<HTMLElement>('.add-images')?.click(),
      };
      const act = acts[key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [renew]);

  const set = filtersSet(query);
  return (
    <main id="content" className="worklist" tabIndex={-1}>
      <div className="worklist-head">
        <h1>{t('title')}</h1>
        <p className="soft worklist-found" role="status">
          {foundText(list, t)}
        </p>
        <SearchField text={query.text} search={find} field={field} />
        <SavedViews search={search} />
        {mayStore && <AddImages />}
      </div>
      {mayStore && <UploadPanel />}
      {mayStore && <DropTarget />}
      <StatusChips query={query} ask={ask} />
      <button
        type="button"
        className="button unfold"
        aria-expanded={isUnfolded}
        onClick={() => setUnfolded(!isUnfolded)}
      >
        {set === 0 ? t('filters') : t('filters.set', { count: set })}
      </button>
      <div className={isUnfolded ? 'unfolds' : 'unfolds folded'}>
        <Filters query={query} ask={ask} />
      </div>
      <div className="news" role="status">
        {list.news > 0 && (
          <button
            type="button"
            className="button primary"
            onClick={() => {
              renew();
              window.scrollTo(0, 0);
            }}
          >
            {t('news', { count: list.news })}
          </button>
        )}
      </div>
      <Body list={list} search={search} query={query} ask={ask} mayStore={mayStore} />
    </main>
  );
}

/** The bar's own link to the list has no question in it: after a study it leads back to the place that was left. */
function useReturn(): void {
  const [isDone, setDone] = useState(false);
  if (isDone) return;
  setDone(true);
  const place = keptPlace();
  if (place?.openedStudy === undefined || location.hash.includes('?')) return;
  if (place.search !== '') putSearch(place.search);
}

function foundText({ shown, isWaiting, error }: List, t: TFunction<'worklist'>): string {
  if (error !== undefined) return '';
  if (shown === undefined || isWaiting) return t('loading');
  const count = shown.total ?? shown.window.end;
  return count === undefined ? '' : t('found', { count });
}

type BodyProps = Parameters<typeof Grid>[0] & { readonly list: List; readonly mayStore: boolean };

function Body({ list, mayStore, ...rest }: Omit<BodyProps, 'shown'>) {
  const { t } = useTranslation('worklist');
  const { shown, error, isWaiting } = list;
  if (error !== undefined) return <Failed error={error} retry={list.retry} />;
  if (shown === undefined) return <Skeleton />;
  if (shown.window.end === 0) {
    if (!isEverything(rest.query))
      return (
        <Empty title={t('no-match.title')}>
          <p>{t('no-match.text')}</p>
          <button type="button" className="button" onClick={() => rest.ask(EVERYTHING)}>
            {t('no-match.clear')}
          </button>
        </Empty>
      );
    return (
      <Empty title={t('empty.title')}>
        <p>{t(mayStore ? 'empty.text' : 'empty.text-reader')}</p>
        <p>{t('empty.scanner')}</p>
        <a className="button" href="/#studies">
          {t('empty.archive')}
        </a>
      </Empty>
    );
  }
  return (
    <div className={isWaiting ? 'grid-before' : undefined} aria-busy={isWaiting}>
      <Grid key={`${shown.asked} ${shown.generation}`} shown={shown} {...rest} />
    </div>
  );
}

function Failed({ error, retry }: { readonly error: Error; readonly retry: () => void }) {
  const { t } = useTranslation('worklist');
  if (error instanceof ServerRefusal && error.status === 401)
    return (
      <Empty title={t('signed-out.title')}>
        <a className="button primary" href="/#then=workbench">
          {t('sign-in')}
        </a>
      </Empty>
    );
  const why = error instanceof ServerUnreachable ? 'unreachable' : 'problem';
  return (
    <Problem title={t(`${why}.title`)}>
      <p>{t(`${why}.text`)}</p>
      <button type="button" className="button" onClick={retry}>
        {t('try-again')}
      </button>
    </Problem>
  );
}

/** Rows to be, while the first come. */
const Skeleton = () => (
  <div className="skeleton" aria-hidden="true">
    {Array.from({ length: 8 }, (_, i) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
      <div key={i} />
    ))}
  </div>
);
