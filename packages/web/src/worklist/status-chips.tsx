import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { getJson } from '../server/index.ts';
import type { ListQuery } from './list-query.ts';
import { STATUSES, type Status } from './worklist-row.ts';

interface Counts {
  readonly byStatus: Partial<Record<Status, number>>;
}

/** How many studies stand at each step, over the whole list; one press shows those. */
export function StatusChips(props: { readonly query: ListQuery; readonly ask: (query: ListQuery) => void }) {
  const { query, ask } = props;
  const { t, i18n } = useTranslation('worklist');
  const { data } = useQuery({
    queryKey: ['worklist', 'counts'],
    queryFn: () => getJson<Counts>('/api/worklist/counts'),
    staleTime: 10_000,
  });
  const counts = data?.byStatus;
  const number = new Intl.NumberFormat(i18n.language);
  const all = counts && STATUSES.reduce((sum, status) => sum + (counts[status] ?? 0), 0);
  const choose = (status: Status | undefined) => {
    const { status: _, ...rest } = query;
    ask(status === undefined ? rest : { ...rest, status });
  };
  const chip = (status: Status | undefined, count: number | undefined) => (
    <button
      key={status ?? 'all'}
      type="button"
      className="chip"
      aria-pressed={query.status === status}
      onClick={() => choose(status)}
    >
      {t(status === undefined ? 'status.all' : `status.${status}`)}
      <span className="chip-count">{count === undefined ? '' : number.format(count)}</span>
    </button>
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form's
    <div className="chips" role="group" aria-label={t('chips.label')}>
      {chip(undefined, all)}
      {STATUSES.map((status) => chip(status, counts && (counts[status] ?? 0)))}
    </div>
  );
}
