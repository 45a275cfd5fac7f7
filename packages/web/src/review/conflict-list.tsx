import { useTranslation } from 'react-i18next';
import { useReview, useReviewed } from '../study/index.ts';
import { ClaimChoice } from './claim-choice.tsx';
import { useNames } from './names.ts';

/** Everything that people disagree on and that has no row of its own: nothing is overwritten, somebody decides. */
export function ConflictList({ isWhole = false }: { readonly isWhole?: boolean }) {
  const { t } = useTranslation('review');
  const names = useNames();
  const reviewed = useReviewed();
  const all = useReview().conflicts;
  if (all.length === 0) return null;
  const conflicts = isWhole ? all : all.filter(({ slot }) => slot.kind !== 'decision');
  return (
    <section className="conflicts notice" aria-labelledby="conflicts-title">
      <h3 id="conflicts-title">{t('conflicts', { count: all.length })}</h3>
      <p>{t('conflicts.text')}</p>
      <ul>
        {conflicts.map((conflict) => (
          <li key={JSON.stringify(conflict.slot)}>
            <h4>{names.slot(conflict.slot, (label) => reviewed?.nameOf(label) ?? label)}</h4>
            <ClaimChoice
              conflict={conflict}
              entry={conflict.slot.kind === 'decision' ? reviewed?.entry(conflict.slot.target) : undefined}
              hasKeys={false}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
