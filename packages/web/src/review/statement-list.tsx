import type { Statement } from '@promontory/core/review';
import { useTranslation } from 'react-i18next';
import { chance } from './format.ts';
import { useNames } from './names.ts';

/** Values that a person stands for, with whose they are. */
export function StatementList({ statements }: { readonly statements: readonly Statement[] }) {
  const { t } = useTranslation('review');
  const names = useNames();
  if (statements.length === 0) return null;
  return (
    <ul className="statements">
      {statements.map((each) => (
        <li key={`${each.target} ${each.source} ${each.by}`}>
          {names.field(each)}: <b>{names.value(each, each.value, each.uncertainty)}</b>{' '}
          <small>
            {t(`source.${each.source}`)}
            {each.source === 'reading-accepted' &&
              each.probability !== undefined &&
              ` · ${chance(each.probability, names.language)}`}
            {each.readAs !== undefined && ` · ${t('was-read', { value: names.value(each, each.readAs) })}`}
            {each.experimental && ` · ${t('experimental')}`}
            {each.beforeEdit && ` · ${t('before-edit')}`}
          </small>
        </li>
      ))}
    </ul>
  );
}
