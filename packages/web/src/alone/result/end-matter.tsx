import { notAssessed, OUT_OF_SCOPE, warningInWords, warningTitle } from '@promontory/core/report';
import type { Findings } from '@promontory/core/spine';
import { useTranslation } from 'react-i18next';

interface Props {
  readonly findings: Findings;
}

/** What may have spoilt the reading. */
export function Quality({ findings: { quality, study } }: Props) {
  const { t } = useTranslation('alone');
  const { outOfDistribution, warnings } = quality;
  return (
    <section aria-labelledby="quality-title">
      <h2 id="quality-title">{t('result.quality')}</h2>
      {!outOfDistribution.flagged && warnings.length === 0 ? (
        <p>{t('result.quality.none')}</p>
      ) : (
        <ul>
          {outOfDistribution.flagged && (
            <li>
              <strong>{t('result.quality.unusual')}</strong>: {t('result.quality.caution')}
              {outOfDistribution.reasons.length > 0 && ` (${outOfDistribution.reasons.join('; ')})`}
            </li>
          )}
          {warnings.map((warning) => (
            <li key={`${warning.code} ${warning.subject} ${warning.message}`} lang="en" dir="ltr">
              <strong>{warningTitle(warning.code)}</strong>: {warningInWords(warning, study)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** What must not be taken for normal. */
export function Gaps({ findings }: Props) {
  const { t } = useTranslation('alone');
  return (
    <section aria-labelledby="gaps-title">
      <h2 id="gaps-title">{t('result.gaps')}</h2>
      <ul lang="en" dir="ltr">
        {notAssessed(findings).map(({ why, items }) => (
          <li key={why}>
            {items
              .map(({ what, where }) => (where.length > 0 ? `${what} (${where.join(', ')})` : what))
              .join('; ')}
            : {why}.
          </li>
        ))}
        <li>
          <span lang={undefined}>{t('result.never')}</span>: {OUT_OF_SCOPE.join('; ')}.
        </li>
      </ul>
    </section>
  );
}

/** By what, so that it can be made again. */
export function Method({ findings: { provenance } }: Props) {
  const { t } = useTranslation('alone');
  return (
    <details className="result-method">
      <summary>{t('result.method')}</summary>
      <p>
        {provenance.software.name} {provenance.software.version}, {provenance.createdAt}
      </p>
      <ul>
        {provenance.models.map(({ id, version, sha256 }) => (
          <li key={id}>
            {t('result.model', { id, version })} <code>{sha256}</code>
          </li>
        ))}
        {provenance.inputs.map(({ seriesInstanceUid, sha256, files }) => (
          <li key={seriesInstanceUid}>
            {t('result.source', { count: files })} <code>{sha256}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}
