/** The place of the second pane, when the spine is looked at in three dimensions. What draws it is heavy: fetched when it is wished for. */
import { type ComponentType, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Busy, Problem } from '../look/index.ts';
import { useBench } from './bench.tsx';

export function SpinePane() {
  const { t } = useTranslation('viewer');
  const { store } = useBench();
  const [drawing, setDrawing] = useState<{ readonly Spine3D: ComponentType }>();
  const [hasFailed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is another run
  useEffect(() => {
    let isLeft = false;
    setFailed(false);
    import('../spine3d/index.ts').then(
      ({ Spine3D }) => {
        if (!isLeft) setDrawing({ Spine3D });
      },
      () => {
        if (!isLeft) setFailed(true);
      },
    );
    return () => {
      isLeft = true;
    };
  }, [attempt]);

  return (
    <div className="spine-pane">
      {drawing !== undefined ? (
        <drawing.Spine3D />
      ) : hasFailed ? (
        <Problem title={t('spine.failed')}>
          <button type="button" className="button" onClick={() => setAttempt((n) => n + 1)}>
            {t('try-again')}
          </button>
        </Problem>
      ) : (
        <Busy text={t('loading')} />
      )}
      <button
        type="button"
        className="spine-close"
        aria-label={t('spine.close')}
        onClick={() => store.setSpine(false)}
      >
        <svg className="spine-cross" viewBox="0 0 20 20" aria-hidden="true">
          <path d="M5 5l10 10M15 5 5 15" />
        </svg>
      </button>
    </div>
  );
}
