import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { personName, plainText } from '../look/index.ts';
import { getJson } from '../server/index.ts';
import { type SignedReport, useReports, useStudy } from '../study/index.ts';
import { calendarDate, dateAndTime } from './format.ts';
import { useNames } from './names.ts';
import './report-head.css';

/** Of `GET /api/studies/:study/summary`, what says whose report it is. */
interface Identity {
  readonly patientName: string | null;
  readonly patientId: string | null;
  /** YYYY-MM-DD. */
  readonly birthDate: string | null;
  readonly sex: string | null;
  /** YYYY-MM-DD. */
  readonly studyDate: string | null;
  readonly description: string | null;
  readonly accessionNumber: string | null;
}

const SEXES = ['F', 'M', 'O'];

interface Props {
  /** The version shown; absent: the draft. */
  readonly version: SignedReport | undefined;
}

/**
 * Whose report it is, and of which examination: nobody should sign, or find on paper, a report without. It stands here
 * as the archive has it now; what is signed names the study by its UID alone.
 */
export function ReportHead({ version }: Props) {
  const { t } = useTranslation('review');
  const { language } = useNames();
  const { studyInstanceUid: study } = useStudy();
  const { data, isError } = useQuery({
    queryKey: ['study', study, 'identity'],
    queryFn: ({ signal }) => getJson<Identity>(`/api/studies/${encodeURIComponent(study)}/summary`, signal),
  });
  const last = useReports().at(-1);
  const state =
    version === undefined
      ? t('report.not-signed')
      : `${t('report.version', { version: version.version })} · ${t('report.signed-by', {
          name: personName(version.signedByName),
          when: dateAndTime(version.signedAt, language),
        })}`;
  return (
    <header className="report-head">
      {data !== undefined && <Whose identity={data} />}
      {isError && (
        <p className="notice" role="alert">
          {t('head.unknown')}
        </p>
      )}
      <p className="on-paper">{state}</p>
      {version !== undefined && last !== undefined && last.version > version.version && (
        <p className="notice">{t('report.superseded', { version: last.version })}</p>
      )}
    </header>
  );
}

function Whose({ identity }: { readonly identity: Identity }) {
  const { t } = useTranslation('review');
  const { language } = useNames();
  const { birthDate, sex, studyDate } = identity;
  const text = (of: string | null): string => plainText(of ?? '');
  const name = personName(identity.patientName ?? '');
  const id = text(identity.patientId);
  const accession = text(identity.accessionNumber);
  const lines = [
    [
      id !== '' && t('head.id', { id }),
      birthDate !== null && t('head.born', { date: calendarDate(birthDate, language) }),
      SEXES.includes(sex ?? '') && t(`head.sex.${sex}`),
    ],
    [
      text(identity.description),
      studyDate !== null && calendarDate(studyDate, language),
      accession !== '' && t('head.accession', { number: accession }),
    ],
  ];
  return (
    <>
      <p className="report-whose">
        <bdi>{name === '' ? t('head.no-name') : name}</bdi>
      </p>
      {lines.map((parts) => {
        const said = parts.filter((part) => typeof part === 'string' && part !== '');
        return (
          <p key={said.join()}>
            {said.map((part, i) => (
              <span key={`${part}`}>
                {i > 0 && ' · '}
                <bdi>{part}</bdi>
              </span>
            ))}
          </p>
        );
      })}
    </>
  );
}
