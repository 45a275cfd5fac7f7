import type { ReviewedEntry } from '@promontory/core/review';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { personName } from '../look/index.ts';
import { useReviewed, useRoom, useStudy } from '../study/index.ts';
import { ClaimChoice } from './claim-choice.tsx';
import { anyOf, chance, dateAndTime } from './format.ts';
import { MEYERDING, useNames } from './names.ts';
import type { ReviewDesk } from './use-review-desk.ts';
import { ValueEditor } from './value-editor.tsx';

const MARK = { unreviewed: '○', accepted: '✓', corrected: '✎', rejected: '✕', conflict: '≠' } as const;

/** One result: what it is, from whom, how sure, and what was made of it. */
export function ResultRow({ entry, desk }: { readonly entry: ReviewedEntry; readonly desk: ReviewDesk }) {
  const { t } = useTranslation('review');
  const names = useNames();
  const { mayReview, review } = useRoom();
  const { reading } = useStudy();
  const row = useRef<HTMLLIElement>(null);
  const isCurrent = desk.current === entry.target;
  useEffect(() => {
    if (isCurrent) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isCurrent]);
  const conflict = review.conflicts.find(
    ({ slot }) => slot.kind === 'decision' && slot.target === entry.target,
  );
  const name = names.field(entry);
  return (
    <li
      ref={row}
      className={`result result-${entry.status}`}
      aria-current={isCurrent ? 'true' : undefined}
      data-target={entry.target}
    >
      <button type="button" className="result-main" onClick={() => desk.select(entry.target)}>
        <span className="result-mark" aria-hidden="true">
          {MARK[entry.status]}
        </span>
        <span className="result-name">{name}</span>
        <span className="result-value">
          <Value entry={entry} />
        </span>
        <span className="result-notes">
          <Notes entry={entry} />
        </span>
      </button>
      {isCurrent && entry.hand !== undefined && (
        <p className="result-hand">
          {t(`hand.${entry.status}`, {
            name: personName(entry.hand.byName),
            when: dateAndTime(entry.hand.at, names.language),
          })}
        </p>
      )}
      {isCurrent && mayReview && (
        <div className="result-acts">
          {entry.value !== undefined && (
            <button type="button" className="button small" onClick={() => desk.accept(entry)}>
              {t('accept')} <kbd>y</kbd>
            </button>
          )}
          <button
            type="button"
            className="button small"
            aria-expanded={desk.editing === entry.target}
            onClick={() => desk.edit(desk.editing === entry.target ? undefined : entry.target)}
          >
            {t(entry.value === undefined ? 'give' : 'edit')} <kbd>e</kbd>
          </button>
          {entry.value !== undefined && (
            <button type="button" className="button small" onClick={() => desk.reject(entry)}>
              {t('reject')} <kbd>n</kbd>
            </button>
          )}
          {entry.status !== 'unreviewed' && (
            <button type="button" className="button small quiet" onClick={() => desk.takeBack(entry)}>
              {t('take-back')} <kbd>u</kbd>
            </button>
          )}
        </div>
      )}
      {conflict !== undefined && reading !== undefined && (
        <ClaimChoice conflict={conflict} entry={entry} hasKeys={isCurrent} />
      )}
      {desk.editing === entry.target && (
        <ValueEditor
          entry={entry}
          onGive={(value) => desk.correct(entry, value)}
          onCancel={() => desk.edit(undefined)}
        />
      )}
    </li>
  );
}

/** Of the reading until a person judged it: marked as the software's, so that nobody takes it for a person's. */
function Value({ entry }: { readonly entry: ReviewedEntry }) {
  const { t } = useTranslation('review');
  const names = useNames();
  const isOfAPerson = entry.status === 'corrected' || entry.isEdited;
  if (entry.value === undefined)
    return <span className="result-absent">{t(entry.status === 'rejected' ? 'left-out' : 'undecided')}</span>;
  const text = names.value(entry, entry.value, entry.uncertainty);
  return (
    <>
      {!isOfAPerson && (
        <abbr className="ai" title={t('ai.title')}>
          {t('ai')}
        </abbr>
      )}
      <span className={entry.status === 'rejected' ? 'struck' : undefined}>{text}</span>
      {entry.readAs !== undefined && (
        <span className="result-was">{t('was-read', { value: names.value(entry, entry.readAs) })}</span>
      )}
    </>
  );
}

function Notes({ entry }: { readonly entry: ReviewedEntry }) {
  const { t } = useTranslation('review');
  const names = useNames();
  const { probability, set, abstained, kind } = entry;
  const slip = useReviewed()?.findings.alignment.slips.find(
    ({ level }) => entry.field === 'slip' && level === entry.level,
  );
  const notes = [
    ...(slip === undefined || slip.meyerding === 0
      ? []
      : [t('meyerding', { grade: MEYERDING[slip.meyerding] })]),
    ...(probability === undefined || entry.status === 'corrected'
      ? []
      : [
          t(kind === 'flag' ? 'probability-of-yes' : 'probability', {
            chance: chance(probability, names.language),
          }),
        ]),
    ...(set !== undefined && set.length > 1 && entry.status !== 'corrected'
      ? [t('set', { grades: anyOf(set.map(String), names.language) })]
      : []),
    ...(abstained === undefined || entry.status === 'corrected' ? [] : [names.reason(abstained)]),
    ...(entry.isStale ? [t('stale')] : []),
    ...(entry.isBeforeEdit ? [t('before-edit')] : []),
    ...(entry.isEdited ? [t('measured-again')] : []),
  ];
  return (
    <>
      {entry.experimental && <span className="experimental">{t('experimental')}</span>}
      {notes.map((note) => (
        <span key={note}>{note}</span>
      ))}
      <span className="visually-hidden">{t(`status.${entry.status}`)}</span>
    </>
  );
}
