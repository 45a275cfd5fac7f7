import { useTranslation } from 'react-i18next';
import { personName } from '../look/index.ts';
import { useRoom, useStudy } from '../study/index.ts';
import { clock } from './format.ts';
import { useNames } from './names.ts';
import './saving-state.css';

/** Where one's marks are at this moment: on the server, or kept here until they can be sent. */
export function SavingState() {
  const { t } = useTranslation('review');
  const { language } = useNames();
  const { saving } = useStudy();
  const { journal, journalState, waiting } = useRoom();
  const refused = waiting.filter(({ refusal }) => refusal !== undefined);
  const savedAt = journalState?.savedAt;
  const text =
    saving.unsent > 0
      ? t(saving.state === 'sending' ? 'saving.sending' : 'saving.unsent', { count: saving.unsent })
      : savedAt === undefined
        ? t('saving.saved')
        : t('saving.saved-at', { time: clock(savedAt, language) });
  return (
    <div className="saving">
      <p className={`saving-text saving-${saving.state}`} role="status">
        {text}
      </p>
      {saving.unsent > 0 && journalState?.hindrance !== undefined && journalState.hindrance !== 'none' && (
        <p className="saving-why">
          {t(`hindrance.${journalState.hindrance}`)}{' '}
          <button type="button" className="button small" onClick={() => journal?.send()}>
            {t('send-now')}
          </button>
        </p>
      )}
      {journalState !== undefined && journalState.keeping !== 'durable' && (
        <p className="notice">{t(`keeping.${journalState.keeping}`)}</p>
      )}
      {refused.length > 0 && (
        <div className="notice" role="alert">
          <p>{t('refused', { count: refused.length })}</p>
          <ul>
            {[...new Set(refused.map(({ refusal = '' }) => refusal))].map((code) => (
              <li key={code}>{t(`refusal.${code}`, { defaultValue: t('refusal.other', { code }) })}</li>
            ))}
          </ul>
          <button type="button" className="button small" onClick={() => void journal?.retryRefused()}>
            {t('refused.retry')}
          </button>
          <button type="button" className="button small" onClick={() => saveAsFile(refused)}>
            {t('refused.file')}
          </button>
        </div>
      )}
      {journalState?.others.map(({ accountId, authorName, count }) => (
        <p key={accountId} className="saving-why">
          {t('others-marks', { count, name: personName(authorName) })}
        </p>
      ))}
    </div>
  );
}

/** What the server will not have is the reader's all the same. */
function saveAsFile(entries: readonly object[]): void {
  const blob = new Blob([JSON.stringify(entries, null, 2)], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = 'promontory-refused-marks.json';
  link.click();
  URL.revokeObjectURL(link.href);
}
