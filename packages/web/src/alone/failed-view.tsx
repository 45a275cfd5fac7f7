import { useTranslation } from 'react-i18next';
import { plainText } from '../look/index.ts';
import { DropZone } from './drop-zone.tsx';
import type { Failure } from './reading/messages.ts';
import type { ReadingSession } from './reading-session.ts';

interface Props {
  readonly failure: Failure;
  readonly session: ReadingSession;
}

/** What went wrong, what to do, and the way on: the page stays as usable as before. */
export function FailedView({ failure, session }: Props) {
  const { t } = useTranslation('alone');
  const { code, choices = [] } = failure;
  if (choices.length > 0) {
    return (
      <section className="card alone-choices" aria-labelledby="choose-title">
        <h1 id="choose-title">{t('failed.choose.title')}</h1>
        <p>{t('failed.choose.text')}</p>
        <ul>
          {choices.map((uid) => (
            <li key={uid}>
              <button type="button" className="button" onClick={() => session.choose(uid)}>
                {plainText(uid)}
              </button>
            </li>
          ))}
        </ul>
        <button type="button" className="button quiet" onClick={session.forget}>
          {t('failed.other')}
        </button>
      </section>
    );
  }
  const isOurs = code === 'memory' || code === 'crashed' || code === 'defect';
  return (
    <>
      <div className="notice alone-failure" role="alert">
        <h1>{t(isOurs ? `failed.${code}.title` : 'failed.title')}</h1>
        {isOurs ? (
          <p>{t(`failed.${code}.text`)}</p>
        ) : (
          <div lang="en" dir="ltr">
            <p>{plainText(failure.message)}</p>
            {failure.advice !== undefined && <p>{plainText(failure.advice)}</p>}
          </div>
        )}
        <p className="alone-code">{code}</p>
        <div className="alone-row">
          <button type="button" className="button" onClick={session.again}>
            {t('failed.again')}
          </button>
          <button type="button" className="button" onClick={session.forget}>
            {t('failed.other')}
          </button>
        </div>
      </div>
      <DropZone give={session.files} />
    </>
  );
}
