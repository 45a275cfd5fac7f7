import { type ChangeEvent, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { chooseLanguage, LANGUAGES, type Language } from '../words/index.ts';
import { bytesInWords } from './numbers.ts';
import type { OfflineControls } from './offline/use-offline.ts';

/** Whether the page works without a connection, its language and its version. */
export function PageFoot({ offline }: { readonly offline: OfflineControls }) {
  const { t, i18n } = useTranslation('alone');
  const languageId = useId();
  const state = offline.offline;
  const told =
    state.state === 'preparing'
      ? t('offline.preparing', {
          done: bytesInWords(state.doneBytes, i18n.language),
          total: bytesInWords(state.totalBytes, i18n.language),
        })
      : t(`offline.${state.state}`);
  return (
    <footer className="alone-foot">
      <div className="alone-row">
        <span data-offline={state.state}>{told}</span>
        {state.state === 'ready' && (
          <button type="button" className="button quiet" onClick={offline.remove}>
            {t('offline.remove')}
          </button>
        )}
      </div>
      <div className="alone-row">
        <label htmlFor={languageId}>{t('language')}</label>
        <select
          id={languageId}
          className="field"
          value={i18n.language}
          onChange={({ target }: ChangeEvent<HTMLSelectElement>) =>
            void chooseLanguage(target.value as Language)
          }
        >
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
        <span>{t('footer.version', { version: __VERSION__ })}</span>
      </div>
    </footer>
  );
}
