import type { Reviewed } from '@promontory/core/review';
import { useTranslation } from 'react-i18next';
import { useReview, useRoom, useStudy } from '../study/index.ts';
import { chance } from './format.ts';
import { useNames } from './names.ts';
import { shifted } from './numbering-shift.ts';
import type { ReviewDesk } from './use-review-desk.ts';

/** How the levels are named, how sure that is, and the shift of all names in one action. */
export function Numbering({ reviewed, desk }: { readonly reviewed: Reviewed; readonly desk: ReviewDesk }) {
  const { t } = useTranslation('review');
  const { language } = useNames();
  const { mayReview, markAll } = useRoom();
  const review = useReview();
  const { reading } = useStudy();
  const entry = reviewed.entry('numbering');
  if (reading === undefined || entry === undefined) return null;
  const { numbering } = reading.findings;
  const read = numbering.lowestDisc ?? '';
  const now = review.lowestDisc.state === 'set' ? review.lowestDisc.value : read;
  const name = (lowestDisc: string): void => {
    void markAll([{ kind: 'renumber', readingId: reading.readingId, lowestDisc }]);
  };
  const up = shifted(now, -1);
  const down = shifted(now, 1);
  const other = numbering.alternatives.filter(
    ({ lowestDisc, probability }) => probability >= 0.01 && lowestDisc !== up && lowestDisc !== down,
  );
  // The neighbours have buttons of their own, with how likely they are.
  const likely = (lowestDisc: string): string => {
    const found = numbering.alternatives.find((each) => each.lowestDisc === lowestDisc);
    return found === undefined ? lowestDisc : `${lowestDisc} (${chance(found.probability, language)})`;
  };
  return (
    <section className="level numbering" aria-labelledby="numbering-title">
      <header className="level-head">
        <h3 id="numbering-title">{t('numbering.title')}</h3>
        <span className={`numbering-status status-${entry.status}`}>{t(`status.${entry.status}`)}</span>
      </header>
      <p>
        {now === read ? (
          <>
            <abbr className="ai" title={t('ai.title')}>
              {t('ai')}
            </abbr>{' '}
            {t('numbering.as-read', { level: read, chance: chance(numbering.confidence, language) })}
          </>
        ) : (
          t('numbering.shifted', { level: now, read })
        )}
      </p>
      {reviewed.renumbering.state === 'refused' && (
        <p className="notice" role="alert">
          {t(`numbering.refused.${reviewed.renumbering.reason}`)}
        </p>
      )}
      {other.length > 0 && (
        <p className="numbering-else">
          {t('numbering.else')}{' '}
          {other.map(({ lowestDisc, probability }) => (
            <button
              key={lowestDisc}
              type="button"
              className="button small"
              disabled={!mayReview || lowestDisc === now}
              onClick={() => name(lowestDisc)}
            >
              {lowestDisc} ({chance(probability, language)})
            </button>
          ))}
        </p>
      )}
      {mayReview && (
        <p className="numbering-acts">
          {entry.status === 'unreviewed' && (
            <button type="button" className="button small primary" onClick={() => desk.accept(entry)}>
              {t('numbering.accept')}
            </button>
          )}
          {up !== undefined && (
            <button type="button" className="button small" onClick={() => name(up)}>
              {t('numbering.up', { level: likely(up) })}
            </button>
          )}
          {down !== undefined && (
            <button type="button" className="button small" onClick={() => name(down)}>
              {t('numbering.down', { level: likely(down) })}
            </button>
          )}
          {now !== read && (
            <button type="button" className="button small quiet" onClick={() => name(read)}>
              {t('numbering.back', { level: read })}
            </button>
          )}
        </p>
      )}
    </section>
  );
}
