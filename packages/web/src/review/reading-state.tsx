import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Busy, Empty, Problem } from '../look/index.ts';
import { type StudyReadings, useReadings } from '../study/index.ts';

/** In the place of a reading that is not there: it is loaded, runs, was refused, failed, or nobody asked for one. */
export function ReadingState() {
  const { t } = useTranslation('review');
  const readings = useReadings();
  if (readings.state === 'loading') return <Busy text={t('reading.loading')} />;
  if (readings.state === 'failed')
    return (
      <Problem title={t('reading.unreachable')}>
        <button type="button" className="button" onClick={readings.retry}>
          {t('try-again')}
        </button>
      </Problem>
    );
  if (readings.job !== undefined) return <Progress readings={readings} />;
  const last = readings.records[0];
  if (last?.outcome === 'refused')
    return (
      <Empty title={t('reading.refused')}>
        <p>
          {t(`reading-refusal.${last.refusal?.code}`, {
            defaultValue: t('reading-refusal.other', { code: last.refusal?.code ?? '' }),
          })}
        </p>
        <p>{t('reading.without')}</p>
        <Ask readings={readings} text={t('reading.again')} />
      </Empty>
    );
  if (last?.outcome === 'failed')
    return (
      <Problem title={t('reading.failed')}>
        <p>{t(`reading-refusal.${last.refusal?.code}`, { defaultValue: '' })}</p>
        <p>{t('reading.failed.text', { code: last.refusal?.code ?? '' })}</p>
        <Ask readings={readings} text={t('reading.again')} />
      </Problem>
    );
  return (
    <Empty title={t('reading.none')}>
      <p>{t('reading.none.text')}</p>
      <Ask readings={readings} text={t('reading.ask')} />
    </Empty>
  );
}

/** Told while a reading runs, also beside an earlier one. */
export function Progress({ readings: { job } }: { readonly readings: StudyReadings }) {
  const { t } = useTranslation('review');
  if (job === undefined) return null;
  const { state, stage, done, total } = job;
  const words = state === 'scheduled' ? t('reading.waits') : t('reading.runs');
  return (
    <div className="progress" role="status">
      <p>
        {words} {stage !== undefined && t(`stage.${stage}`, { defaultValue: '' })}
      </p>
      <progress
        aria-label={words}
        {...(done !== undefined && total !== undefined && total > 0 && { value: done, max: total })}
      />
    </div>
  );
}

function Ask({ readings, text }: { readonly readings: StudyReadings; readonly text: string }) {
  const { t } = useTranslation('review');
  const [state, setState] = useState<'idle' | 'asking' | 'failed'>('idle');
  if (!readings.mayAsk) return null;
  const ask = async (): Promise<void> => {
    setState('asking');
    try {
      await readings.ask();
      setState('idle');
    } catch {
      setState('failed');
    }
  };
  return (
    <>
      <button
        type="button"
        className="button primary"
        disabled={state === 'asking'}
        onClick={() => void ask()}
      >
        {text}
      </button>
      {state === 'failed' && <p role="alert">{t('reading.ask-failed')}</p>}
    </>
  );
}
