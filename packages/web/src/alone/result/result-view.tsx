import { summarise } from '@promontory/core/report';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Result } from '../reading/messages.ts';
import type { ReadingSession } from '../reading-session.ts';
import { Gaps, Method, Quality } from './end-matter.tsx';
import { KeyImages, PictureView } from './key-images.tsx';
import { LevelTable } from './level-table.tsx';
import { Remarks } from './remarks.tsx';
import './result-view.css';
import { ReadingFacts } from './reading-facts.tsx';
import { SaveBar } from './save-bar.tsx';

interface Props {
  readonly result: Result;
  readonly session: ReadingSession;
}

/** The results of a reading. Findings are core's own English words; all that surrounds them is in the person's language. */
export function ResultView({ result, session }: Props) {
  const { t, i18n } = useTranslation('alone');
  const { findings, pictures } = result;
  const summary = summarise(findings);
  const overview = pictures.find(({ view }) => view === 'overview');
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <div className="result">
      <p className="notice">
        <strong>{t('result.unreviewed')}</strong> {t('result.notice')}
        {i18n.language !== 'en' && ` ${t('result.english')}`}
      </p>
      <div className="result-opening">
        <section aria-labelledby="result-title">
          <h1 id="result-title" ref={title} tabIndex={-1}>
            {t('result.title')}
          </h1>
          <div lang="en" dir="ltr">
            <p className="result-lead">{summary.lead}</p>
            {summary.levels.length > 0 && (
              <ol>
                {summary.levels.map(({ level, remarks }) => (
                  <li key={level}>
                    <strong>{level}</strong>: <Remarks remarks={remarks} />
                  </li>
                ))}
              </ol>
            )}
            {summary.also.length > 0 && (
              <ul>
                {summary.also.map((text) => (
                  <li key={text}>{text}</li>
                ))}
              </ul>
            )}
          </div>
          <SaveBar result={result} />
          <ReadingFacts result={result} session={session} />
          <div className="result-leave">
            <button type="button" className="button" onClick={session.forget}>
              {t('result.new')}
            </button>
            <p>{t('result.forget')}</p>
          </div>
        </section>
        {overview && (
          <figure className="result-overview">
            <PictureView picture={overview} />
          </figure>
        )}
      </div>
      <LevelTable findings={findings} />
      <KeyImages pictures={pictures.filter((each) => each !== overview)} />
      <Quality findings={findings} />
      <Gaps findings={findings} />
      <Method findings={findings} />
    </div>
  );
}
