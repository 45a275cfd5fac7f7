import { useTranslation } from 'react-i18next';
import { plainText } from '../look/index.ts';
import { useReadings, useStudy } from '../study/index.ts';
import { dateAndTime } from './format.ts';
import { useNames } from './names.ts';

/** What the reading was made by and from, to the last hash. */
export function Provenance() {
  const { t } = useTranslation('review');
  const { language } = useNames();
  const { reading } = useStudy();
  const { records } = useReadings();
  if (reading === undefined) return null;
  const { provenance, quality } = reading.findings;
  const record = records.find(({ readingId }) => readingId === reading.readingId);
  return (
    <details className="provenance">
      <summary>{t('provenance')}</summary>
      {quality.warnings.length > 0 && (
        <ul className="warnings">
          {quality.warnings.map(({ code, message, subject }) => (
            <li key={`${code} ${subject}`}>{plainText(message)}</li>
          ))}
        </ul>
      )}
      <dl>
        <dt>{t('provenance.read')}</dt>
        <dd>{dateAndTime(reading.createdAt, language)}</dd>
        <dt>{t('provenance.software')}</dt>
        <dd>
          {provenance.software.name} {provenance.software.version}
        </dd>
        {provenance.models.map(({ id, version, sha256 }) => (
          <div key={id}>
            <dt>{t('provenance.model')}</dt>
            <dd>
              {id} {version}
              <code>{sha256}</code>
            </dd>
          </div>
        ))}
        {record !== undefined && (
          <>
            <dt>{t('provenance.input', { count: record.instanceCount })}</dt>
            <dd>
              <code>{record.inputSha256}</code>
            </dd>
          </>
        )}
        {record?.findingsSha256 !== undefined && (
          <>
            <dt>{t('provenance.findings')}</dt>
            <dd>
              <code>{record.findingsSha256}</code>
            </dd>
          </>
        )}
      </dl>
    </details>
  );
}
