import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Busy, Empty, Problem } from '../look/index.ts';
import { type Me, readMe, ServerRefusal, whenSignedOut } from '../server/index.ts';

const Account = createContext<Me | undefined>(undefined);

/** Who is signed in. */
export function useMe(): Me {
  const me = useContext(Account);
  if (me === undefined) throw new Error('useMe stands outside of SignedIn');
  return me;
}

const isSignedOut = (error: unknown): boolean => error instanceof ServerRefusal && error.status === 401;

/** Signing in leads back to the study that is open. */
function wayBack(): string {
  const study = /^#\/study\/([0-9.]{1,64})/.exec(location.hash)?.[1];
  return `/#then=workbench${study === undefined ? '' : `/study/${study}`}`;
}

/** Shows its children to whoever is signed in; a session that ends leaves what is open in place, under a notice. */
export function SignedIn({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation('app');
  const [hasEnded, setEnded] = useState(false);
  const queries = useQueryClient();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['me'],
    queryFn: () => readMe(),
    retry: (count, why) => !(why instanceof ServerRefusal) && count < 2,
    staleTime: 60_000,
  });
  useEffect(() => whenSignedOut(() => setEnded(true)), []);
  useEffect(() => {
    if (data !== undefined) setEnded(false);
  }, [data]);

  if (data === undefined) {
    if (isPending) return <Busy text={t('opening')} />;
    if (isSignedOut(error)) return <SignedOut />;
    return (
      <main>
        <h1 className="visually-hidden">{t('title')}</h1>
        <Problem title={t('unreachable.title')}>
          <p>{t('unreachable.text')}</p>
          <button type="button" className="button" onClick={() => void refetch()}>
            {t('try-again')}
          </button>
        </Problem>
      </main>
    );
  }
  return (
    <Account value={data}>
      {hasEnded && (
        <div className="session-ended notice" role="alert">
          <span>
            <b>{t('signed-out.title')}.</b> {t('signed-out.text')}
          </span>
          <a className="button" href={wayBack()} target="_blank" rel="noreferrer">
            {t('sign-in')}
          </a>
          <button
            type="button"
            className="button quiet"
            onClick={() => {
              setEnded(false);
              void queries.invalidateQueries();
            }}
          >
            {t('try-again')}
          </button>
        </div>
      )}
      {children}
    </Account>
  );
}

function SignedOut() {
  const { t } = useTranslation('app');
  return (
    <main>
      <h1 className="visually-hidden">{t('title')}</h1>
      <Empty title={t('signed-out.title')}>
        <p>{t('signed-out.text')}</p>
        <a className="button primary" href={wayBack()}>
          {t('sign-in')}
        </a>
      </Empty>
    </main>
  );
}
