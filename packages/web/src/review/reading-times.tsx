import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNames } from './names.ts';
import type { OwnTimes, ReadingTime } from './use-reading-time.ts';

/** With fewer on either side a median says nothing. */
const FEWEST = 5;

/** Own reading times, with and without the reading: asked for once, told plainly, taken back at any time. */
export function ReadingTimes({ time }: { readonly time: ReadingTime }) {
  const { t } = useTranslation('review');
  const [state, setState] = useState<'idle' | 'failed'>('idle');
  const [isOpen, setOpen] = useState<boolean>();
  const summary = useRef<HTMLElement>(null);
  const { own } = time;
  if (own === undefined) return null;
  const doing = (work: Promise<void>): void => {
    work.then(
      () => setState('idle'),
      () => setState('failed'),
    );
    // The button pressed gives way to others: what was chosen stays in sight, and the focus beside it.
    setOpen(true);
    summary.current?.focus();
  };
  return (
    <details
      className="times"
      open={isOpen ?? (!own.consent && !time.wasAsked)}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary ref={summary}>{t('times')}</summary>
      <p>{t(own.consent ? 'times.kept' : 'times.ask')}</p>
      {own.consent && <Medians own={own} />}
      <p className="times-acts">
        {own.consent ? (
          <>
            <button type="button" className="button small" onClick={() => doing(time.consent(false))}>
              {t('times.stop')}
            </button>
            {own.times.length > 0 && (
              <button type="button" className="button small" onClick={() => doing(time.forget())}>
                {t('times.forget', { count: own.times.length })}
              </button>
            )}
          </>
        ) : (
          <>
            <button type="button" className="button small" onClick={() => doing(time.consent(true))}>
              {t('times.yes')}
            </button>
            {!time.wasAsked && (
              <button type="button" className="button small quiet" onClick={() => doing(time.consent(false))}>
                {t('times.no')}
              </button>
            )}
          </>
        )}
      </p>
      {state === 'failed' && <p role="alert">{t('times.failed')}</p>}
    </details>
  );
}

function Medians({ own }: { readonly own: OwnTimes }) {
  const { t } = useTranslation('review');
  const { language } = useNames();
  const minutes = (ms: number): string =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit: 'minute',
      unitDisplay: 'short',
      maximumFractionDigits: 1,
    }).format(ms / 60_000);
  const of = (withReading: boolean) => own.summary.find((each) => each.withReading === withReading);
  return (
    <dl className="times-medians">
      {[true, false].map((withReading) => {
        const group = of(withReading);
        const n = group?.n ?? 0;
        return (
          <div key={`${withReading}`}>
            <dt>{t(withReading ? 'times.with' : 'times.without')}</dt>
            <dd>
              {group === undefined || n < FEWEST
                ? t('times.too-few', { n, fewest: FEWEST })
                : t('times.median', {
                    n,
                    median: minutes(group.active.medianMs),
                    from: minutes(group.active.q1Ms),
                    to: minutes(group.active.q3Ms),
                  })}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
