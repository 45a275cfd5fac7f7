import type { Reviewed } from '@promontory/core/review';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useRoom, useStudy } from '../study/index.ts';
import { acceptable, type LevelGroup } from './levels.ts';
import { useNames } from './names.ts';
import { ResultRow } from './result-row.tsx';
import type { ReviewDesk } from './use-review-desk.ts';

/** All results of one level. */
export function LevelSection(props: {
  readonly group: LevelGroup;
  readonly desk: ReviewDesk;
  readonly reviewed: Reviewed;
}) {
  const { group, desk, reviewed } = props;
  const { t } = useTranslation('review');
  const names = useNames();
  const { mayReview } = useRoom();
  const { focus } = useStudy();
  const id = useId();
  const { level } = group;
  const isUnfolded = desk.isUnfolded(level);
  const shown = isUnfolded ? [...group.entries, ...group.more] : group.entries;
  const open = acceptable(shown).length;
  const name = level === undefined ? undefined : reviewed.nameOf(level);
  return (
    <section
      className="level"
      aria-labelledby={id}
      data-focused={level !== undefined && level === focus.level ? 'true' : undefined}
    >
      <header className="level-head">
        <h3 id={id}>
          {names.level(name)}
          {name !== level && <span className="level-was">{t('was-read', { value: level })}</span>}
        </h3>
        {mayReview && open > 0 && (
          <button type="button" className="button small quiet" onClick={() => desk.acceptLevel(group)}>
            {t('accept-level', { count: open })}
          </button>
        )}
      </header>
      <ul className="results">
        {shown.map((entry) => (
          <ResultRow key={entry.target} entry={entry} desk={desk} />
        ))}
      </ul>
      {group.more.length > 0 && (
        <button
          type="button"
          className="button small quiet level-more"
          aria-expanded={isUnfolded}
          onClick={() => desk.unfold(level)}
        >
          {isUnfolded ? t('fewer') : t('more', { count: group.more.length })}
        </button>
      )}
    </section>
  );
}
