import { useTranslation } from 'react-i18next';

/** The mark of what has not been validated. */
export function Experimental() {
  const { t } = useTranslation('alone');
  return <span className="result-experimental"> {t('result.experimental')}</span>;
}
