import { useQueries } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { personName, plainText } from '../look/index.ts';
import { getJson } from '../server/index.ts';
import type { UploadView } from './upload.ts';

interface Summary {
  readonly patientName?: string | null;
  readonly description?: string | null;
}

/** Of studies beyond these the list below tells. */
const LISTED = 20;

/** The studies that came, by whom they are of. */
export function KeptStudies({ studies }: { readonly studies: UploadView['studies'] }) {
  const { t } = useTranslation('upload');
  const listed = studies.slice(0, LISTED);
  const summaries = useQueries({
    queries: listed.map(({ studyUid }) => ({
      queryKey: ['study', studyUid, 'summary'],
      queryFn: () => getJson<Summary>(`/api/studies/${studyUid}/summary`),
      staleTime: 30_000,
      retry: 1,
    })),
  });
  return (
    <ul className="upload-studies">
      {listed.map(({ studyUid, count, isComplete }, i) => {
        const { patientName, description } = summaries[i]?.data ?? {};
        return (
          <li key={studyUid}>
            <a href={`#/study/${studyUid}`}>
              <bdi>{personName(patientName ?? '') || t('study')}</bdi>
              {description ? (
                <>
                  {' · '}
                  <bdi>{plainText(description)}</bdi>
                </>
              ) : null}
            </a>{' '}
            <span className="soft">
              {t('study.images', { count })}
              {isComplete ? ` · ${t('study.complete')}` : ''}
            </span>
          </li>
        );
      })}
      {studies.length > LISTED && <li>{t('study.more', { count: studies.length - LISTED })}</li>}
    </ul>
  );
}
