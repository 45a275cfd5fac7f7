import type { Statement } from '@promontory/core/review';
import { useTranslation } from 'react-i18next';
import { chance } from './format.ts';
import { MEYERDING, useNames } from './names.ts';

/** Values that a person stands for, with whose they are. */
export function StatementList({ statements }: { readonly statements: readonly Statement[] }) {
  const { t } = useTranslation('review');
  const names = useNames();
  if (statements.length === 0) return null;
  /** What a slip or a fracture is called beside its figure. */
  const partsOf = ({ also }: Statement): string[] => {
    const { direction, meyerding, shape } = also ?? {};
    return [
      ...(direction === undefined || direction === 'none' ? [] : [t(`slip.${direction}`)]),
      ...(typeof meyerding === 'number' && meyerding > 0
        ? [t('meyerding', { grade: MEYERDING[meyerding] })]
        : []),
      ...(shape === undefined || shape === 'none' ? [] : [t(`shape.${shape}`)]),
    ];
  };
  return (
    <ul className="statements">
      {statements.map((each) => (
        <li key={`${each.target} ${each.source} ${each.by}`}>
          {names.field(each)}: <b>{names.value(each, each.value, each.uncertainty)}</b>
          {partsOf(each).map((part) => `, ${part}`)}{' '}
          <small>
            {t(`source.${each.source}`)}
            {each.source === 'reading-accepted' &&
              each.probability !== undefined &&
              ` · ${t(typeof each.value === 'boolean' ? 'probability-of-yes' : 'probability', {
                chance: chance(each.probability, names.language),
              })}`}
            {each.readAs !== undefined && ` · ${t('was-read', { value: names.value(each, each.readAs) })}`}
            {each.experimental && ` · ${t('experimental')}`}
            {each.beforeEdit && ` · ${t('before-edit')}`}
          </small>
        </li>
      ))}
    </ul>
  );
}
