import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Result } from '../reading/messages.ts';
import { archiveName, archiveOf, pictureToPng, save } from '../save.ts';

const SINGLE = {
  'report.html': 'report',
  'findings.json': 'findings',
  'segmentation.nii.gz': 'segmentation',
};

/** Only what is asked for here leaves the page, onto the person's own disk. */
export function SaveBar({ result }: { readonly result: Result }) {
  const { t } = useTranslation('alone');
  const [state, setState] = useState<'ready' | 'preparing' | 'failed'>('ready');
  const all = async () => {
    setState('preparing');
    try {
      save({ path: archiveName(new Date()), bytes: await archiveOf(result, pictureToPng) });
      setState('ready');
    } catch {
      setState('failed');
    }
  };
  return (
    <section className="result-save" aria-label={t('save.title')}>
      <button
        type="button"
        className="button primary"
        disabled={state === 'preparing'}
        onClick={() => void all()}
      >
        {t(state === 'preparing' ? 'save.preparing' : 'save.all')}
      </button>
      {Object.entries(SINGLE).map(([path, name]) => {
        const file = result.files.find((each) => each.path === path);
        return (
          file && (
            <button key={path} type="button" className="button" onClick={() => save(file)}>
              {t(`save.${name}`)}
            </button>
          )
        );
      })}
      {state === 'failed' && <p role="alert">{t('save.failed')}</p>}
    </section>
  );
}
