import { REPORT_SECTIONS, type ReportContent, reportContent } from '@promontory/core/review';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReports, useReview, useReviewed, useRoom, useStudy } from '../study/index.ts';
import { ConflictList } from './conflict-list.tsx';
import { useNames } from './names.ts';
import { ReadingTimes } from './reading-times.tsx';
import './report.css';
import { ReportDocument } from './report-document.tsx';
import { ReportHead } from './report-head.tsx';
import { SavingState } from './saving-state.tsx';
import { Signing } from './signing.tsx';
import { TextSection } from './text-section.tsx';
import { useReadingTime } from './use-reading-time.ts';
import { SignedVersion, Versions } from './versions.tsx';

/** The report: own words, a preview of what would be signed, signing, and the versions signed so far. */
export function ReportPanel() {
  const { t } = useTranslation('review');
  const study = useStudy();
  const { mayReview } = useRoom();
  const [chosen, choose] = useState<string>();
  const time = useReadingTime();
  const version = useReports().find(({ reportId }) => reportId === chosen);
  const draft = useDraft();
  return (
    <section className="report" aria-label={t('report')} tabIndex={-1}>
      <header className="review-head">
        <h2 className="visually-hidden">{t('report')}</h2>
        <SavingState />
      </header>
      <ReportHead version={version} />
      <Versions chosen={chosen} choose={choose} />
      {chosen !== undefined ? (
        <SignedVersion reportId={chosen} />
      ) : study.isReadingHidden ? (
        <p>{t('report.hidden')}</p>
      ) : (
        <>
          <ConflictList isWhole />
          {mayReview && (
            <div className="texts">
              {REPORT_SECTIONS.map((section) => (
                <TextSection key={section} section={section} />
              ))}
            </div>
          )}
          <h3 className="preview-title">{t('report.preview')}</h3>
          <ReportDocument content={draft} />
          <Signing
            content={draft}
            onSigned={(report) => {
              choose(report.reportId);
              if (report.kind === 'signed') time.signed();
            }}
          />
        </>
      )}
      <p className="report-print">
        <button type="button" className="button small quiet" onClick={() => print()}>
          {t('print')}
        </button>
      </p>
      <ReadingTimes time={time} />
    </section>
  );
}

/** What would be signed now. */
function useDraft(): ReportContent {
  const { language } = useNames();
  const review = useReview();
  const reviewed = useReviewed();
  const reports = useReports();
  return useMemo(
    () => reportContent({ review, reports, language, ...(reviewed && { reviewed }) }),
    [review, reviewed, reports, language],
  );
}
