import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Busy, Problem, personName, plainText } from '../look/index.ts';
import { readReport, useReports, useReview } from '../study/index.ts';
import { dateAndTime } from './format.ts';
import { useNames } from './names.ts';
import { ReportDocument } from './report-document.tsx';

interface Props {
  /** The version looked at; absent: the draft. */
  readonly chosen: string | undefined;
  choose(reportId: string | undefined): void;
}

/** The draft and all signed versions. */
export function Versions({ chosen, choose }: Props) {
  const { t } = useTranslation('review');
  const { language } = useNames();
  const reports = useReports();
  const review = useReview();
  const last = reports.at(-1);
  if (last === undefined) return <p className="badge badge-draft">{t('report.draft')}</p>;
  const changes = review.sequence - last.sequence + review.pending;
  return (
    <div className="versions">
      <p className="badge badge-signed">
        {t('report.signed-by', {
          name: personName(last.signedByName),
          when: dateAndTime(last.signedAt, language),
        })}
      </p>
      {changes > 0 && <p className="notice">{t('report.changed-since', { count: changes })}</p>}
      <ul aria-label={t('report.versions')}>
        {reports.map((each) => (
          <li key={each.reportId}>
            <button
              type="button"
              className="button small"
              aria-pressed={chosen === each.reportId}
              onClick={() => choose(each.reportId)}
            >
              {t('report.version', { version: each.version })} · {t(`report.kind.${each.kind}`)}
            </button>{' '}
            {dateAndTime(each.signedAt, language)} · {personName(each.signedByName)}
            {each.reason !== undefined && <q className="version-reason">{plainText(each.reason)}</q>}
          </li>
        ))}
        <li>
          <button
            type="button"
            className="button small"
            aria-pressed={chosen === undefined}
            onClick={() => choose(undefined)}
          >
            {t('report.draft')}
          </button>
        </li>
      </ul>
    </div>
  );
}

export function SignedVersion({ reportId }: { readonly reportId: string }) {
  const { t } = useTranslation('review');
  const { language } = useNames();
  const { data, isError, refetch } = useQuery({
    queryKey: ['report', reportId],
    queryFn: () => readReport(reportId),
    // What is signed never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (isError)
    return (
      <Problem title={t('report.unreachable')}>
        <button type="button" className="button" onClick={() => void refetch()}>
          {t('try-again')}
        </button>
      </Problem>
    );
  if (data === undefined) return <Busy text={t('report.loading')} />;
  return (
    <>
      <ReportDocument content={data.content} />
      <p className="signature">
        {t('report.signed-by', {
          name: personName(data.signedByName),
          when: dateAndTime(data.signedAt, language),
        })}
        <code>{data.sha256}</code>
      </p>
    </>
  );
}
