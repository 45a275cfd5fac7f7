import { type Deed, disagreements, type Reviewed } from '@promontory/core/review';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { personName } from '../look/index.ts';
import { useReview, useRoom, useStudy } from '../study/index.ts';
import { chance } from './format.ts';
import { useNames } from './names.ts';

/** Where own grades, given before, and the reading's differ: both are kept, and who read decides on each. */
export function DisagreementList({ reviewed }: { readonly reviewed: Reviewed }) {
  const { t } = useTranslation('review');
  const names = useNames();
  const { markAll, mayReview, account } = useRoom();
  const review = useReview();
  const { reading } = useStudy();
  const found = useMemo(
    () => (reading === undefined ? [] : disagreements(reading.findings, review)),
    [reading, review],
  );
  if (reading === undefined || review.owned.length === 0) return null;
  const { readingId } = reading;
  const alike = reviewed.entries.filter((entry) => {
    const own = review.own(entry.target, account.accountId);
    return entry.status === 'unreviewed' && own.state === 'set' && own.value === entry.value;
  });
  return (
    <section className="level disagreements" aria-labelledby="disagreements-title">
      <h3 id="disagreements-title">{t('disagreements', { count: found.length })}</h3>
      {found.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{t('result')}</th>
              <th scope="col">{t('own')}</th>
              <th scope="col">{t('ai')}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {found.map((each) => {
              const isOpen = ['unreviewed', 'conflict'].includes(reviewed.status(each.target));
              const put = (deed: Deed): void => void markAll([deed]);
              return (
                <tr key={`${each.target} ${each.by}`}>
                  <th scope="row">
                    {each.level === undefined ? '' : `${reviewed.nameOf(each.level)} `}
                    {names.field(each)}
                  </th>
                  <td>
                    {names.value(each, each.own)}
                    {each.by !== account.accountId && <small> {personName(each.byName)}</small>}
                  </td>
                  <td>
                    {each.given === undefined ? '–' : names.value(each, each.given)}
                    {each.probability !== undefined && (
                      <small> {chance(each.probability, names.language)}</small>
                    )}
                  </td>
                  <td>
                    {!isOpen && t(`status.${reviewed.status(each.target)}`)}
                    {isOpen && mayReview && each.by === account.accountId && (
                      <>
                        <button
                          type="button"
                          className="button small"
                          onClick={() =>
                            put({ kind: 'correct', readingId, target: each.target, value: each.own })
                          }
                        >
                          {t('keep-own')}
                        </button>
                        <button
                          type="button"
                          className="button small"
                          onClick={() =>
                            put({ kind: 'judge', readingId, target: each.target, verdict: 'accept' })
                          }
                        >
                          {t('take-ai')}
                        </button>
                      </>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {mayReview && alike.length > 0 && (
        <button
          type="button"
          className="button small"
          onClick={() =>
            void markAll(
              alike.map(({ target }): Deed => ({ kind: 'judge', readingId, target, verdict: 'accept' })),
            )
          }
        >
          {t('accept-alike', { count: alike.length })}
        </button>
      )}
    </section>
  );
}
