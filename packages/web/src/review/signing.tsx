import { type ReportContent, readyToSign, type SigningObstacle } from '@promontory/core/review';
import { type FormEvent, useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ServerRefusal } from '../server/index.ts';
import {
  type SignedReport,
  signReport,
  useReports,
  useReview,
  useReviewed,
  useRoom,
  useStudy,
} from '../study/index.ts';
import { whatIsSigned } from './attested.ts';
import { useNames } from './names.ts';
import { isWriting } from './unkept-text.ts';

interface Props {
  /** As the signer sees it. */
  readonly content: ReportContent;
  onSigned(report: SignedReport): void;
}

/** Signing: what hinders it, what is attested, and the reason where a signed report is amended. */
export function Signing({ content, onSigned }: Props) {
  const { t } = useTranslation('review');
  const { language } = useNames();
  const { studyInstanceUid, reading } = useStudy();
  const { account, maySign, refreshReports, refreshMarks, journal, readings, marksLoading } = useRoom();
  const review = useReview();
  const reviewed = useReviewed();
  const reports = useReports();
  const [reason, setReason] = useState('');
  // What was attested is that content alone: where another mark changes it, the signer says it again.
  const [attestedContent, setAttested] = useState<string>();
  const signed = useMemo(() => whatIsSigned(content), [content]);
  const attested = attestedContent === signed;
  const [state, setState] = useState<'idle' | 'signing' | { readonly refusal: string }>('idle');
  const id = useId();
  const last = reports.at(-1);
  const { obstacles } = readyToSign({ review, reports, reason, ...(reviewed && { reviewed }) });
  const hindering = obstacles.filter((each) => each !== 'reason-needed');
  const isLoading = marksLoading === 'loading' || readings.state === 'loading';
  const changes = last === undefined ? undefined : review.sequence - last.sequence;
  if (!maySign) return <p className="sign-none">{t('sign.may-not')}</p>;

  const onSubmit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (isWriting(account.accountId, studyInstanceUid)) {
      setState({ refusal: 'WRITING' });
      return;
    }
    setState('signing');
    try {
      const report = await signReport(studyInstanceUid, {
        ...(reading && { readingId: reading.readingId }),
        sequence: review.sequence,
        language,
        signer: account.accountId,
        ...(last !== undefined && { reason: reason.trim() }),
      });
      setState('idle');
      setAttested(undefined);
      setReason('');
      onSigned(report);
    } catch (error) {
      setState({ refusal: error instanceof ServerRefusal ? error.code : 'unreachable' });
      journal?.send();
      refreshMarks();
    }
    refreshReports();
  };
  return (
    <form className="signing" onSubmit={(event) => void onSubmit(event)}>
      <h3>{t(last === undefined ? 'sign.title' : 'amend.title')}</h3>
      {isLoading ? (
        <p role="status">{t('sign.loading')}</p>
      ) : (
        hindering.length > 0 && <Obstacles obstacles={hindering} />
      )}
      {changes === 0 && <p>{t('sign.unchanged')}</p>}
      {last !== undefined && (
        <>
          <label htmlFor={id}>{t('amend.reason')}</label>
          <input
            id={id}
            className="field"
            value={reason}
            maxLength={2000}
            dir="auto"
            onChange={(event) => setReason(event.target.value)}
          />
        </>
      )}
      <label className="switch">
        <input
          type="checkbox"
          checked={attested}
          onChange={(event) => setAttested(event.target.checked ? signed : undefined)}
        />
        {t('sign.attest', { name: account.displayName })}
      </label>
      {attestedContent !== undefined && !attested && (
        <p className="notice" role="alert">
          {t('sign.changed')}
        </p>
      )}
      {typeof state === 'object' && (
        <p className="notice" role="alert">
          {t(`sign-refusal.${state.refusal}`, {
            defaultValue: t('sign-refusal.other', { code: state.refusal }),
          })}
        </p>
      )}
      <button
        type="submit"
        className="button primary"
        disabled={!attested || isLoading || obstacles.length > 0 || state === 'signing'}
      >
        {t(last === undefined ? 'sign' : 'amend')}
      </button>
    </form>
  );
}

function Obstacles({ obstacles }: { readonly obstacles: readonly SigningObstacle[] }) {
  const { t } = useTranslation('review');
  return (
    <ul className="notice obstacles">
      {obstacles.map((each) => (
        <li key={each}>{t(`obstacle.${each}`)}</li>
      ))}
    </ul>
  );
}
