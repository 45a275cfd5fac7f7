import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { plainText } from '../look/index.ts';
import { useMe, useReviewers } from './assign.tsx';
import { EVERYTHING, type ListQuery, PERIODS, type Period, SORTS, type Sort } from './list-query.ts';

interface Props {
  readonly query: ListQuery;
  readonly ask: (query: ListQuery) => void;
}

/** Beside text and status: how urgent, whose, when, in which order. */
export function Filters({ query, ask }: Props) {
  const { t } = useTranslation('worklist');
  const me = useMe()?.account.accountId;
  const others = useReviewers().filter(({ accountId }) => accountId !== me);
  const change = (key: 'urgency' | 'assigned' | 'from' | 'to', value: string | number | undefined) => {
    const { [key]: _, ...rest } = query;
    ask(value === undefined || value === '' ? (rest as ListQuery) : ({ ...rest, [key]: value } as ListQuery));
  };
  const choosePeriod = (period: Period) => {
    const { from: _, to: __, ...rest } = query;
    ask({ ...rest, period });
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form's
    <div className="filters" role="group" aria-label={t('filters')}>
      <Choice
        label={t('filter.urgency')}
        value={`${query.urgency ?? ''}`}
        choose={(value) => change('urgency', value === '' ? undefined : Number(value))}
      >
        <option value="">{t('any')}</option>
        <option value="3">{t('urgency.3')}</option>
        <option value="2">{t('urgency.from-2')}</option>
        <option value="1">{t('urgency.from-1')}</option>
      </Choice>
      <Choice
        label={t('filter.assigned')}
        value={query.assigned ?? ''}
        choose={(value) => change('assigned', value)}
      >
        <option value="">{t('any')}</option>
        <option value="me">{t('assigned.me')}</option>
        <option value="none">{t('nobody')}</option>
        {others.map(({ accountId, displayName }) => (
          <option key={accountId} value={accountId}>
            {plainText(displayName)}
          </option>
        ))}
      </Choice>
      <Choice
        label={t('filter.period')}
        value={query.period}
        choose={(value) => choosePeriod(value as Period)}
      >
        {PERIODS.map((period) => (
          <option key={period} value={period}>
            {t(`period.${period}`)}
          </option>
        ))}
      </Choice>
      {query.period === 'range' && (
        <>
          <Day label={t('filter.from')} value={query.from} choose={(day) => change('from', day)} />
          <Day label={t('filter.to')} value={query.to} choose={(day) => change('to', day)} />
        </>
      )}
      <Choice
        label={t('filter.sort')}
        value={query.sort}
        choose={(value) => ask({ ...query, sort: value as Sort })}
      >
        {SORTS.map((sort) => (
          <option key={sort} value={sort}>
            {t(`sort.${sort}`)}
          </option>
        ))}
      </Choice>
      <button type="button" className="button quiet" onClick={() => ask({ ...EVERYTHING, sort: query.sort })}>
        {t('filter.clear')}
      </button>
    </div>
  );
}

function Choice(props: {
  readonly label: string;
  readonly value: string;
  readonly choose: (value: string) => void;
  readonly children: ReactNode;
}) {
  return (
    <label className="filter">
      <span>{props.label}</span>
      <select className="field" value={props.value} onChange={({ target }) => props.choose(target.value)}>
        {props.children}
      </select>
    </label>
  );
}

function Day(props: {
  readonly label: string;
  readonly value: string | undefined;
  readonly choose: (day: string) => void;
}) {
  return (
    <label className="filter">
      <span>{props.label}</span>
      <input
        type="date"
        className="field"
        value={props.value ?? ''}
        onChange={({ target }) => props.choose(target.value)}
      />
    </label>
  );
}
