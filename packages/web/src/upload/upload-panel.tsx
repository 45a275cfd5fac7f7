import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FileList } from './file-list.tsx';
import type { Totals } from './file-state.ts';
import { KeptStudies } from './kept-studies.tsx';
import type { Phase } from './upload.ts';
import { theUpload, useKeptUpload, useUpload } from './use-upload.ts';
import './upload.css';

/** How far the upload is, what to do about it, and what became of each file. */
export function UploadPanel() {
  useKeptUpload();
  const view = useUpload();
  const { t } = useTranslation('upload');
  const [isListed, setListed] = useState(false);
  const { phase, totals, isLooking, studies, hasHandles, isKept } = view;
  const isUnderWay =
    phase === 'sending' || phase === 'offline' || phase === 'paused' || phase === 'signed-out';
  useWarning(isUnderWay && !(hasHandles && isKept));
  if (phase === 'idle') return null;
  const upload = theUpload();
  const hasEnded = phase === 'done' || phase === 'unfinished';
  return (
    <section className="card upload" aria-labelledby="upload-title">
      <div className="upload-head">
        <h2 id="upload-title">{t(`phase.${phase}`)}</h2>
        <div className="upload-acts">
          {(phase === 'sending' || phase === 'offline') && (
            <button type="button" className="button" onClick={upload.pause}>
              {t('pause')}
            </button>
          )}
          {(phase === 'paused' || phase === 'signed-out') && (
            <button type="button" className="button primary" onClick={upload.resume}>
              {t('resume')}
            </button>
          )}
          {phase === 'unfinished' && hasHandles && (
            <button type="button" className="button primary" onClick={() => void upload.goOn()}>
              {t('go-on')}
            </button>
          )}
          {hasEnded && totals.mendable > 0 && (
            <button type="button" className="button primary" onClick={upload.retry}>
              {t('retry', { count: totals.mendable })}
            </button>
          )}
          <button
            type="button"
            className="button quiet"
            onClick={() => setListed(!isListed)}
            aria-expanded={isListed}
          >
            {t(isListed ? 'files.hide' : 'files.show')}
          </button>
          <button type="button" className="button quiet" onClick={() => void upload.forget()}>
            {t(phase === 'done' ? 'close' : 'stop')}
          </button>
        </div>
      </div>
      <Bar totals={totals} phase={phase} />
      <p className="upload-sum" role="status">
        {isLooking ? t('looking', { count: totals.files }) : <Sum totals={totals} />}
      </p>
      <Advice phase={phase} hasHandles={hasHandles} isKept={isKept} missing={totals.missing} />
      {hasEnded && studies.length > 0 && <KeptStudies studies={studies} />}
      {isListed && <FileList files={view.files} totals={totals} />}
    </section>
  );
}

function Bar({ totals, phase }: { readonly totals: Totals; readonly phase: Phase }) {
  const { t } = useTranslation('upload');
  if (phase === 'done') return null;
  // Files of no bytes count too.
  const part = totals.bytes === 0 ? 0 : totals.doneBytes / totals.bytes;
  return <progress className="upload-bar" value={part} aria-label={t('progress')} />;
}

/** Sums in words: files, and bytes while they are on their way. */
function Sum({ totals }: { readonly totals: Totals }) {
  const { t, i18n } = useTranslation('upload');
  const { files, skipped, kept, failed, bytes, doneBytes } = totals;
  const megabytes = new Intl.NumberFormat(i18n.language, {
    style: 'unit',
    unit: 'megabyte',
    maximumFractionDigits: 1,
  });
  const parts = [t('sum.kept', { count: files - skipped, kept })];
  if (doneBytes < bytes)
    parts.push(
      t('sum.bytes', { done: megabytes.format(doneBytes / 1e6), all: megabytes.format(bytes / 1e6) }),
    );
  if (failed > 0) parts.push(t('sum.failed', { count: failed }));
  if (skipped > 0) parts.push(t('sum.skipped', { count: skipped }));
  return parts.join(' · ');
}

/** What this browser can keep, told where it matters. */
function Advice(props: {
  readonly phase: Phase;
  readonly hasHandles: boolean;
  readonly isKept: boolean;
  readonly missing: number;
}) {
  const { phase, hasHandles, isKept, missing } = props;
  const { t } = useTranslation('upload');
  if (phase === 'unfinished' && missing > 0)
    return (
      <p className="upload-advice">
        {t(hasHandles ? 'advice.go-on' : 'advice.drop-again', { count: missing })}
      </p>
    );
  if (phase === 'done' || phase === 'unfinished') return null;
  if (phase === 'offline') return <p className="upload-advice">{t('advice.offline')}</p>;
  if (!isKept) return <p className="upload-advice">{t('advice.nothing-kept')}</p>;
  return <p className="upload-advice">{t(hasHandles ? 'advice.kept' : 'advice.names-kept')}</p>;
}

/** Leaving would end what cannot go on by itself. */
function useWarning(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isNeeded]);
}
