import { useTranslation } from 'react-i18next';
import type { Capabilities } from './capabilities.ts';
import { DropZone } from './drop-zone.tsx';
import type { ReadingSession } from './reading-session.ts';

/** The server's demonstration patient. */
const DEMONSTRATION_SEED = 7;
const FACTS = ['private', 'same', 'person'] as const;

interface Props {
  readonly capabilities: Capabilities;
  readonly session: ReadingSession;
}

export function StartView({ capabilities: { missing, hindrances }, session }: Props) {
  const { t } = useTranslation('alone');
  return (
    <>
      <div className="alone-opening">
        <h1>{t('idle.title')}</h1>
        <p className="alone-lead">{t('idle.lead')}</p>
      </div>
      {missing.length > 0 ? (
        <div className="notice" role="alert">
          <h2>{t('missing.title')}</h2>
          <ul>
            {missing.map((each) => (
              <li key={each}>{t(`missing.${each}`)}</li>
            ))}
          </ul>
        </div>
      ) : (
        <>
          <DropZone give={session.files} />
          <div className="alone-demo">
            <button
              type="button"
              className="button"
              onClick={() => session.demonstration(DEMONSTRATION_SEED)}
            >
              {t('demo')}
            </button>
            <p>{t('demo.text')}</p>
          </div>
        </>
      )}
      {hindrances.length > 0 && (
        <ul className="alone-hints">
          {hindrances.map((each) => (
            <li key={each}>{t(`hindrance.${each}`)}</li>
          ))}
        </ul>
      )}
      <div className="alone-facts">
        {FACTS.map((each) => (
          <section key={each} className="card">
            <h2>{t(`fact.${each}.title`)}</h2>
            <p>{t(`fact.${each}.text`)}</p>
          </section>
        ))}
      </div>
    </>
  );
}
