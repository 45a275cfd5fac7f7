import { useTranslation } from 'react-i18next';
import './progress-view.css';
import { useEngineWords } from './engine-words.ts';
import { bytesInWords, secondsInWords } from './numbers.ts';
import { STAGES, type Stage } from './reading/messages.ts';
import type { Reading } from './reading-session.ts';
import { useSecondsSince } from './use-reading.ts';

type UnderWay = Extract<Reading, { phase: 'reading' }>;

/** What is being done, what comes, and what it took so far. */
export function ProgressView({ state, cancel }: { readonly state: UnderWay; readonly cancel: () => void }) {
  const { t, i18n } = useTranslation('alone');
  const seconds = useSecondsSince(state.startedAt);
  const engineWords = useEngineWords();
  const { stage, done, total, input, engine } = state;
  const facts = [
    t('reading.time', { time: secondsInWords(seconds, i18n.language) }),
    input && t('reading.input', { count: input.files, size: bytesInWords(input.bytes, i18n.language) }),
    engine && engineWords(engine)[0],
  ].filter((each) => each !== undefined);
  return (
    <section className="progress-view card" aria-labelledby="progress-title">
      <h1 id="progress-title">{t('reading.title')}</h1>
      <p className="visually-hidden" role="status">
        {stage && t(`stage.${stage}`)}
      </p>
      <ol>
        {STAGES.map((each) => (
          <Line key={each} stage={each} current={stage} done={done} total={total} />
        ))}
      </ol>
      <p className="progress-facts">{facts.join(' · ')}</p>
      <p className="progress-facts">{t('reading.demo-hint')}</p>
      <button type="button" className="button" onClick={cancel}>
        {t('reading.cancel')}
      </button>
    </section>
  );
}

interface LineProps {
  readonly stage: Stage;
  readonly current: Stage | undefined;
  readonly done: number;
  readonly total: number;
}

function Line({ stage, current, done, total }: LineProps) {
  const { t } = useTranslation('alone');
  // Drawing the demonstration patient stands where others read files.
  const at = current === 'draw-patient' ? 0 : current === undefined ? -1 : STAGES.indexOf(current);
  const own = STAGES.indexOf(stage);
  const state = own < at ? 'done' : own === at ? 'now' : 'to-come';
  const shown = current === 'draw-patient' && own === 0 ? current : stage;
  return (
    <li data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
      <span className="progress-mark" aria-hidden="true">
        {state === 'done' ? '✓' : ''}
      </span>
      <span>
        {t(`stage.${shown}`)}
        {state === 'done' && <span className="visually-hidden">, {t('stage.done')}</span>}
      </span>
      {state === 'now' && total > 1 && (
        <>
          <progress value={done} max={total} aria-label={t(`stage.${shown}`)} />
          <span className="progress-count">{t('stage.of', { done, total })}</span>
        </>
      )}
    </li>
  );
}
